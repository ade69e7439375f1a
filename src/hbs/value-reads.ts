import type HandlebarsModule from 'handlebars'
import { requirePackage } from '../base/lazy.ts'
import { isNode, type AstNode } from './check-names.ts'
import { HandlebarsFault, type Place } from './fault.ts'
import { inspectSource } from './inspect-source.ts'
import {
  ALL,
  contextAt,
  lookedUpIn,
  scopeInside,
  scopeOf,
  scopeOfBody,
  type ReadContext,
  type Scope,
} from './read-scope.ts'

/** A place in a Handlebars file that reads a value: `{{values.image.tag}}`. */
export interface ValueRead {
  file: string
  place: Place
  /** `values`, `image`, `tag`: as they are written, without what leads to their context. */
  path: string[]
  context: ReadContext
  isInPartial: boolean
  /** It is no call, as it stands among the arguments of one. */
  isArgument: boolean
}

/** A Handlebars file; partials have the name they are called by. */
export interface HandlebarsFile {
  path: string
  source: string
  partial?: string | undefined
}

/** What the templates of a chart read, and what is wrong with files that cannot be parsed. */
export interface ValueReads {
  reads: ValueRead[]
  /** Names that calls of partials give to them, anywhere. */
  given: ReadonlySet<string>
  faults: HandlebarsFault[]
}

/**
 * Lists what the templates of a chart read, in all branches, as far as their text tells what a
 * name is looked up in.
 *
 * @param isHelper tells calls from values
 */
export function valueReads(
  files: readonly HandlebarsFile[],
  isHelper: (name: string) => boolean,
): ValueReads {
  const { parseWithoutProcessing: parse } = requirePackage(
    'handlebars/dist/handlebars.js',
  ) as typeof HandlebarsModule
  const faults: HandlebarsFault[] = []
  const parsed: ParsedFile[] = []
  for (const file of files) {
    try {
      parsed.push({ ...file, ast: inspectSource(file.path, file.source, { parse }) })
    } catch (error) {
      if (!(error instanceof HandlebarsFault)) throw error
      faults.push(error)
    }
  }
  const reader = new Reader(parsed, isHelper)
  for (const file of parsed) if (file.partial === undefined) reader.readFile(file, scopeOf(ALL))
  return { reads: reader.reads, given: namesGiven(parsed), faults }
}

interface ParsedFile extends HandlebarsFile {
  ast: unknown
}

class Reader {
  readonly reads: ValueRead[] = []
  private readonly files: readonly ParsedFile[]
  private readonly isHelper: (name: string) => boolean
  /** Files by what they were read with, which ends partials that call each other. */
  private readonly seen = new Set<string>()
  private readonly told = new Set<string>()
  private file: ParsedFile | undefined

  constructor(files: readonly ParsedFile[], isHelper: (name: string) => boolean) {
    this.files = files
    this.isHelper = isHelper
  }

  readFile(file: ParsedFile, scope: Scope): void {
    const key = JSON.stringify([file.path, scope.stack, [...scope.given].sort()])
    if (this.seen.has(key)) return
    this.seen.add(key)
    const before = this.file
    this.file = file
    this.visit(file.ast, scope)
    this.file = before
  }

  private visit(value: unknown, scope: Scope): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, scope)
    } else if (isNode(value)) {
      if (value.type === 'PathExpression') this.readPath(value, scope, true)
      else if ('params' in value) this.visitCall(value, scope)
      else for (const key of Object.keys(value)) if (key !== 'loc') this.visit(value[key], scope)
    }
  }

  private visitCall(node: AstNode, scope: Scope): void {
    const { type, path, name, params, hash, program, inverse } = node
    this.visit([params, hash, inverse], scope)
    if (type.startsWith('Partial')) {
      this.callPartial(node, scope)
      if (isNode(name) && name.type === 'SubExpression') this.visit(name, scope)
      this.visit(program, scopeOfBody(scope))
      return
    }
    const isCall = isNode(hash) || (Array.isArray(params) && params.length > 0)
    if (isNode(path) && path.type === 'PathExpression' && !this.isNameOfHelper(path, isCall)) {
      this.readPath(path, scope, false)
    }
    if (type === 'BlockStatement') this.visit(program, scopeInside(node, scope))
  }

  private isNameOfHelper(path: AstNode, isCall: boolean): boolean {
    const parts = path['parts'] as unknown[]
    return parts.length === 1 && (isCall || this.isHelper(String(path['original'])))
  }

  private callPartial({ name, params, hash }: AstNode, scope: Scope): void {
    const called = isNode(name) ? name['original'] : undefined
    const file = this.files.find(({ partial }) => partial !== undefined && partial === called)
    if (file === undefined) return
    const [context] = Array.isArray(params) ? (params as unknown[]) : []
    const found = context === undefined ? scope.stack[0] : contextAt(context, scope)
    const inherited = found?.kind === 'all' ? scope.given : []
    this.readFile(file, scopeOf(found, [...inherited, ...keysOf(hash)]))
  }

  private readPath(node: AstNode, scope: Scope, isArgument: boolean): void {
    const found = lookedUpIn(node, scope)
    const { file } = this
    if (found === undefined || found.rest.length === 0 || node.loc === undefined) return
    if (file === undefined) return
    const { line, column } = node.loc.start
    const key = `${file.path}:${line}:${column}`
    if (this.told.has(key)) return
    this.told.add(key)
    this.reads.push({
      file: file.path,
      place: { line, column },
      path: found.rest,
      context: found.context,
      isInPartial: file.partial !== undefined,
      isArgument,
    })
  }
}

/** All names that any call of a partial gives. */
function namesGiven(files: readonly ParsedFile[]): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (isNode(value)) {
      if (value.type.startsWith('Partial')) for (const key of keysOf(value['hash'])) names.add(key)
      for (const key of Object.keys(value)) if (key !== 'loc') visit(value[key])
    }
  }
  for (const { ast } of files) visit(ast)
  return names
}

function keysOf(hash: unknown): string[] {
  return isNode(hash) ? (hash['pairs'] as { key: string }[]).map(({ key }) => key) : []
}
