import { requirePackage } from '../base/lazy.ts'
import { toBytes } from '../golang/bytes.ts'
import type { GoInt } from '../golang/value.ts'

/**
 * Computes the Master Password of a site: always the same for the same arguments.
 *
 * The first byte of a keyed hash picks a template of the type, and each further byte a
 * character of the class that the template names. An unknown type gives a text that says so.
 *
 * Source: Masterminds/sprig v3.3.0 crypto.go, `derivePassword`.
 */
export function derivePassword(
  counter: GoInt,
  type: string,
  ...[password, user, site]: [password: string, user: string, site: string]
): string {
  const templates = Object.hasOwn(TEMPLATES, type) ? TEMPLATES[type]?.split(' ') : undefined
  if (templates === undefined) return `cannot find password template ${type}`
  const { createHmac, scryptSync } = requirePackage('node:crypto') as typeof import('node:crypto')
  const key = scryptSync(toBytes(password), seedOf(user), 64, SCRYPT_COST)
  const seed = createHmac('sha256', key)
    .update(seedOf(site))
    .update(bigEndian(Number(counter.value)))
    .digest()
  const template = templates[(seed[0] ?? 0) % templates.length] ?? ''
  return Array.from(template, (kind, at) => {
    const characters = CHARACTERS[kind] ?? ''
    return characters.charAt((seed[at + 1] ?? 0) % characters.length)
  }).join('')
}

function seedOf(name: string): Buffer {
  const bytes = toBytes(name)
  return Buffer.concat([Buffer.from('com.lyndir.masterpassword'), bigEndian(bytes.length), bytes])
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const SCRYPT_COST = { N: 32_768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 }

/** The order is the algorithm's: the hash picks by position. */
const TEMPLATES: Readonly<Record<string, string>> = {
  maximum: 'anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno',
  long:
    'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv ' +
    'CvccCvcvCvcvno CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc ' +
    'CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno ' +
    'CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc ' +
    'CvccCvcvCvccno',
  medium: 'CvcnoCvc CvcCvcno',
  short: 'Cvcn',
  basic: 'aaanaaan aannaaan aaannaaa',
  pin: 'nnnn',
}

const VOWELS = 'aeiou'
const CONSONANTS = 'bcdfghjklmnpqrstvwxyz'
const ALL_LETTERS = 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz'

/** The characters of each class, in the algorithm's order. */
const CHARACTERS: Readonly<Record<string, string>> = {
  C: CONSONANTS.toUpperCase(),
  v: VOWELS,
  c: CONSONANTS,
  a: ALL_LETTERS,
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${ALL_LETTERS}0123456789!@#$%^&*()`,
}
