import { isJsonObject, type JsonObject } from '../base/json.ts'
import { encodeYamlPlain } from '../encoding/yaml-encode.ts'
import { decodeDocument, isKubeObject } from '../manifest/decode-objects.ts'
import { splitDocuments } from '../manifest/split-documents.ts'

/** Objects up to this many characters stay as they are. */
const SMALL = 2048
const NOTE = 'left out: this record was too large; kubectl pkg get manifest shows the whole object'

/**
 * Leaves of the large objects of a manifest what tells them from others, so that Helm still
 * knows what the release consists of: it can show, upgrade and uninstall it.
 *
 * The field `leftOut` is one that no built-in kind has, so an API server refuses to apply a
 * shortened object: nobody empties an object by rolling back to it.
 */
export function shortenManifest(text: string): string {
  return splitDocuments(text)
    .map(({ text: document }) => `---\n${shortenDocument(document)}\n`)
    .join('')
}

function shortenDocument(document: string): string {
  if (document.length <= SMALL) return document
  const value = decodeDocument(document, { file: 'manifest', line: 1 })
  if (!isKubeObject(value)) return document
  const { apiVersion, kind, metadata } = value
  const [source = ''] = /^# Source: .*\n/.exec(document) ?? []
  const head: JsonObject = { apiVersion, kind, leftOut: NOTE, metadata: shortenMetadata(metadata) }
  return `${source}${encodeYamlPlain(head).trimEnd()}`
}

function shortenMetadata({ name, namespace, labels, annotations }: JsonObject): JsonObject {
  const kept = isJsonObject(annotations)
    ? Object.entries(annotations).filter(([key]) => key.startsWith('helm.sh/'))
    : []
  return {
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
  }
}
