import { statSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf } from './home-folders.ts'
import { pathOf, type Io } from './io.ts'

/** The keyring that is named, else the one of gpg. */
export function keyringOf({ keyring }: { keyring?: string | undefined }, io: Io): string {
  if (keyring !== undefined && keyring !== '') return pathOf(keyring, io)
  const { env } = io
  return defaultKeyring(env['GNUPGHOME'] ?? join(homeOf(env), '.gnupg'))
}

/**
 * Where gpg keeps a person's public keys: `pubring.gpg` as Helm wants it, else `pubring.kbx`.
 *
 * @param home folder of GnuPG
 */
function defaultKeyring(home: string): string {
  const old = join(home, 'pubring.gpg')
  const current = join(home, 'pubring.kbx')
  const has = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined
  return !has(old) && has(current) ? current : old
}
