import type HandlebarsModule from 'handlebars'
import { requirePackage } from '../base/lazy.ts'
import { isNode, type AstNode } from './check-names.ts'
import { HandlebarsFault, type Place } from './fault.ts'
import { inspectSource } from './inspect-source.ts'

/** A place in a template that asks for files of the chart by a name that stands there. */
export interface FileRead {
  place: Place
  name: string
  /** The name is the pattern of a glob. */
  isPattern: boolean
  /** What is read is asked whether it is there, or another text stands in for it. */
  isTested: boolean
}

/**
 * Lists the calls of `files.get` and its like in a Handlebars file, in all branches. A file that
 * cannot be parsed has none.
 *
 * @param testers helpers that have an answer of their own for a text that is empty
 */
export function fileReads(path: string, source: string, testers: ReadonlySet<string>): FileRead[] {
  const { parseWithoutProcessing: parse } = requirePackage(
    'handlebars/dist/handlebars.js',
  ) as typeof HandlebarsModule
  const found: FileRead[] = []
  try {
    visit(inspectSource(path, source, { parse }), { testers, found, isTested: false })
  } catch (error) {
    if (!(error instanceof HandlebarsFault)) throw error
  }
  return found
}

interface Walk {
  testers: ReadonlySet<string>
  found: FileRead[]
  isTested: boolean
}

function visit(value: unknown, walk: Walk): void {
  if (Array.isArray(value)) for (const item of value) visit(item, walk)
  if (!isNode(value)) return
  const { path, params } = value
  const head = { ...walk, isTested: walk.isTested || isTest(value, walk) }
  const inside = { ...walk, isTested: false }
  if (isNode(path) && Array.isArray(params)) addRead(path, params, walk)
  for (const key of Object.keys(value)) {
    if (key !== 'loc') visit(value[key], key === 'program' || key === 'inverse' ? inside : head)
  }
}

/** A block with an `else` says what to do without it. */
function isTest({ type, path, inverse }: AstNode, { testers }: Walk): boolean {
  if (!isNode(path)) return false
  const name = String(path['original'])
  if (testers.has(name)) return true
  return type === 'BlockStatement' && (name === 'with' || isNode(inverse))
}

function addRead(path: AstNode, params: readonly unknown[], { found, isTested }: Walk): void {
  const isLookup = path['original'] === 'lookup' || path['original'] === 'index'
  const [files, name] = isLookup ? params : [path, params[0]]
  const method = isLookup ? 'get' : String(partsOf(files).at(-1))
  if (!isNode(name) || name.type !== 'StringLiteral' || name.loc === undefined) return
  if (!isFiles(isLookup ? partsOf(files) : partsOf(files).slice(0, -1))) return
  if (!/^(?:[Gg]et(?:Bytes)?|[Ll]ines|[Gg]lob)$/.test(method)) return
  const isPattern = method.toLowerCase() === 'glob'
  found.push({ place: name.loc.start, name: String(name['value']), isPattern, isTested })
}

function partsOf(path: unknown): string[] {
  const parts = isNode(path) ? path['parts'] : undefined
  return Array.isArray(parts) ? parts.map(String) : []
}

/** Those of a subchart are other files, and values may be named so. */
function isFiles(parts: readonly string[]): boolean {
  const names = parts.map((part) => part.toLowerCase())
  return names.at(-1) === 'files' && !names.includes('subcharts') && !names.includes('values')
}
