import { readFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { shownAddress } from '../base/shown-address.ts'
import { fromBytes } from '../golang/bytes.ts'
import { filesOfSet } from '../values/parse-set.ts'
import { composeValues, type ValuesFile, type ValueSources } from '../values/compose-values.ts'
import { isNative, type Chart } from '../chart/chart.ts'
import type { GoMap } from '../golang/value.ts'
import { readPreset } from '../values/presets.ts'
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
  const sources = await readSources(given, io)
  return (chart) => {
    if (chart === undefined) return composeValues(sources, 'helm')
    const presets = (given.preset ?? []).map((name) => readPreset(chart, name))
    const files = [...presets, ...sources.files]
    return composeValues({ ...sources, files }, isNative(chart) ? 'core' : 'helm')
  }
}

/**
 * Reads everything that the values flags name: files, URLs and standard input.
 */
async function readSources(
  given: GivenValues,
  io: Io,
): Promise<ValueSources & { files: ValuesFile[] }> {
  const names = given.values ?? []
  const texts = await Promise.all(names.map((name) => readSource(name.trim(), io)))
  const inSet = (given['set-file'] ?? []).flatMap((word) => filesOfSet(word))
  const files = new Map<string, string>()
  for (const path of inSet) files.set(path, await readSetFile(path, io))
  return {
    files: names.map((name, at) => ({ name: shownAddress(name), text: texts[at] ?? '' })),
    set: given.set ?? [],
    setString: given['set-string'] ?? [],
    setJson: given['set-json'] ?? [],
    setFile: given['set-file'] ?? [],
    setLiteral: given['set-literal'] ?? [],
    readText: (path) => files.get(path) ?? '',
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
    const reason = code === 'ENOENT' ? 'no such file or directory' : message
    throw new PkgError('VALUES_UNREADABLE', `open ${name}: ${reason}`, {
      hint: 'Name a file that exists, an http(s) URL, or - for standard input.',
      cause: error,
    })
  }
}
