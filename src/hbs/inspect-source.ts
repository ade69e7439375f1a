import { LIMITS } from '../base/limits.ts'
import { byteLength } from '../golang/bytes.ts'
import { isNode, NameCheck, type AstNode, type Names } from './check-names.ts'
import { HandlebarsFault } from './fault.ts'
import { syntaxFault } from './syntax-fault.ts'
import { placeAt } from './tags.ts'

/** Parses without compiling; throws Handlebars' own error. */
export type Parse = (source: string) => hbs.AST.Program

/**
 * Checks a template before it is compiled, because compiling is what is costly: its size,
 * the number of its nodes, their nesting, that it defines nothing at run time, and that what it
 * names can be there.
 *
 * @param names what it may name; anything by default
 * @returns what was parsed
 * @throws HandlebarsFault TEMPLATE_SYNTAX when it cannot be parsed, uses decorators or inline
 *   partials, or names what is not there; TEMPLATE_FAILED for a helper that does not exist;
 *   CHART_TOO_LARGE beyond a limit
 */
export function inspectSource(
  file: string,
  source: string,
  { parse, names }: { parse: Parse; names?: Names },
): hbs.AST.Program {
  const refuse: Refuse = (message, hint, offset) => {
    const place = offset === undefined ? undefined : placeAt(source, offset)
    throw new HandlebarsFault(message, { code: 'CHART_TOO_LARGE', file, place, hint })
  }
  if (byteLength(source) > LIMITS.handlebarsBytes) {
    refuse(`the template is larger than ${LIMITS.handlebarsBytes} bytes`, SPLIT)
  }
  // Every tag is at least one node; counting them first spares the parser a hopeless file.
  if (source.split('{{').length - 1 > LIMITS.handlebarsNodes) {
    refuse(`the template has more than ${LIMITS.handlebarsNodes} tags`, SPLIT)
  }
  assertNesting(source, refuse)
  const check = names && new NameCheck(file, source, names)
  const walk = new Inspection(file, check, refuse)
  const ast = parseSource(file, source, parse)
  walk.visit(ast, 0)
  if (check?.fault !== undefined) throw check.fault
  return ast
}

/** Ends the reading of a template; the offset is that of the tag. */
type Refuse = (message: string, hint: string, offset?: number) => never

const SPLIT = 'Split it into several files.'
const PARTIAL = 'Put a part of it into a partial: a file "templates/_NAME.hbs" and {{> NAME}}.'

/**
 * What walks the parsed tree recurses, and the parser copies all that is open at each of its steps;
 * so blocks and brackets are counted before. An `else if` is a block in the one before it.
 */
function assertNesting(source: string, refuse: Refuse): void {
  const most = LIMITS.handlebarsNesting
  /** Of each open block, how many it counts for. */
  const open: number[] = []
  let depth = 0
  for (const { 0: tag, 1: mark, index } of source.matchAll(BLOCK_TAGS)) {
    if (mark === '/') depth -= open.pop() ?? 0
    else if (mark !== undefined) {
      depth++
      if (mark.endsWith('else') && open.length > 0) open.push((open.pop() ?? 0) + 1)
      else open.push(1)
    }
    if (open.length > most) refuse(`blocks are nested more than ${most} deep`, PARTIAL, index)
    if (depth > most) refuse(`the template is nested more than ${most} deep`, CASES, index)
    if (deepestBracket(tag) > most) {
      refuse(
        `calls are nested more than ${most} deep`,
        'Name what calls give: {{#with (CALL …) as |name|}}.',
        index,
      )
    }
  }
}

const CASES =
  'Each "else if" counts as a block in the one before it: for many cases use a map, {{get values.MAP KEY}}.'

/** `{{#a}}`, `{{^a}}`, `{{else a}}` and `{{/a}}`, and all others, which have no mark. */
const BLOCK_TAGS = /\{\{\{?~?([#/]|\^(?=\s*[^\s~}])|\s*else\b(?=\s*[^\s~}]))?[^}]*/g

function deepestBracket(tag: string): number {
  let depth = 0
  let deepest = 0
  for (const [bracket] of tag.matchAll(/[()]/g)) {
    depth += bracket === '(' ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

class Inspection {
  private nodes = 0
  private readonly file: string
  private readonly names: NameCheck | undefined
  private readonly refuse: Refuse

  constructor(file: string, names: NameCheck | undefined, refuse: Refuse) {
    this.file = file
    this.names = names
    this.refuse = refuse
  }

  visit(value: unknown, depth: number): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, depth)
    } else if (isNode(value)) {
      this.count(value, depth)
      this.names?.note(value)
      for (const key of Object.keys(value)) if (key !== 'loc') this.visit(value[key], depth + 1)
    }
  }

  private count(node: AstNode, depth: number): void {
    this.nodes++
    if (this.nodes > LIMITS.handlebarsNodes) {
      this.refuse(`the template has more than ${LIMITS.handlebarsNodes} nodes`, SPLIT)
    }
    // A block is two nodes deep: the statement, and the program that is its body.
    if (depth > 2 * LIMITS.handlebarsNesting + 10) {
      this.refuse(`the template is nested more than ${LIMITS.handlebarsNesting} deep`, PARTIAL)
    }
    if (node.type === 'Decorator' || node.type === 'DecoratorBlock') {
      throw this.syntax(
        node,
        'decorators and inline partials cannot be used; make it a file "_name.hbs"',
      )
    }
  }

  private syntax(node: AstNode, message: string): HandlebarsFault {
    return new HandlebarsFault(message, {
      code: 'TEMPLATE_SYNTAX',
      file: this.file,
      place: node.loc?.start,
      hint: 'A partial is a file "templates/_NAME.hbs", which is called with {{> NAME}}.',
    })
  }
}

function parseSource(file: string, source: string, parse: Parse): hbs.AST.Program {
  if (source.includes('\0')) {
    throw new HandlebarsFault('the template is no text: it holds a byte 0', {
      code: 'TEMPLATE_SYNTAX',
      file,
      place: placeAt(source, source.indexOf('\0')),
      hint: 'Save it as UTF-8 text; other files belong outside templates/, for "files.get".',
    })
  }
  try {
    return parse(source)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw syntaxFault(file, source, error)
  }
}
