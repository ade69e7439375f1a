import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { GoError } from '../golang/value.ts'
import { openDocument, resolveIn, resourceAt, type SchemaDocument } from './schema-documents.ts'
import { parseSchemaJson } from './schema-json.ts'
import { pointerSteps, resolveReference } from './schema-uri.ts'

/** What the references of a schema mean, as far as that is in the schema itself. */
export interface LocalReferences {
  /**
   * The JSON pointer that a reference means, as seen from the schema at a pointer; undefined when
   * it leads out of the document, nowhere, or only in a circle.
   */
  resolve(pointer: string, reference: string): string | undefined
  /** What is at a pointer. */
  schemaAt(pointer: string): Json | undefined
}

/** Looks at pointers, anchors and URLs of parts. */
export function localReferences(root: JsonObject): LocalReferences {
  let document: SchemaDocument | undefined
  const schemaAt = (pointer: string): Json | undefined => valueAt(root, pointer)
  const target = (pointer: string, reference: string): string | undefined => {
    try {
      document ??= openDocument(URL_OF_ROOT, parseSchemaJson(JSON.stringify(root)))
      const { id } = resourceAt({ document, pointer })
      return resolveIn(document, resolveReference(id, reference))?.pointer
    } catch (error) {
      if (error instanceof GoError) return undefined
      throw error
    }
  }
  const resolve = (pointer: string, reference: string): string | undefined => {
    const first = target(pointer, reference)
    const seen = new Set([pointer])
    for (let at = first; at !== undefined;) {
      if (seen.has(at) && isReferenceOnly(schemaAt(at))) return undefined
      const schema = schemaAt(at)
      if (schema === undefined) return undefined
      if (!isReferenceOnly(schema)) return first
      seen.add(at)
      at = target(at, schema['$ref'])
    }
    return undefined
  }
  return { resolve, schemaAt }
}

const URL_OF_ROOT = 'file:///values.schema.json'

/** Whether all that a schema says is what another says. */
function isReferenceOnly(schema: Json | undefined): schema is JsonObject & { $ref: string } {
  if (!isJsonObject(schema) || typeof schema['$ref'] !== 'string') return false
  return Object.keys(schema).every((keyword) => BESIDE.has(keyword))
}

const BESIDE = new Set(
  '$ref $schema $id id $comment title description $defs definitions'.split(' '),
)

function valueAt(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root
  for (const step of pointerSteps(pointer) ?? []) {
    if (Array.isArray(value)) value = value[Number(step)]
    else value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }
  return value
}
