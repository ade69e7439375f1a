import { PkgError } from '../base/errors.ts'
import { quotableExpression } from '../base/secret-text.ts'
import { decodeJson } from '../encoding/json.ts'
import { decodeYamlMap, splitYamlDocuments } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { spanIn, yamlAdvice } from '../encoding/yaml-span.ts'
import type { YamlDialect } from '../encoding/yaml-resolve.ts'
import { trimSpace } from '../golang/space.ts'
import { GoError, type GoMap } from '../golang/value.ts'
import { copyMap } from './copy-values.ts'
import { parseSet, type ReadText, type SetFlag } from './parse-set.ts'

/** What a person passed, already read; each list in the order of the command line. */
export interface ValueSources {
  files?: readonly ValuesFile[]
  setJson?: readonly string[]
  set?: readonly string[]
  setString?: readonly string[]
  setFile?: readonly string[]
  setLiteral?: readonly string[]
  /** Values of the release before, which all others win over. */
  kept?: GoMap
  /** Gives the text of a file that `setFile` names; `filesOfSet` tells which are needed. */
  readText?: ReadText
}

export interface ValuesFile {
  /** Path or URL as the person typed it. */
  name: string
  text: string
}

/**
 * Merges a person's values into one map: files first, then `--set-json`, `--set`,
 * `--set-string`, `--set-file` and `--set-literal`. A later one wins; maps are merged, all
 * else is replaced. Nulls stay: they delete when the chart's defaults come in.
 *
 * Source: Helm 4.1.4 pkg/cli/values/options.go, `MergeValues`.
 *
 * @param dialect how files are read: `helm` for Helm charts, `core` for native ones
 * @throws PkgError VALUES_UNREADABLE, SET_SYNTAX
 */
export function composeValues(sources: ValueSources, dialect: YamlDialect): GoMap {
  let values: GoMap = new Map()
  const duplicates: DuplicateKey[] = []
  for (const file of sources.files ?? []) {
    values = mergeMaps(values, readValues(file, dialect, duplicates))
  }
  for (const text of sources.setJson ?? []) values = setJson(values, text)
  const flags: [SetFlag, readonly string[] | undefined][] = [
    ['set', sources.set],
    ['set-string', sources.setString],
    ['set-file', sources.setFile],
    ['set-literal', sources.setLiteral],
  ]
  for (const [flag, texts] of flags) {
    for (const text of texts ?? []) parseSet(flag, text, values, sources.readText)
  }
  origins.set(values, { sources, duplicates })
  return values
}

/** A key that stands a second time in a map; only this one counts. */
export interface DuplicateKey {
  file: string
  /** Counted from 1. */
  line: number
  message: string
}

const origins = new WeakMap<GoMap, { sources: ValueSources; duplicates: readonly DuplicateKey[] }>()

/** What `composeValues` made the map of, so that errors can point at it. */
export function sourcesOf(values: GoMap): ValueSources | undefined {
  return origins.get(values)?.sources
}

/** Tells of a map that it was made of what `given` was made of, over the values of a release. */
export function rememberKept(values: GoMap, given: GoMap, kept: GoMap): void {
  origins.set(values, { sources: { ...sourcesOf(given), kept }, duplicates: duplicatesOf(given) })
}

/** Keys that stand twice in the files which `composeValues` made the map of. */
export function duplicatesOf(values: GoMap): readonly DuplicateKey[] {
  return origins.get(values)?.duplicates ?? []
}

/**
 * Lays `over` on `under` in a new map: maps are merged at every depth, all else of `over`
 * replaces what is there.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/loader/load.go, `MergeMaps`.
 */
function mergeMaps(under: GoMap, over: GoMap): GoMap {
  const merged: GoMap = new Map(under)
  for (const [key, value] of over) {
    const existing = merged.get(key)
    const both = value instanceof Map && existing instanceof Map
    merged.set(key, both ? mergeMaps(existing, value) : value)
  }
  return merged
}

/** Reads a values file; the documents of one with several are merged in their order. */
function readValues(file: ValuesFile, dialect: YamlDialect, duplicates: DuplicateKey[]): GoMap {
  let values: GoMap = new Map()
  let line = 0
  for (const document of splitFile(file)) {
    const before = line
    const onDuplicateKey = (key: string, first: { line: number }, second: { line: number }) => {
      const message = `key "${key}" is also in line ${first.line + before}; the last one counts`
      duplicates.push({ file: file.name, line: second.line + before, message })
    }
    try {
      // Aliases share maps, and `--set` writes into what it finds.
      const read = decodeYamlMap(document, {
        dialect,
        file: file.name,
        keepIntegers: dialect === 'core',
        onDuplicateKey,
      })
      values = mergeMaps(values, copyMap(read))
    } catch (error) {
      if (!(error instanceof YamlError)) throw error
      const problem = `cannot unmarshal yaml document: ${error.unmarshalMessage}`
      throw unreadable(file, problem, { error, line: line + error.line })
    }
    line += document.split('\n').length
  }
  return values
}

function splitFile(file: ValuesFile): string[] {
  try {
    return splitYamlDocuments(file.text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const problem = `error reading yaml document: ${error.message}`
    throw unreadable(file, problem, { error, line: error.line })
  }
}

function unreadable(
  file: ValuesFile,
  problem: string,
  { error, line }: { error: YamlError; line: number },
): PkgError {
  return new PkgError('VALUES_UNREADABLE', `failed to parse ${file.name}: ${problem}`, {
    cause: error,
    span: spanIn(file, line, error.column),
    hint: yamlAdvice(problem),
  })
}

/** `--set-json` takes a whole object too, which is merged like a file. */
function setJson(values: GoMap, text: string): GoMap {
  if (!trimSpace(text).startsWith('{')) {
    parseSet('set-json', text, values)
    return values
  }
  return mergeMaps(values, parseObject(text))
}

function parseObject(text: string): GoMap {
  try {
    const object = decodeJson(text)
    return object instanceof Map ? object : new Map()
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new PkgError(
      'SET_SYNTAX',
      `failed parsing --set-json data JSON: ${quotableExpression(text)}`,
      {
        cause: error,
        details: [error.message],
        hint: 'Give a JSON object, or NAME=JSON pairs with commas between them.',
      },
    )
  }
}
