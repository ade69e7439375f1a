import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { shownAddress } from '../base/shown-address.ts'
import { fromBytes } from '../golang/bytes.ts'
import { filesOfSet } from '../values/parse-set.ts'
import { composeValues, type ValuesFile, type ValueSources } from '../values/compose-values.ts'
import { isNative, type Chart } from '../chart/chart.ts'
import type { GoMap } from '../golang/value.ts'
import { readPreset } from '../values/presets.ts'
import { unlessFailed } from './cache-files.ts'
import { hasProxy } from './has-proxy.ts'
import type { Io } from './io.ts'

/** The values flags of a command, as given. */
export interface GivenValues {
  preset?: string[] | undefined
  values?: string[] | undefined
  set?: string[] | undefined
  'set-string'?: string[] | undefined
  'set-json'?: string[] | undefined
  'set-file'?: string[] | undefined
  'set-literal'?: string[] | undefined
}

/** Merges values for a chart, whose kind decides how YAML is read; Helm's way without a chart. */
export type ValuesFor = (chart: Chart | undefined) => GoMap

/**
 * Reads the values that the flags give.
 *
 * @throws PkgError VALUES_UNREADABLE, URL_UNREACHABLE; what it returns throws PRESET_NOT_FOUND,
 *   SET_SYNTAX
 */
export async function loadValues(given: GivenValues, io: Io): Promise<ValuesFor> {
  const { texts, ...sources } = await readSources(given, io)
  return (chart) => {
    const readText = inOrder(texts)
    if (chart === undefined) return composeValues({ ...sources, readText }, 'helm')
    const presets = (given.preset ?? []).map((name) => readPreset(chart, name))
    const files = [...presets, ...sources.files]
    return composeValues({ ...sources, files, readText }, isNative(chart) ? 'core' : 'helm')
  }
}

/**
 * Reads everything that the values flags name: files, URLs and standard input.
 */
async function readSources(
  given: GivenValues,
  io: Io,
): Promise<ValueSources & { files: ValuesFile[]; texts: TextsOfPaths }> {
  const names = given.values ?? []
  const texts = await Promise.all(names.map((name) => readSource(name.trim(), io)))
  const inSet = (given['set-file'] ?? []).flatMap((word) => filesOfSet(word))
  const textsOf = new Map<string, string[]>()
  for (const path of inSet) {
    const text = await readSetFile(path, io)
    textsOf.set(path, [...(textsOf.get(path) ?? []), text])
  }
  return {
    files: names.map((name, at) => ({ name: shownAddress(name), text: texts[at] ?? '' })),
    set: given.set ?? [],
    setString: given['set-string'] ?? [],
    setJson: given['set-json'] ?? [],
    setFile: given['set-file'] ?? [],
    setLiteral: given['set-literal'] ?? [],
    texts: textsOf,
  }
}

/** What each reading of a path gave: of standard input the first takes all. */
type TextsOfPaths = ReadonlyMap<string, readonly string[]>

function inOrder(texts: TextsOfPaths): (path: string) => string {
  const counts = new Map<string, number>()
  return (path) => {
    const at = counts.get(path) ?? 0
    counts.set(path, at + 1)
    return texts.get(path)?.[at] ?? ''
  }
}

async function readSetFile(path: string, io: Io): Promise<string> {
  try {
    return await readSource(path, io)
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const { code, hint, message } = error
    throw new PkgError(code, `failed parsing --set-file data: ${message}`, { hint, cause: error })
  }
}

async function readSource(name: string, io: Io): Promise<string> {
  if (name === '-') return fromBytes(io.stdin())
  if (/^https?:\/\//.test(name)) {
    const { fetchUrl } = await import('../http/downloader.ts')
    return fromBytes(await fetchUrl(name, { hasProxy: hasProxy(io.env) }))
  }
  try {
    return fromBytes(readFileSync(name))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const told = code === 'EISDIR' ? 'read' : 'open'
    throw new PkgError('VALUES_UNREADABLE', `${told} ${name}: ${REASONS.get(code) ?? message}`, {
      hint: adviseOnFile(name, code),
      cause: error,
    })
  }
}

/** Go's words for what a system refuses. */
const REASONS = new Map([
  ['ENOENT', 'no such file or directory'],
  ['EISDIR', 'is a directory'],
  ['ENOTDIR', 'not a directory'],
  ['EACCES', 'permission denied'],
])

function adviseOnFile(name: string, code: string): string {
  if (code === 'EISDIR') return 'It is a folder; name a file in it.'
  if (code === 'EACCES') return 'Have the file made readable, or name another one.'
  const meant = code === 'ENOENT' ? nearestFile(name) : undefined
  if (meant !== undefined) return `Did you mean "${meant}"?`
  return 'Name a file that exists, an http(s) URL, or - for standard input.'
}

/** The file of the same folder whose name is most like one that is not there. */
function nearestFile(path: string): string | undefined {
  const folder = dirname(path)
  const entries = unlessFailed(() => readdirSync(folder, { withFileTypes: true })) ?? []
  const files = entries.filter((entry) => entry.isFile())
  const names = files.slice(0, MOST_NAMES).map(({ name }) => name)
  const meant = nearest(basename(path), names)
  return meant === undefined ? undefined : join(folder, meant)
}

/** So many are held against a name. */
const MOST_NAMES = 1000
