import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const KEYS = 3

/**
 * Lets all renders of this process share a few keys, and hash passwords in one round: else
 * suites that render a chart hundreds of times would mostly make keys that nobody looks at.
 *
 * What is made keeps its form; that keys differ from run to run is for others to test.
 */
export function shareKeys(): void {
  const crypto = require('node:crypto') as { generateKeyPairSync: (...args: unknown[]) => object }
  const make = crypto.generateKeyPairSync
  const made = new Map<string, object[]>()
  let turn = 0
  crypto.generateKeyPairSync = (...args) => {
    const kind = JSON.stringify(args)
    const keys = made.get(kind) ?? []
    made.set(kind, keys)
    if (keys.length < KEYS) keys.push(make(...args))
    return keys[turn++ % keys.length] ?? {}
  }
  const bcrypt = require('bcryptjs') as typeof import('bcryptjs')
  const hash = bcrypt.hashSync
  bcrypt.hashSync = (text, salt) => {
    const dear = String(salt)
    return hash(text, dear.replace('$10$', '$04$')).replace('$04$', '$10$')
  }
}
