import { encodeYamlPlain } from '../encoding/yaml-encode.ts'
import type { Json } from '../base/json.ts'

export type DocumentFormat = 'json' | 'yaml'

/** A result as one JSON or YAML document, with a newline at its end. */
export function encodeDocument(format: DocumentFormat, data: unknown): string {
  if (format === 'yaml') return encodeYamlPlain(data as Json)
  return `${JSON.stringify(data)}\n`
}
