import { PkgError, type SourceSpan } from '../base/errors.ts'
import { isJsonObject, type Json } from '../base/json.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import type { KubeObject } from './object.ts'
import { wholeDocumentsIn } from './split-documents.ts'

/**
 * Reads the objects of a manifest's text, in its order; a List gives its items.
 *
 * @param name how errors call the text, for example `release web, revision 3`
 * @throws PkgError MANIFEST_INVALID for a document that is no object, YAML_INVALID
 */
export function decodeObjects(text: string, name: string): KubeObject[] {
  const objects: KubeObject[] = []
  for (const { text: document, line } of wholeDocumentsIn(text)) {
    const value = decodeDocument(document, { file: name, line })
    if (value === null) continue
    for (const object of objectsIn(value, { file: name, line })) objects.push(object)
  }
  return objects
}

/** An object and the template that it came from, empty where the manifest does not say. */
export interface SourcedObject {
  object: KubeObject
  path: string
}

/** Reads the objects of a manifest's text as `decodeObjects` does, with their templates. */
export function decodeSourced(text: string, name: string): SourcedObject[] {
  return [...wholeDocumentsIn(text)].flatMap(({ text: document, line }) => {
    const value = decodeDocument(document, { file: name, line })
    const [, path = ''] = /^# Source: (.*)$/m.exec(document) ?? []
    // A line of the manifest is none of the template that a person knows.
    const objects =
      value === null ? [] : objectsIn(value, path === '' ? { file: name, line } : { file: path })
    return objects.map((object) => ({ object, path }))
  })
}

/**
 * Decodes one YAML document.
 *
 * @param start where the document begins, for errors
 * @throws PkgError YAML_INVALID
 */
export function decodeDocument(text: string, start: { file: string; line: number }): Json {
  try {
    return decodeYamlPlain(text, { file: start.file })
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const { file } = start
    throw new PkgError('YAML_INVALID', `${file}: ${error.problem}`, {
      span: { file, line: start.line + error.line - 1, column: error.column },
      cause: error,
    })
  }
}

/** Whether the value has what every object must have: apiVersion, kind and a name. */
export function isKubeObject(value: Json | undefined): value is KubeObject {
  if (!isJsonObject(value)) return false
  const { apiVersion, kind, metadata } = value
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false
  return isJsonObject(metadata) && typeof metadata['name'] === 'string' && metadata['name'] !== ''
}

function objectsIn(value: Json, span: SourceSpan): KubeObject[] {
  if (isKubeObject(value)) return [value]
  if (isList(value)) return value.items.flatMap((item) => objectsIn(item, span))
  throw new PkgError('MANIFEST_INVALID', `${span.file}: ${whatIsMissing(value)}`, {
    span,
    hint: 'Every document of a template must be one object with apiVersion, kind and metadata.name.',
  })
}

function isList(value: Json): value is { items: Json[] } {
  if (!isJsonObject(value) || typeof value['kind'] !== 'string') return false
  return value['kind'].endsWith('List') && Array.isArray(value['items'])
}

function whatIsMissing(value: Json): string {
  if (!isJsonObject(value)) return 'a document is not an object'
  const { apiVersion, kind, metadata } = value
  if (typeof apiVersion !== 'string' || apiVersion === '') return 'an object has no apiVersion'
  if (typeof kind !== 'string' || kind === '') return 'an object has no kind'
  const name = isJsonObject(metadata) ? metadata['generateName'] : undefined
  if (typeof name === 'string') return `${kind} "${name}…" has generateName, and a name is needed`
  return `an object of kind "${kind}" has no metadata.name`
}
