import type HandlebarsModule from 'handlebars'
import { requirePackage } from '../base/lazy.ts'
import type { Place } from './fault.ts'
import { inspectSource } from './inspect-source.ts'

/** A place in a Handlebars file that reads of what all templates see: `{{values.image.tag}}`. */
export interface ValueRead {
  file: string
  /** `values`, `image`, `tag`; at least two names. */
  path: string[]
  place: Place
}

/** A Handlebars file; partials have the name they are called by. */
export interface HandlebarsFile {
  path: string
  source: string
  partial?: string | undefined
}

/**
 * Lists what the templates of a chart read of values and facts, as far as their text tells: where
 * a block or a partial has another context, only `@root.values` and `../values` do.
 *
 * @throws HandlebarsFault TEMPLATE_SYNTAX, CHART_TOO_LARGE
 */
export function valueReads(files: readonly HandlebarsFile[]): ValueRead[] {
  const { parseWithoutProcessing } = requirePackage(
    'handlebars/dist/handlebars.js',
  ) as typeof HandlebarsModule
  const partials = files.flatMap(({ partial }) => partial ?? [])
  const tools = { parse: parseWithoutProcessing, partials, isHelper: () => false }
  const reader = new Reader(files, ({ path, source }) => inspectSource(path, source, tools))
  for (const file of files) if (file.partial === undefined) reader.readFile(file, 0)
  return reader.reads
}

interface Node {
  type: string
  loc: { start: Place }
  [key: string]: unknown
}

/** How many contexts lie over that of the template; undefined where the text cannot tell. */
type Depth = number | undefined

class Reader {
  readonly reads: ValueRead[] = []
  private readonly files: readonly HandlebarsFile[]
  private readonly parse: (file: HandlebarsFile) => unknown
  private readonly parsed = new Map<string, unknown>()
  /** Files by the depth they were read at, which end partials that call each other. */
  private readonly seen = new Set<string>()
  private readonly told = new Set<string>()
  private file = ''

  constructor(files: readonly HandlebarsFile[], parse: (file: HandlebarsFile) => unknown) {
    this.files = files
    this.parse = parse
  }

  readFile(file: HandlebarsFile, depth: Depth): void {
    const key = `${depth ?? ''} ${file.path}`
    if (this.seen.has(key)) return
    this.seen.add(key)
    const ast = this.parsed.get(file.path) ?? this.parse(file)
    this.parsed.set(file.path, ast)
    const before = this.file
    this.file = file.path
    this.visit(ast, depth)
    this.file = before
  }

  private visit(value: unknown, depth: Depth): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, depth)
    } else if (isNode(value)) {
      if (value.type === 'PathExpression') this.readPath(value, depth)
      else if (value.type === 'BlockStatement') this.visitBlock(value, depth)
      else {
        if (value.type.startsWith('Partial')) this.callPartial(value, depth)
        for (const key of Object.keys(value)) if (key !== 'loc') this.visit(value[key], depth)
      }
    }
  }

  private visitBlock(node: Node, depth: Depth): void {
    const { path, params, hash, program, inverse } = node
    this.visit([path, params, hash, inverse], depth)
    this.visit(program, hidesValues(program) ? undefined : inner(node, depth))
  }

  private callPartial({ name, params, hash }: Node, depth: Depth): void {
    const called = isNode(name) ? name['original'] : undefined
    const file = this.files.find(({ partial }) => partial !== undefined && partial === called)
    if (file === undefined) return
    const isSameContext = isEmpty(params) && !isGiven(hash, 'values')
    this.readFile(file, isSameContext ? depth : undefined)
  }

  private readPath(node: Node, depth: Depth): void {
    const parts = (node['parts'] as unknown[]).map(String)
    const [root, ...rest] = parts
    const ofRoot = node['data'] === true && node['depth'] === 0 && root === 'root'
    const path = ofRoot ? rest : parts
    if (path.length < 2) return
    if (!(ofRoot || (node['data'] !== true && node['depth'] === depth))) return
    const { line, column } = node.loc.start
    const key = `${this.file}:${line}:${column}`
    if (this.told.has(key)) return
    this.told.add(key)
    this.reads.push({ file: this.file, path, place: { line, column } })
  }
}

/** The depth inside a block: `each` and `with` change the context, other helpers do not. */
function inner({ path, params, hash }: Node, depth: Depth): Depth {
  if (depth === undefined) return undefined
  const name = isNode(path) ? path['original'] : undefined
  if (name === 'each' || name === 'with') return depth + 1
  // `{{#name}}` without arguments changes it when the value is neither true nor false.
  return isEmpty(params) && !isNode(hash) ? undefined : depth
}

function hidesValues(program: unknown): boolean {
  const names = isNode(program) ? program['blockParams'] : undefined
  return Array.isArray(names) && names.includes('values')
}

function isGiven(hash: unknown, name: string): boolean {
  const pairs = isNode(hash) ? (hash['pairs'] as { key: string }[]) : []
  return pairs.some(({ key }) => key === name)
}

function isEmpty(params: unknown): boolean {
  return !Array.isArray(params) || params.length === 0
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}
