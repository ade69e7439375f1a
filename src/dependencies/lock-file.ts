import { lstatSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import type { Files } from '../base/files.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { Chart } from '../chart/chart.ts'
import { rawFile } from '../chart/chart.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { encodeYamlPlain } from '../encoding/yaml-encode.ts'
import { fromBytes } from '../golang/bytes.ts'

/** A dependency at one version, with those that had to be fetched for it. */
export interface LockedDependency {
  name: string
  version: string
  repository: string
  /** sha256 of the archive in hexadecimal digits; empty for folders and in Helm's locks. */
  digest: string
  dependencies: LockedDependency[]
}

/** A Chart.lock with what Helm's does not have: digests, and dependencies of dependencies. */
export interface TreeLock {
  generated: string
  digest: string
  dependencies: LockedDependency[]
}

/** The name of the lock: that of apiVersion v1 charts is an older one. */
export function lockName({ metadata }: Chart): string {
  return metadata.apiVersion === 'v1' ? 'requirements.lock' : 'Chart.lock'
}

/** What a chart's lock says beyond what Helm reads; undefined when there is none. */
export function readTreeLock(chart: Chart): TreeLock | undefined {
  const file = rawFile(chart, lockName(chart))
  if (file === undefined || chart.lock === undefined) return undefined
  const document = decodeYamlPlain(fromBytes(file.data), { dialect: 'helm' })
  if (!isJsonObject(document)) return undefined
  const { generated, digest } = chart.lock
  return { generated, digest, dependencies: readList(document['dependencies'] ?? null) }
}

/**
 * What a lock has of a dependency. Locks have the order of Chart.yaml; a chart may be there
 * twice, under two aliases.
 */
export function findLock<T extends { name: string }>(
  { name }: { name: string },
  at: number,
  locked: readonly T[] | undefined,
): T | undefined {
  const same = locked?.[at]
  return same?.name === name ? same : locked?.find((each) => each.name === name)
}

function readList(value: Json): LockedDependency[] {
  if (!Array.isArray(value)) return []
  return value.filter(isJsonObject).map((item) => ({
    name: textOf(item['name']),
    version: textOf(item['version']),
    repository: textOf(item['repository']),
    digest: textOf(item['digest']).replace(/^sha256:/, ''),
    dependencies: readList(item['dependencies'] ?? null),
  }))
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The text of a lock: what Helm reads of it is what Helm would have written. */
export function lockText({ generated, digest, dependencies }: TreeLock): string {
  return encodeYamlPlain({ dependencies: dependencies.map(document), digest, generated })
}

function document({
  name,
  version,
  repository,
  digest,
  dependencies,
}: LockedDependency): JsonObject {
  return {
    name,
    repository,
    ...(version === '' ? {} : { version }),
    ...(digest === '' ? {} : { digest: `sha256:${digest}` }),
    ...(dependencies.length === 0 ? {} : { dependencies: dependencies.map(document) }),
  }
}

/**
 * Writes the lock of a chart's folder; it is there whole or the old one stays.
 *
 * @throws PkgError ARCHIVE_UNSAFE when the lock is a link, as one could lead anywhere
 */
export async function writeLock(
  folder: string,
  name: string,
  text: string,
  files: Files,
): Promise<void> {
  assertNoLink(folder, name)
  await files.replace(join(folder, name), join(folder, temporaryName(name, newToken())), {
    data: text,
    mode: SHARED_MODES.file,
  })
}

/** @throws PkgError ARCHIVE_UNSAFE when the lock is a link */
export function assertNoLink(folder: string, name: string): void {
  const path = join(folder, name)
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink() === true) {
    throw new PkgError(
      'ARCHIVE_UNSAFE',
      `the ${name} file is a symlink to "${readlinkSync(path)}"`,
      {
        hint: 'Remove the link; the lock has to be a file of the chart itself.',
      },
    )
  }
}
