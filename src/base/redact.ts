import { createHmac, randomBytes } from 'node:crypto'

/**
 * Makes a mask for this run: `<12 bytes, #ab12>`.
 *
 * The four digits are of an HMAC whose key nobody knows, so equal values look equal in
 * one run and nothing can be guessed from them.
 */
export function newMask(key: Uint8Array = randomBytes(32)): (value: string) => string {
  return (value) => {
    const digits = createHmac('sha256', key).update(value).digest('hex').slice(0, 4)
    return `<${Buffer.byteLength(value)} bytes, #${digits}>`
  }
}
