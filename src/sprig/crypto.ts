import { requirePackage } from '../base/lazy.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import { fn, type GoFunction } from '../golang/function.ts'
import { GoError, type GoInt } from '../golang/value.ts'
import { decodeBase64 } from './base64.ts'
import { boundsError } from './cast.ts'
import { derivePassword } from './derive-password.ts'
import { type RandomBytes, randomBelow, randomText } from './random.ts'

/**
 * Gives hashes, random texts, passwords and AES.
 *
 * Source: Masterminds/sprig v3.3.0 crypto.go, strings.go.
 */
export function cryptoFunctions(random: RandomBytes): Record<string, GoFunction> {
  return {
    ...hashes(),
    ...randomTexts(random),
    bcrypt: fn(['string'], (password: string) => bcrypt(random, password)),
    htpasswd: fn(['string', 'string'], (user: string, password: string) =>
      user.includes(':') ? `invalid username: ${user}` : `${user}:${bcrypt(random, password)}`,
    ),
    derivePassword: fn(['uint32', 'string', 'string', 'string', 'string'], derivePassword),
    encryptAES: fn(['string', 'string'], (password: string, text: string) =>
      encryptAes(random, password, text),
    ),
    decryptAES: fn(['string', 'string'], decryptAes),
  }
}

function hashes(): Record<string, GoFunction> {
  const hash = (name: string): GoFunction =>
    fn(['string'], (text: string) => node().createHash(name).update(toBytes(text)).digest('hex'))
  return {
    sha1sum: hash('sha1'),
    sha256sum: hash('sha256'),
    sha512sum: hash('sha512'),
    adler32sum: fn(['string'], adler32),
  }
}

/** Loads node:crypto when a template first needs it. */
function node(): typeof import('node:crypto') {
  return requirePackage('node:crypto') as typeof import('node:crypto')
}

function adler32(text: string): string {
  let a = 1
  let b = 0
  for (const byte of toBytes(text)) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return String(b * 65_536 + a)
}

function randomTexts(random: RandomBytes): Record<string, GoFunction> {
  const text = (alphabet: string): GoFunction =>
    fn(['int'], (count: GoInt) => randomText(random, Number(count.value), alphabet))
  return {
    randAlphaNum: text(LETTERS + DIGITS),
    randAlpha: text(LETTERS),
    randNumeric: text(DIGITS),
    randAscii: text(PRINTABLE),
    randBytes: fn(['int'], (count: GoInt) => {
      if (count.value < 0n) throw new GoError('runtime error: makeslice: len out of range')
      return Buffer.from(random(Number(count.value))).toString('base64')
    }),
    shuffle: fn(['string'], (value: string) => shuffle(random, value)),
    uuidv4: fn([], () => uuid(random(16))),
  }
}

function shuffle(random: RandomBytes, text: string): string {
  const characters = Array.from(text)
  for (let at = characters.length - 1; at > 0; at--) {
    const other = Number(randomBelow(random, BigInt(at + 1)))
    const held = characters[at] ?? ''
    characters[at] = characters[other] ?? ''
    characters[other] = held
  }
  return characters.join('')
}

/** Version 4, variant 10, as RFC 9562 lays them out. */
function uuid(random: Uint8Array): string {
  const bytes = Buffer.from(random)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The error is the text, as in Sprig. Go's bcrypt takes 72 bytes and writes `$2a$`. */
function bcrypt(random: RandomBytes, password: string): string {
  if (toBytes(password).length > 72) {
    return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes'
  }
  const { encodeBase64, hashSync } = requirePackage('bcryptjs') as typeof import('bcryptjs')
  return hashSync(password, `$2a$10$${encodeBase64([...random(16)], 16)}`)
}

function encryptAes(random: RandomBytes, password: string, text: string): string {
  if (text === '') return ''
  const start = Buffer.from(random(16))
  const cipher = node().createCipheriv('aes-256-cbc', aesKey(password), start)
  return Buffer.concat([start, cipher.update(toBytes(text)), cipher.final()]).toString('base64')
}

/** Trusts the padding's length, as Sprig does, and fails as Go's slices do. */
function decryptAes(password: string, encrypted: string): string {
  if (encrypted === '') return ''
  const bytes = decodeBase64(encrypted)
  if (bytes.length < 16) {
    throw boundsError(`[:16] with capacity ${Math.floor(encrypted.length / 4) * 3}`)
  }
  if (bytes.length % 16 !== 0) throw new GoError('crypto/cipher: input not full blocks')
  const start = bytes.subarray(0, 16)
  const cipher = node().createDecipheriv('aes-256-cbc', aesKey(password), start)
  cipher.setAutoPadding(false)
  const plain = Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()])
  const padding = plain.at(-1)
  if (padding === undefined) throw new GoError('runtime error: index out of range [-1]')
  if (padding > plain.length) throw boundsError(`[:${plain.length - padding}]`)
  return fromBytes(plain.subarray(0, plain.length - padding))
}

/** The password's first 32 bytes, filled up with zeros. */
function aesKey(password: string): Buffer {
  const key = Buffer.alloc(32)
  toBytes(password).copy(key)
  return key
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
/** From blank to `~`. */
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('')
