import { sha256 } from '../base/digest.ts'
import { PkgError } from '../base/errors.ts'
import { isJsonObject } from '../base/json.ts'
import { metadataStruct } from '../chart/metadata-document.ts'
import type { ChartMetadata } from '../chart/metadata.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { encodeYaml, encodeYamlPlain } from '../encoding/yaml-encode.ts'

/** Ends the chart's metadata; `---` could not stand in a signed text. */
const END = '\n...\n'

/**
 * The text that is signed: Chart.yaml, and the digest of the archive by its file name.
 *
 * Source: helm.sh/helm/v4 pkg/provenance/sign.go `messageBlock`.
 */
export function provenanceText(
  metadata: ChartMetadata,
  { fileName, archive }: { fileName: string; archive: Uint8Array },
): string {
  const files = { [fileName]: `sha256:${sha256(archive)}` }
  return encodeYaml(metadataStruct(metadata)) + END + encodeYamlPlain({ files })
}

/**
 * Checks that a signed text speaks of this archive under this name.
 *
 * @returns the digest, `sha256:…`
 * @throws PkgError PROVENANCE_FAILED with Helm's text
 */
export function checkProvenanceText(
  text: string,
  { fileName, archive }: { fileName: string; archive: Uint8Array },
): string {
  const [, second] = text.split(END)
  if (second === undefined) throw failed('message block must have at least two parts')
  const wanted = digestFor(second, fileName)
  if (wanted === undefined) {
    throw failed(
      `provenance does not contain a SHA for a file named ${JSON.stringify(fileName)}`,
      'A provenance file speaks of an archive by its name; do not rename it.',
    )
  }
  const digest = `sha256:${sha256(archive)}`
  if (digest === wanted) return digest
  throw failed(
    `sha256 sum does not match for ${fileName}: ${JSON.stringify(wanted)} != ${JSON.stringify(digest)}`,
    'The archive was changed after it was signed. Do not use it.',
  )
}

function digestFor(text: string, fileName: string): string | undefined {
  const document = readSums(text)
  const files = isJsonObject(document) ? document['files'] : undefined
  if (!isJsonObject(files) || !Object.hasOwn(files, fileName)) return undefined
  const digest = files[fileName]
  return typeof digest === 'string' ? digest : undefined
}

function readSums(text: string): unknown {
  try {
    return decodeYamlPlain(text)
  } catch (error) {
    throw failed(`its sums cannot be read: ${(error as Error).message}`)
  }
}

function failed(message: string, hint?: string): PkgError {
  return new PkgError('PROVENANCE_FAILED', message, { hint })
}
