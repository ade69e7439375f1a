import { readFileSync, statSync } from 'node:fs'
import type { Key } from 'openpgp'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { isKeybox, keysOfKeybox } from './keybox.ts'
import { openpgp } from './openpgp.ts'

/** More than a keyring of a person or a company needs. */
const LIMIT = 64 * 1024 * 1024

export interface Keyring {
  path: string
  /** A database of GnuPG 2.1 or later; its secret keys are with gpg alone. */
  isKeybox: boolean
  keys: Key[]
}

/**
 * Reads a keyring: the old format of GnuPG (`pubring.gpg`, `gpg --export`), the new one
 * (`pubring.kbx`) or keys in armour.
 *
 * @throws PkgError PROVENANCE_FAILED: without a keyring nothing can be vouched for
 */
export async function readKeyring(path: string): Promise<Keyring> {
  const bytes = readBytes(path)
  const { readKeys } = openpgp()
  try {
    const isBox = isKeybox(bytes)
    const isArmored = bytes.toString('latin1', 0, 64).trimStart().startsWith('-----BEGIN PGP ')
    const keys = isArmored
      ? await readKeys({ armoredKeys: bytes.toString('utf8') })
      : await readKeys({ binaryKeys: isBox ? keysOfKeybox(bytes) : bytes })
    return { path, isKeybox: isBox, keys }
  } catch (error) {
    throw unreadable(path, (error as Error).message)
  }
}

function readBytes(path: string): Buffer {
  try {
    const { size } = statSync(path)
    if (size <= LIMIT) return readFileSync(path)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw unreadable(path, error.message)
  }
  throw unreadable(path, `it is larger than ${LIMIT} bytes`)
}

function unreadable(path: string, reason: string): PkgError {
  return new PkgError('PROVENANCE_FAILED', `failed to load keyring ${path}: ${reason}`, {
    hint: 'Name one with --keyring; "gpg --export > keys.gpg" makes one.',
  })
}
