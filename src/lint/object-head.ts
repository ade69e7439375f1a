import { readStruct, type StructSpec } from '../chart/go-struct.ts'
import { GoError, type Value } from '../golang/value.ts'

/** What the rules for objects look at. */
export interface ObjectHead {
  apiVersion: string
  kind: string
  name: string
}

/**
 * Reads the head of a decoded document; undefined for an empty one.
 *
 * @throws GoError with Helm's text for a document or a field of the wrong type
 */
export function readObjectHead(document: Value): ObjectHead | undefined {
  if (document === null) return undefined
  const fields: Record<string, unknown> = {}
  try {
    readStruct(document, OBJECT, fields)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new GoError(`error unmarshaling JSON: while decoding JSON: ${error.message}`)
  }
  const {
    apiVersion = '',
    kind = '',
    metadata = {},
  } = fields as Partial<ObjectHead> & {
    metadata?: { name?: string }
  }
  return { apiVersion, kind, name: metadata.name ?? '' }
}

/** Source: Helm 4.1.4 pkg/chart/v2/lint/rules/template.go, k8sYamlStruct. */
const METADATA: StructSpec = {
  type: 'rules.k8sYamlMetadata',
  fields: ['Namespace', 'Name'].map((json) => ({
    json,
    property: json.toLowerCase(),
    kind: 'string',
  })),
}

const OBJECT: StructSpec = {
  type: 'rules.k8sYamlStruct',
  fields: [
    { json: 'apiVersion', property: 'apiVersion', kind: 'string' },
    { json: 'Kind', property: 'kind', kind: 'string' },
    { json: 'Metadata', property: 'metadata', kind: { struct: METADATA } },
  ],
}
