import type { Release } from '../release/release.ts'
import type { ReleaseStorage } from '../storage/storage.ts'

/**
 * Notes down what a revision that was cut off may have written, before its record is
 * replaced: whatever the next attempt drops is then still found and removed.
 */
export async function extendJournal(storage: ReleaseStorage, abandoned: Release): Promise<void> {
  const known = (await storage.readJournal(abandoned))?.manifests ?? []
  const hooks = abandoned.hooks.map(({ manifest }) => manifest)
  const manifests = new Set([...known, abandoned.manifest, ...hooks].filter((text) => text !== ''))
  if (manifests.size === known.length) return
  await storage.writeJournal(abandoned, { manifests: [...manifests] })
}
