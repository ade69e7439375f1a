import { LIMITS } from '../base/limits.ts'
import { byteLength } from '../golang/bytes.ts'
import { adviseOnOpenBlock, adviseOnTag, tagAt } from './advice.ts'
import { HandlebarsFault, type Place } from './fault.ts'

interface AstNode {
  type: string
  loc?: { start: Place }
  [key: string]: unknown
}

/** Parses without compiling; throws Handlebars' own error. */
export type Parse = (source: string) => hbs.AST.Program

/** What a template may name. */
interface Names {
  partials: readonly string[]
  isHelper: (name: string) => boolean
}

/**
 * Checks a template before it is compiled, because compiling is what is costly: its size,
 * the number of its nodes, their nesting, and that it defines nothing at run time.
 *
 * @returns what was parsed
 * @throws HandlebarsFault TEMPLATE_SYNTAX when it cannot be parsed, uses decorators or inline
 *   partials, or names a partial that is not there; CHART_TOO_LARGE beyond a limit
 */
export function inspectSource(
  file: string,
  source: string,
  tools: Names & { parse: Parse },
): hbs.AST.Program {
  const refuse = (message: string): never => {
    throw new HandlebarsFault(message, { code: 'CHART_TOO_LARGE', file })
  }
  if (byteLength(source) > LIMITS.handlebarsBytes) {
    refuse(`the template is larger than ${LIMITS.handlebarsBytes} bytes`)
  }
  // Every tag is at least one node; counting them first spares the parser a hopeless file.
  if (source.split('{{').length - 1 > LIMITS.handlebarsNodes) {
    refuse(`the template has more than ${LIMITS.handlebarsNodes} tags`)
  }
  assertNesting(source, refuse)
  const walk = new Inspection(file, tools, refuse)
  const ast = parseSource(file, source, tools.parse)
  walk.visit(ast, 0)
  return ast
}

/** What walks the parsed tree recurses; blocks and brackets are counted before it is made. */
function assertNesting(source: string, refuse: (message: string) => never): void {
  const most = LIMITS.handlebarsNesting
  let blocks = 0
  for (const [tag, mark] of source.matchAll(/\{\{\{?~?([#^/]?)[^}]*/g)) {
    if (mark === '/') blocks--
    else if (mark === '#') blocks++
    if (blocks > most) refuse(`blocks are nested more than ${most} deep`)
    if (deepestBracket(tag) > most) refuse(`calls are nested more than ${most} deep`)
  }
}

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
  private readonly names: Names
  private readonly refuse: (message: string) => never

  constructor(file: string, names: Names, refuse: (message: string) => never) {
    this.file = file
    this.names = names
    this.refuse = refuse
  }

  visit(value: unknown, depth: number): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, depth)
    } else if (isNode(value)) {
      this.count(value, depth)
      this.checkPartial(value)
      this.checkCall(value)
      for (const key of Object.keys(value)) if (key !== 'loc') this.visit(value[key], depth + 1)
    }
  }

  private count(node: AstNode, depth: number): void {
    this.nodes++
    if (this.nodes > LIMITS.handlebarsNodes) {
      this.refuse(`the template has more than ${LIMITS.handlebarsNodes} nodes`)
    }
    // A block is two nodes deep: the statement, and the program that is its body.
    if (depth > 2 * LIMITS.handlebarsNesting + 10) {
      this.refuse(`the template is nested more than ${LIMITS.handlebarsNesting} deep`)
    }
    if (node.type === 'Decorator' || node.type === 'DecoratorBlock') {
      throw this.syntax(
        node,
        'decorators and inline partials cannot be used; make it a file "_name.hbs"',
      )
    }
  }

  private checkPartial(node: AstNode): void {
    if (node.type !== 'PartialStatement' && node.type !== 'PartialBlockStatement') return
    const { name } = node
    if (!isNode(name) || name.type !== 'PathExpression') return
    const partial = String(name['original'])
    if (partial === '@partial-block' || this.names.partials.includes(partial)) return
    if (node.type === 'PartialBlockStatement') return
    throw this.syntax(node, `there is no partial "${partial}"`)
  }

  /** Handlebars would call `values` for `{{values.name 1}}`, and drop the rest of the path. */
  private checkCall({ path, params, hash, loc }: AstNode): void {
    if (!isNode(path) || path['data'] === true || path['depth'] !== 0) return
    const { parts, original } = path
    if (!Array.isArray(parts) || parts.length < 2 || !this.names.isHelper(String(parts[0]))) return
    if (!isNode(hash) && !(Array.isArray(params) && params.length > 0)) return
    throw new HandlebarsFault(`there is no helper "${String(original)}"`, {
      code: 'TEMPLATE_SYNTAX',
      file: this.file,
      place: loc?.start,
      hint: 'A value takes no arguments: only helpers do.',
    })
  }

  private syntax(node: AstNode, message: string): HandlebarsFault {
    return new HandlebarsFault(message, {
      code: 'TEMPLATE_SYNTAX',
      file: this.file,
      place: node.loc?.start,
    })
  }
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value
}

function parseSource(file: string, source: string, parse: Parse): hbs.AST.Program {
  try {
    return parse(source)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = firstWords(error.message)
    const place = placeOf(error, source)
    const hint = adviseOnSyntax(message, source, place)
    throw new HandlebarsFault(message, { code: 'TEMPLATE_SYNTAX', file, place, hint })
  }
}

function adviseOnSyntax(
  message: string,
  source: string,
  place: Place | undefined,
): string | undefined {
  const [, open] = /^(\S+) doesn't match \S+$/.exec(message) ?? []
  if (open !== undefined) return `Close {{#${open}}} with {{/${open}}}.`
  if (message.includes('is not closed')) return adviseOnOpenBlock(source)
  const line = place && source.split('\n')[place.line - 1]
  return line === undefined ? undefined : adviseOnTag(tagAt(line, place?.column ?? 0))
}

/** The parser's message without its drawing of the line, which ours replaces. */
function firstWords(message: string): string {
  const lines = message.split('\n')
  const last = lines.at(-1) ?? message
  if (!message.startsWith('Parse error') && !message.startsWith('Lexical error')) {
    return message.replace(/ - \d+:\d+$/, '')
  }
  const got = /got '(\w+)'$/.exec(last)?.[1]
  if (got !== undefined) return `unexpected ${WORDS.get(got) ?? got.toLowerCase()}`
  return lines[0]?.replace(/^(?:Parse|Lexical) error on line \d+[.:] ?/, '') || 'unexpected text'
}

/** What the parser's tokens are in a person's words. */
const WORDS = new Map([
  ['CLOSE_BLOCK_PARAMS', '"|"'],
  ['OPEN_BLOCK_PARAMS', '"as |"'],
  ['EOF', 'end of the file: a block or tag is not closed'],
  ['INVALID', 'character'],
  ['OPEN_ENDBLOCK', 'end of a block'],
  ['CLOSE', 'end of the tag'],
  ['CLOSE_RAW_BLOCK', 'end of a raw block'],
  ['CLOSE_UNESCAPED', '"}}}"'],
  ['OPEN', '"{{"'],
  ['INVERSE', '"{{else}}" outside a block'],
  ['OPEN_INVERSE', '"{{^"'],
  ['EQUALS', '"="'],
  ['SEP', '"/" or "."'],
  ['OPEN_SEXPR', '"("'],
  ['CLOSE_SEXPR', '")"'],
  ['ID', 'name'],
  ['STRING', 'text'],
  ['NUMBER', 'number'],
])

function placeOf(error: Error, source: string): Place | undefined {
  const { lineNumber, column } = error as { lineNumber?: unknown; column?: unknown }
  if (typeof lineNumber === 'number' && typeof column === 'number') {
    return { line: lineNumber, column }
  }
  const [head = '', excerpt = '', arrow = ''] = error.message.split('\n')
  const line = Number(/on line (\d+)/.exec(head)?.[1] ?? Number.NaN)
  if (Number.isNaN(line)) return undefined
  return drawnPlace(source, excerpt, arrow) ?? { line, column: 0 }
}

/** Finds the place that the parser draws an arrow to, in an excerpt without line breaks. */
function drawnPlace(source: string, excerpt: string, arrow: string): Place | undefined {
  const shown = excerpt.replace(/^\.{3}/, '').replace(/\.{3}$/, '')
  const ahead = arrow.indexOf('^') - (excerpt.startsWith('...') ? 3 : 0)
  const flat = source.replaceAll('\n', '')
  const start = flat.indexOf(shown)
  if (ahead < 0 || start < 0) return undefined
  let left = start + ahead
  const lines = source.split('\n')
  for (const [at, text] of lines.entries()) {
    if (left < text.length || (left === text.length && at === lines.length - 1)) {
      return { line: at + 1, column: left }
    }
    left -= text.length
  }
  return undefined
}
