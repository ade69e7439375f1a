import { requirePackage } from '../base/lazy.ts'
import { integer, sequence } from './der.ts'

const EXPONENT = 65537n

/**
 * Makes an RSA key of that many bits, in PKCS#1.
 *
 * The primes are OpenSSL's. It has a way to the whole key as well, which goes by FIPS 186-4 and takes
 * twice as long.
 *
 * Source: RFC 8017, sections 3.1, 3.2 and A.1.2.
 */
export function makeRsaKey(bits: number): Buffer {
  const one = prime(bits / 2)
  const other = otherPrime(one, bits / 2)
  const [p, q] = one > other ? [one, other] : [other, one]
  const d = inverse(EXPONENT, leastCommonMultiple(p - 1n, q - 1n))
  const parts = [0n, p * q, EXPONENT, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)]
  return sequence(...parts.map(integer))
}

/** A prime whose highest two bits are set, so that two of them make a number of all the bits. */
function prime(bits: number): bigint {
  const { generatePrimeSync } = requirePackage('node:crypto') as typeof import('node:crypto')
  for (;;) {
    const found = generatePrimeSync(bits, { bigint: true })
    if ((found - 1n) % EXPONENT !== 0n) return found
  }
}

/** One that is far from the first; by chance it never is near. */
function otherPrime(first: bigint, bits: number): bigint {
  for (;;) {
    const found = prime(bits)
    const distance = found > first ? found - first : first - found
    if (distance >> BigInt(bits - 100) > 0n) return found
  }
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let divisor = a
  let rest = b
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest]
  return (a / divisor) * b
}

/** The number by which `value` is multiplied to 1, modulo `modulus`; the two share no divisor. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [above, below] = [modulus, value % modulus]
  let [last, result] = [0n, 1n]
  while (below > 1n) {
    const times = above / below
    ;[above, below] = [below, above - times * below]
    ;[last, result] = [result, last - times * result]
  }
  return result < 0n ? result + modulus : result
}
