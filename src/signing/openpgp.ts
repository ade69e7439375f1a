import { requirePackage } from '../base/lazy.ts'

/** OpenPGP.js, read when it is first needed; it stays outside the bundle. */
export function openpgp(): typeof import('openpgp') {
  return requirePackage('openpgp') as typeof import('openpgp')
}
