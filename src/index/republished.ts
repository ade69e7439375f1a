import type { IndexTable } from './table.ts'

/** A version that had another digest when its index was fetched before. */
export interface Republished {
  name: string
  version: string
  /** In hexadecimal digits. */
  before: string
  now: string
}

/**
 * Finds versions that two states of an index both have, with different digests: somebody
 * replaced bytes that others may have fetched.
 *
 * Charts whose entries have not changed cost a look into the directories alone.
 */
export function republished(before: IndexTable, now: IndexTable): Republished[] {
  const old = before.sums()
  const found: Republished[] = []
  for (const [name, sum] of now.sums()) {
    const known = old.get(name)
    if (known === undefined || known === sum) continue
    const digests = new Map(
      before.versionsOf(name)?.map(({ version, digest }) => [version, plain(digest)]),
    )
    for (const { version, digest } of now.versionsOf(name) ?? []) {
      const earlier = digests.get(version) ?? ''
      const later = plain(digest)
      if (earlier === '' || later === '' || earlier === later) continue
      found.push({ name, version, before: earlier, now: later })
    }
  }
  return found
}

/** Digits of a sha256; of anything else nothing, as such a chart is refused anyway. */
function plain(digest: string): string {
  return /^(?:sha256:)?([0-9a-f]{64})$/.exec(digest.trim().toLowerCase())?.[1] ?? ''
}

const MOST = 5

/** Says it of an index, the first few a line each. */
export function tellRepublished(all: readonly Republished[]): string[] {
  const lines = all
    .slice(0, MOST)
    .map(
      ({ name, version, before, now }) =>
        `has other bytes as ${name} ${version} now (sha256:${now}) than before (sha256:${before})`,
    )
  return all.length > MOST
    ? [...lines, `has other bytes for ${all.length - MOST} more versions`]
    : lines
}
