import { nearest } from '../base/nearest.ts'
import { adviseOnHelper, PATHS } from './advice.ts'
import { HandlebarsFault, type Place } from './fault.ts'

/** A node of Handlebars' parsed tree. */
export interface AstNode {
  type: string
  loc?: { start: Place; end: Place }
  [key: string]: unknown
}

/** What a template may name. */
export interface Names {
  partials: readonly string[]
  isHelper: (name: string) => boolean
}

/**
 * Holds a parsed template against what it may name, whether it will run or not: Handlebars looks
 * for helpers when it meets them, and prints nothing for most of what is no name at all.
 */
export class NameCheck {
  /** The first that was found. */
  fault: HandlebarsFault | undefined
  private readonly file: string
  private readonly source: string
  private lines: readonly string[] | undefined
  private readonly names: Names
  /** All names of `as |name|`, wherever they stand. */
  private readonly given: ReadonlySet<string>

  constructor(file: string, source: string, names: Names) {
    this.file = file
    this.source = source
    this.names = names
    const blocks = source.matchAll(/\bas\s*\|([^|]*)\|/g)
    this.given = new Set([...blocks].flatMap(([, found = '']) => found.trim().split(/\s+/)))
  }

  /** Holds one node of a template that may be too large to be looked at whole. */
  note(node: AstNode): void {
    if (this.fault !== undefined) return
    try {
      this.check(node)
    } catch (error) {
      if (!(error instanceof HandlebarsFault)) throw error
      this.fault = error
    }
  }

  private check(node: AstNode): void {
    if (node.type === 'PathExpression') this.checkPath(node)
    else if (node.type.startsWith('Partial')) this.checkPartial(node)
    else this.checkCall(node)
  }

  private checkPath({ data, depth, parts, original, loc }: AstNode): void {
    const [first] = parts as unknown[]
    if (typeof first !== 'string' || loc === undefined) return
    if (data === true) this.checkFact(first, loc.start)
    // `{{quote .Values.name}}` would be `quote.Values.name`.
    else if (this.isWrittenApart(loc, String(original))) {
      throw this.refused('a path has no blanks in it', loc.start, PATHS)
    } else if (first.startsWith('$') && depth === 0 && String(original).startsWith('$')) {
      if (this.given.has(first)) return
      const hint =
        first === '$' ? 'The top is @root: {{@root.values.name}}.' : adviseOnHelper(first)
      throw this.refused(`there is no variable "${first}"`, loc.start, hint)
    }
  }

  private isWrittenApart({ start, end }: { start: Place; end: Place }, path: string): boolean {
    if (start.line !== end.line) return true
    if (end.column - start.column === path.length) return false
    this.lines ??= this.source.split('\n')
    const text = this.lines[start.line - 1]?.slice(start.column, end.column) ?? ''
    return /\s/.test(text.replaceAll(/\[[^\]]*\]/g, ''))
  }

  private checkFact(name: string, place: Place): void {
    if (FACTS.includes(name) || name === 'partial-block') return
    const meant = nearest(name, FACTS)
    const hint =
      meant === undefined
        ? 'There are @root, and in a loop @index, @key, @first and @last.'
        : `Did you mean "@${meant}"?`
    throw this.refused(`there is no "@${name}"`, place, hint)
  }

  private checkPartial({ name, loc }: AstNode): void {
    if (!isNode(name)) return
    const partial = String(name['original'])
    const isNamed = name.type === 'PathExpression' || name.type === 'StringLiteral'
    if (!isNamed || partial === '@partial-block' || this.names.partials.includes(partial)) return
    throw this.refused(`there is no partial "${partial}"`, loc?.start)
  }

  private checkCall({ path, params, hash, loc }: AstNode): void {
    if (!isNode(path) || path['data'] === true || path['depth'] !== 0) return
    if (!isNode(hash) && !(Array.isArray(params) && params.length > 0)) return
    const { original } = path
    const parts = path['parts'] as unknown[]
    const first = String(parts[0])
    const { isHelper } = this.names
    // Handlebars would call `values` for `{{values.name 1}}`, and drop the rest of the path.
    if (parts.length > 1 && isHelper(first)) {
      const hint = 'A value takes no arguments: only helpers do.'
      throw this.refused(`there is no helper "${String(original)}"`, loc?.start, hint)
    }
    if (parts.length !== 1 || original !== first || isHelper(first)) return
    if (METHODS.has(first.toLowerCase())) return
    throw new HandlebarsFault(`there is no helper "${first}"`, {
      file: this.file,
      place: loc?.start,
      hint: adviseOnHelper(first),
    })
  }

  private refused(message: string, place: Place | undefined, hint?: string): HandlebarsFault {
    return new HandlebarsFault(message, { code: 'TEMPLATE_SYNTAX', file: this.file, place, hint })
  }
}

/** What Handlebars and loops tell behind an "@". */
const FACTS = ['root', 'index', 'key', 'first', 'last']

/** What facts can be asked where one of them is the context: `{{#with files}}{{lines "a"}}{{/with}}`. */
const METHODS = new Set(
  'get getbytes glob lines asconfig assecrets has asmap yaml table pathvalue copy string gitversion'.split(
    ' ',
  ),
)

export function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value
}
