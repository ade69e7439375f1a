import { requirePackage } from '../base/lazy.ts'

/*
 * NaCl's secretbox is XSalsa20 with Poly1305, neither of which Node's OpenSSL has by itself.
 * It is needed to open keys that cosign encrypted: some hundred bytes, once.
 *
 * Source: D. J. Bernstein, "Salsa20 specification" and "Extending the Salsa20 nonce";
 * RFC 8439 for Poly1305.
 */

export interface SecretBox {
  /** The tag of 16 bytes, and what it is of. */
  sealed: Uint8Array
  /** 24 bytes. */
  nonce: Uint8Array
  /** 32 bytes. */
  key: Uint8Array
}

const TAG = 16

/** Opens a box; undefined when the key is not the one, or anything was changed. */
export function openSecretBox({ sealed, nonce, key }: SecretBox): Buffer | undefined {
  if (sealed.length < TAG || nonce.length !== 24 || key.length !== 32) return undefined
  const inner = hsalsa(wordsOf(key), wordsOf(nonce.subarray(0, 16)))
  const stream = salsa(inner, wordsOf(nonce.subarray(16)), 32 + sealed.length - TAG)
  const message = sealed.subarray(TAG)
  const tag = poly1305(message, stream.subarray(0, 32))
  const { timingSafeEqual } = requirePackage('node:crypto') as typeof import('node:crypto')
  if (!timingSafeEqual(tag, sealed.subarray(0, TAG))) return undefined
  return Buffer.from(message.map((byte, at) => byte ^ (stream[32 + at] ?? 0)))
}

/** "expand 32-byte k" */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const
/** Places of the words that HSalsa20 gives out. */
const OUT = [0, 5, 10, 15, 6, 7, 8, 9] as const

function hsalsa(key: Uint32Array, input: Uint32Array): Uint32Array {
  const state = rounds(block(key, input))
  return Uint32Array.from(OUT, (place) => state[place] ?? 0)
}

/** The first bytes of the key stream. */
function salsa(key: Uint32Array, nonce: Uint32Array, length: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(length / 64) * 64)
  for (let at = 0; at < length; at += 64) {
    const start = block(key, Uint32Array.of(nonce[0] ?? 0, nonce[1] ?? 0, at / 64, 0))
    const end = rounds(start)
    for (const [place, word] of end.entries()) {
      bytes.writeUInt32LE((word + (start[place] ?? 0)) >>> 0, at + 4 * place)
    }
  }
  return bytes
}

function block(key: Uint32Array, input: Uint32Array): Uint32Array {
  const [a, b, c, d] = SIGMA
  const state = new Uint32Array(16)
  state.set([a, ...key.subarray(0, 4), b, ...input, c, ...key.subarray(4), d])
  return state
}

/** Quarter rounds of one double round: columns, then rows. */
const QUARTERS = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const

function rounds(start: Uint32Array): Uint32Array {
  const state = Uint32Array.from(start)
  const mix = (to: number, one: number, other: number, by: number) => {
    const sum = ((state[one] ?? 0) + (state[other] ?? 0)) >>> 0
    state[to] = (state[to] ?? 0) ^ ((sum << by) | (sum >>> (32 - by)))
  }
  for (let round = 0; round < 10; round++) {
    for (const [a, b, c, d] of QUARTERS) {
      mix(b, a, d, 7)
      mix(c, b, a, 9)
      mix(d, c, b, 13)
      mix(a, d, c, 18)
    }
  }
  return state
}

const PRIME = (1n << 130n) - 5n
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn

function poly1305(message: Uint8Array, key: Uint8Array): Buffer {
  const r = numberOf(key.subarray(0, 16)) & CLAMP
  let sum = 0n
  for (let at = 0; at < message.length; at += 16) {
    const part = message.subarray(at, at + 16)
    sum = ((sum + numberOf(part) + (1n << BigInt(8 * part.length))) * r) % PRIME
  }
  const tag = (sum + numberOf(key.subarray(16, 32))) & ((1n << 128n) - 1n)
  return Buffer.from(tag.toString(16).padStart(32, '0'), 'hex').reverse()
}

/** Bytes as a number, the lowest first. */
function numberOf(bytes: Uint8Array): bigint {
  const digits = Buffer.from(bytes).reverse().toString('hex')
  return digits === '' ? 0n : BigInt(`0x${digits}`)
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const buffer = Buffer.from(bytes)
  return Uint32Array.from({ length: buffer.length / 4 }, (_, at) => buffer.readUInt32LE(4 * at))
}
