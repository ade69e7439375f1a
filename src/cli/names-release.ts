import { statSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * Whether a word that may name a chart or a release means a release: it could be the name of
 * one, does not end like a file, and there is no file or folder of that name.
 */
export function namesRelease(word: string, folder: string): boolean {
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(word)) return false
  if (/\.(?:ya?ml|json|tgz)$/.test(word)) return false
  return statSync(resolve(folder, word), { throwIfNoEntry: false }) === undefined
}
