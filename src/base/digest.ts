import { requirePackage } from './lazy.ts'

/** SHA-256 in hexadecimal digits. */
export function sha256(data: Uint8Array | string): string {
  const { createHash } = requirePackage('node:crypto') as typeof import('node:crypto')
  return createHash('sha256').update(data).digest('hex')
}
