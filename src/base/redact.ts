import type { Json } from './json.ts'
import { requirePackage } from './lazy.ts'
import { SECRET_KEY } from './secret-keys.ts'

/**
 * Makes a mask for this run: `<12 bytes, #ab12>`.
 *
 * The four digits are of an HMAC whose key nobody knows, so equal values look equal in
 * one run and nothing can be guessed from them.
 */
export function newMask(key?: Uint8Array): (value: string) => string {
  const { createHmac, randomBytes } = requirePackage('node:crypto') as typeof import('node:crypto')
  const secret = key ?? randomBytes(32)
  return (value) => {
    const digits = createHmac('sha256', secret).update(value).digest('hex').slice(0, 4)
    return `<${Buffer.byteLength(value)} bytes, #${digits}>`
  }
}

/** Values with `[hidden]` in the place of every scalar below a key that names a secret. */
export function hideSecretValues(value: Json, isSecret = false): Json {
  if (Array.isArray(value)) return value.map((item) => hideSecretValues(item, isSecret))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        hideSecretValues(inner, isSecret || SECRET_KEY.test(key)),
      ]),
    )
  }
  return isSecret && value !== null && typeof value !== 'boolean' ? '[hidden]' : value
}
