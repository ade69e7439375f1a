/*
 * SHA-256 of short texts. Node takes some 4 ms to load node:crypto, which is as long as a search
 * of a repository takes; the name of a cache folder is hashed here in a fraction of that.
 *
 * Source: FIPS 180-4.
 */

const ROUNDS = 64
const WORDS = 16
/** Behind the text stand a bit and its length in 64 bits. */
const TAIL = 9

/** SHA-256 in hexadecimal digits; meant for less than a few KB. */
export function sha256OfShort(bytes: Uint8Array): string {
  const { constants, start } = tables()
  const blocks = Math.ceil((bytes.length + TAIL) / 64)
  const padded = new Uint8Array(blocks * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 4, bytes.length * 8)
  const state = Int32Array.from(start)
  const words = new Int32Array(ROUNDS)
  for (let at = 0; at < padded.length; at += 64) {
    for (let word = 0; word < WORDS; word++) words[word] = view.getInt32(at + word * 4)
    expand(words)
    compress(state, words, constants)
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

function expand(words: Int32Array): void {
  for (let at = WORDS; at < ROUNDS; at++) {
    const early = word(words, at - 15)
    const late = word(words, at - 2)
    const first = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)
    const second = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10)
    words[at] = word(words, at - 16) + first + word(words, at - 7) + second
  }
}

function compress(state: Int32Array, words: Int32Array, constants: Int32Array): void {
  const [a0 = 0, b0 = 0, c0 = 0, d0 = 0, e0 = 0, f0 = 0, g0 = 0, h0 = 0] = state
  let [a, b, c, d, e, f, g, h] = [a0, b0, c0, d0, e0, f0, g0, h0]
  for (let at = 0; at < ROUNDS; at++) {
    const choice = (e & f) ^ (~e & g)
    const right = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const one = (h + right + choice + word(constants, at) + word(words, at)) | 0
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  state.set([a0 + a, b0 + b, c0 + c, d0 + d, e0 + e, f0 + f, g0 + g, h0 + h])
}

function word(words: Int32Array, at: number): number {
  return words[at] ?? 0
}

function turn(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits))
}

let known: { constants: Int32Array; start: Int32Array } | undefined

/** First 32 bits behind the point of the roots of the first primes: cube roots, and square roots. */
function tables() {
  if (known !== undefined) return known
  const primes: number[] = []
  for (let at = 2; primes.length < ROUNDS; at++) {
    if (primes.every((prime) => at % prime !== 0)) primes.push(at)
  }
  const fraction = (root: number) => ((root - Math.floor(root)) * 2 ** 32) | 0
  known = {
    constants: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    start: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
  }
  return known
}
