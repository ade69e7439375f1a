import { requirePackage } from './lazy.ts'
import { sha256OfShort } from './sha256.ts'

/** Bytes up to which our own hash takes less time than loading node:crypto does. */
const SHORT = 512

let crypto: typeof import('node:crypto') | undefined

/** SHA-256 in hexadecimal digits. */
export function sha256(data: Uint8Array | string): string {
  if (crypto === undefined && data.length <= SHORT)
    return sha256OfShort(typeof data === 'string' ? Buffer.from(data) : data)
  return loadCrypto().createHash('sha256').update(data).digest('hex')
}

/** SHA-256 of bytes that come piece by piece. */
export function openSha256(): { update(chunk: Uint8Array): void; digest(): string } {
  const hash = loadCrypto().createHash('sha256')
  return {
    update(chunk) {
      hash.update(chunk)
    },
    digest: () => hash.digest('hex'),
  }
}

function loadCrypto(): typeof import('node:crypto') {
  return (crypto ??= requirePackage('node:crypto') as typeof import('node:crypto'))
}
