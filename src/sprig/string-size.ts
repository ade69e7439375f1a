import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'

/** @throws PkgError RENDER_BUDGET when a text of that many characters would be too long */
export function assertSize(characters: number): void {
  if (characters <= LIMITS.stringBytes) return
  throw new PkgError(
    'RENDER_BUDGET',
    `a string of ${characters} bytes is longer than the limit of ${LIMITS.stringBytes}`,
  )
}
