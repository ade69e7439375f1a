import { PkgError } from '../base/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { requirePackage } from '../base/lazy.ts'
import { LIMITS } from '../base/limits.ts'
import type { Release } from './release.ts'
import { parseRecord } from './record-parse.ts'
import { recordText } from './record-write.ts'

/*
 * A stored release is base64 of gzip of Helm's JSON. What Helm does not know lies in
 * fields of its own (`labels`, `run`), which Helm passes over.
 */

type Zlib = Pick<typeof import('node:zlib'), 'gzipSync' | 'gunzipSync'>

/**
 * Encodes a release as Helm keeps it under `release` in a Secret.
 *
 * @param limit characters that the place of the record can hold; a Secret's by default
 * @throws PkgError RELEASE_TOO_LARGE above the limit, or above what is ever decoded again
 *
 * Source: Helm 4.1.4 pkg/storage/driver/util.go, encodeRelease.
 */
export function encodeRelease(release: Release, limit: number = LIMITS.recordBytes): string {
  const { gzipSync } = requirePackage('node:zlib') as Zlib
  const data = Buffer.from(recordText(release), 'utf8')
  if (data.length > LIMITS.recordDecodedBytes) {
    throw tooLarge(release, data.length, LIMITS.recordDecodedBytes)
  }
  const text = gzipSync(data, { level: 9 }).toString('base64')
  if (text.length > limit) throw tooLarge(release, text.length, limit)
  return text
}

/**
 * Decodes what `encodeRelease` or Helm stored, compressed or, as Helm 2 did, not.
 *
 * @throws PkgError RELEASE_UNREADABLE
 */
export function decodeRelease(text: string): Release {
  const data = Buffer.from(text, 'base64')
  if (data.length === 0) throw new PkgError('RELEASE_UNREADABLE', 'it is empty or no base64')
  return parseRecord(parseJson(isGzip(data) ? gunzip(data) : data))
}

function isGzip(data: Buffer): boolean {
  return data.length > 3 && data[0] === 0x1f && data[1] === 0x8b && data[2] === 0x08
}

function gunzip(data: Buffer): Buffer {
  const { gunzipSync } = requirePackage('node:zlib') as Zlib
  try {
    return gunzipSync(data, { maxOutputLength: LIMITS.recordDecodedBytes })
  } catch (error) {
    const isTooLarge = error instanceof RangeError
    const reason = isTooLarge
      ? `it holds more than ${LIMITS.recordDecodedBytes} bytes`
      : 'its gzip data is damaged'
    throw new PkgError('RELEASE_UNREADABLE', reason, { cause: error })
  }
}

function parseJson(data: Buffer): JsonObject {
  let value: Json
  try {
    value = JSON.parse(data.toString('utf8')) as Json
  } catch (error) {
    throw new PkgError('RELEASE_UNREADABLE', 'its JSON is damaged', { cause: error })
  }
  if (isJsonObject(value)) return value
  throw new PkgError('RELEASE_UNREADABLE', 'it is no JSON object')
}

function tooLarge(release: Release, size: number, limit: number): PkgError {
  const { chart } = release
  const parts = [
    ...[...chart.templates, ...chart.files].map(({ name, data }) => ({ name, size: data.length })),
    { name: 'the rendered manifest', size: Buffer.byteLength(release.manifest) },
    { name: 'values.schema.json', size: chart.schema?.length ?? 0 },
  ]
  const biggest = parts.sort((left, right) => right.size - left.size).slice(0, 5)
  return new PkgError(
    'RELEASE_TOO_LARGE',
    `release "${release.name}" takes ${size} bytes when stored, and a record can hold ${limit}`,
    {
      hint: 'List files that templates do not need in .helmignore.',
      details: biggest.map((part) => `${part.name}: ${part.size} bytes`),
    },
  )
}
