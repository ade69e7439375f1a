import { PkgError, type SourceSpan } from '../base/errors.ts'
import { decodeYaml, decodeYamlMap, splitYamlDocuments } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import type { YamlPath } from '../encoding/yaml-locate.ts'
import { spanIn, spanOfPath, yamlAdvice } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import { GoError, type GoMap, type Value } from '../golang/value.ts'
import type { ChartWarning } from './chart.ts'

/**
 * Decodes a file that Helm reads into a struct: its first document, integers kept apart.
 *
 * @throws PkgError YAML_INVALID
 */
export function decodeDocument(data: Uint8Array, file: string): Value {
  return inFile(
    file,
    () => decodeYaml(fromBytes(data), { dialect: 'helm', file, keepIntegers: true }),
    data,
  )
}

/**
 * Runs what reads a file and puts Helm's words and the place before its failure.
 *
 * @param data the file, from which the failure quotes the line
 * @throws PkgError YAML_INVALID for text that is not YAML, CHART_INVALID for a wrong type
 */
export function inFile<T>(file: string, read: () => T, data: Uint8Array = new Uint8Array()): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof YamlError) {
      const message = `cannot load ${file}: ${error.unmarshalMessage}`
      throw yamlInvalid(error, message, { file, offset: 0, text: fromBytes(data) })
    }
    if (!(error instanceof GoError)) throw error
    const text = `error unmarshaling JSON: while decoding JSON: ${error.message}`
    throw new PkgError('CHART_INVALID', `cannot load ${file}: ${text}`, {
      hint: `Correct the type of the field in ${file}.`,
      span: spanOfField({ name: file, data }, fieldIn(error.message)),
      cause: error,
    })
  }
}

/** Finds the line of a field, or of the outermost map around it that the file has. */
export function spanOfField(file: { name: string; data: Uint8Array }, path: YamlPath): SourceSpan {
  const named = { name: file.name, text: fromBytes(file.data) }
  for (let length = path.length; length > 0; length--) {
    const span = spanOfPath(named, path.slice(0, length))
    if (span !== undefined) return span
  }
  return { file: file.name }
}

/** The path of the field that Go's decoder names, behind the name of its type. */
function fieldIn(message: string): string[] {
  const field = /Go struct field \w+\.([\w.-]+) of type/.exec(message)?.[1]
  return field?.split('.') ?? []
}

/**
 * Reads a values.yaml, whose documents are laid over each other in order.
 *
 * Source: helm.sh/helm/v4 pkg/chart/v2/loader/load.go `LoadValues`.
 *
 * @param warnings gets a warning for each key that stands twice in a map
 * @throws PkgError YAML_INVALID
 */
export function readValues(
  text: string,
  dialect: 'helm' | 'core',
  warnings: ChartWarning[],
): GoMap {
  let values: GoMap = new Map()
  let lines = 0
  for (const document of splitValues(text)) {
    const offset = lines
    const onDuplicateKey = (key: string, first: { line: number }, second: { line: number }) => {
      const message = `key "${key}" is also in line ${first.line + offset}; the last one counts`
      warnings.push({ file: VALUES, line: second.line + offset, message })
    }
    try {
      const map = decodeYamlMap(document, {
        dialect,
        file: VALUES,
        onDuplicateKey,
        keepIntegers: dialect === 'core',
      })
      values = mergeDocuments(values, map)
    } catch (error) {
      if (!(error instanceof YamlError)) throw error
      const before = `cannot load ${VALUES}: cannot unmarshal yaml document: `
      throw yamlInvalid(error, before + error.unmarshalMessage, { file: VALUES, offset, text })
    }
    // The line that ends a document is in none.
    lines += document.split('\n').length
  }
  return values
}

const VALUES = 'values.yaml'

function splitValues(text: string): string[] {
  try {
    return splitYamlDocuments(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const message = `cannot load ${VALUES}: error reading yaml document: ${error.message}`
    throw yamlInvalid(error, message, { file: VALUES, offset: 0, text })
  }
}

/** A later document wins, and maps are merged; null is a value like any other here. */
function mergeDocuments(into: GoMap, from: GoMap): GoMap {
  if (into.size === 0) return from
  const merged: GoMap = new Map(into)
  for (const [key, value] of from) {
    const before = merged.get(key)
    const areMaps = before instanceof Map && value instanceof Map
    merged.set(key, areMaps ? mergeDocuments(before, value) : value)
  }
  return merged
}

function yamlInvalid(
  error: YamlError,
  message: string,
  { file, offset, text }: { file: string; offset: number; text: string },
): PkgError {
  return new PkgError('YAML_INVALID', message, {
    span: spanIn({ name: file, text }, error.line + offset, error.column),
    hint: yamlAdvice(message),
    cause: error,
  })
}
