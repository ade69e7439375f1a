import { PkgError } from '../base/errors.ts'
import type { RecordKind } from '../storage/record-object.ts'

/**
 * What holds the records of releases. Helm's HELM_DRIVER counts where nothing of ours says it.
 *
 * @throws PkgError TARGET_INVALID for a storage that is not ours
 */
export function recordKindOf(flag: string | undefined, driver: string | undefined): RecordKind {
  const text = flag ?? driver ?? ''
  if (['', 'secret', 'secrets'].includes(text)) return 'secret'
  if (['configmap', 'configmaps'].includes(text)) return 'configmap'
  throw new PkgError('TARGET_INVALID', `releases cannot be kept in "${text}"`, {
    hint: 'Set HELM_DRIVER to secret or configmap, or pass --storage.',
  })
}
