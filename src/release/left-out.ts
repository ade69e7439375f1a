import { sha256 } from '../base/digest.ts'
import { PkgError } from '../base/errors.ts'
import { isJsonObject, type Json } from '../base/json.ts'
import { LIMITS } from '../base/limits.ts'
import { encodeRelease } from './codec.ts'
import { pack, unpack } from './packed.ts'
import { shortenManifest } from './shorten-manifest.ts'
import type { Release } from './release.ts'

/*
 * A record that its object cannot hold is kept in two places. The object holds a record that
 * Helm can read and work with: it lacks the chart's templates, files and schema, which
 * nothing but a look at them needs, and if that is not enough the content of large objects.
 * What it lacks lies beside it as pieces, each named by the digest of the whole, so that
 * revisions of the same chart share them.
 */

/** One text that is kept beside a record. */
export interface Piece {
  /** Of its content, in hexadecimal digits. */
  digest: string
  /** Compressed, each small enough for an object of its own. */
  chunks: Uint8Array[]
}

/** Names a piece without holding it. */
export interface PieceName {
  digest: string
  count: number
}

/** What lies beside a record. */
export interface LeftOut {
  chart: PieceName
  /** The whole manifest, when that was too large as well. */
  manifest?: PieceName | undefined
}

export interface EncodedRecord {
  /** What Helm keeps under `release`. */
  text: string
  /** Undefined for a record that is whole. */
  leftOut: LeftOut | undefined
  /** Those that are to be stored, unless they are already. */
  pieces: Piece[]
}

/** Objects of every kind of store hold this much with room for their names. */
const CHUNK_BYTES = 900_000

/**
 * Encodes a release so that it fits an object of the API server.
 *
 * @throws PkgError RELEASE_TOO_LARGE when the values alone are larger than that
 */
export function encodeRecord(release: Release): EncodedRecord {
  const known = parseLeftOut(release.leftOut)
  if (known === undefined) {
    const text = encodeRelease(release, Infinity)
    if (text.length <= LIMITS.recordBytes) return { text, leftOut: undefined, pieces: [] }
  }
  const pieces: Piece[] = []
  const add = (content: string): PieceName => {
    const piece = pieceOf(content)
    pieces.push(piece)
    return { digest: piece.digest, count: piece.chunks.length }
  }
  const chart = known?.chart ?? add(chartPiece(release))
  const slim = withoutFiles(release)
  const text = encodeRelease(slim, Infinity)
  if (text.length <= LIMITS.recordBytes) return { text, leftOut: { chart }, pieces }
  const manifest = add(release.manifest)
  const short = { ...slim, manifest: shortenManifest(release.manifest) }
  return { text: encodeRelease(short), leftOut: { chart, manifest }, pieces }
}

/** Puts the manifest back that a record lacks. */
export function withManifest(release: Release, content: string): Release {
  return { ...release, manifest: content }
}

/**
 * Puts the chart's files back that a record lacks.
 *
 * @throws PkgError RELEASE_UNREADABLE
 */
export function withChartFiles(release: Release, content: string): Release {
  const parts = JSON.parse(content) as Json
  if (!isJsonObject(parts)) throw new PkgError('RELEASE_UNREADABLE', 'its chart is no object')
  const { schema } = parts
  return {
    ...release,
    chart: {
      ...release.chart,
      templates: filesFrom(parts['templates']),
      files: filesFrom(parts['files']),
      schema: typeof schema === 'string' ? Buffer.from(schema, 'base64') : undefined,
    },
  }
}

/**
 * The content of a piece.
 *
 * @throws PkgError RELEASE_UNREADABLE when it is damaged
 */
export function contentOf({ digest, chunks }: Piece): string {
  const content = unpack(Buffer.concat(chunks))
  if (digestOf(content) === digest) return content
  throw new PkgError('RELEASE_UNREADABLE', `its part ${digest} holds something else`)
}

/** Writes what lies beside a record on one line: `c0123456789abcdef-2.m…-1`. */
export function formatLeftOut({ chart, manifest }: LeftOut): string {
  const ofManifest = manifest === undefined ? '' : `.m${manifest.digest}-${manifest.count}`
  return `c${chart.digest}-${chart.count}${ofManifest}`
}

/** Reads what `formatLeftOut` wrote; undefined for anything else. */
export function parseLeftOut(text: string | undefined): LeftOut | undefined {
  const match = /^c([0-9a-f]{16})-([0-9]{1,4})(?:\.m([0-9a-f]{16})-([0-9]{1,4}))?$/.exec(text ?? '')
  if (match === null) return undefined
  const [, chart = '', chartCount, manifest, manifestCount] = match
  return {
    chart: { digest: chart, count: Number(chartCount) },
    manifest:
      manifest === undefined ? undefined : { digest: manifest, count: Number(manifestCount) },
  }
}

function withoutFiles(release: Release): Release {
  const chart = { ...release.chart, templates: [], files: [], schema: undefined }
  return { ...release, chart }
}

function chartPiece({ chart }: Release): string {
  const files = ({ name, data }: Release['chart']['files'][number]) => ({
    name,
    data: Buffer.from(data).toString('base64'),
  })
  return JSON.stringify({
    templates: chart.templates.map(files),
    files: chart.files.map(files),
    ...(chart.schema !== undefined && { schema: Buffer.from(chart.schema).toString('base64') }),
  })
}

function filesFrom(json: Json | undefined): Release['chart']['files'] {
  if (!Array.isArray(json)) return []
  return json.filter(isJsonObject).map(({ name, data }) => ({
    name: typeof name === 'string' ? name : '',
    data: Buffer.from(typeof data === 'string' ? data : '', 'base64'),
  }))
}

function pieceOf(content: string): Piece {
  const packed = pack(content)
  const chunks: Uint8Array[] = []
  for (let at = 0; at < packed.length; at += CHUNK_BYTES) {
    chunks.push(packed.subarray(at, at + CHUNK_BYTES))
  }
  return { digest: digestOf(content), chunks }
}

function digestOf(content: string): string {
  return sha256(content).slice(0, 16)
}
