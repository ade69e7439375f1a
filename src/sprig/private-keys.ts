import type { KeyObject } from 'node:crypto'

import { requirePackage } from '../base/lazy.ts'
import { GoError } from '../golang/value.ts'
import { integer, partsOf, readDer, readInteger, sequence, TAG } from './der.ts'
import { decodePem, encodePem } from './pem.ts'
import { makeRsaKey } from './rsa.ts'

/** A private key that may sign, or a DSA key, with which Go signs no certificates. */
export interface PrivateKey {
  readonly key: KeyObject
  /** As Sprig prints it: PKCS#1 for RSA, SEC 1 for elliptic curves, else PKCS#8. */
  readonly pem: string
}

/**
 * Makes a private key of type `rsa` (or ''), `dsa`, `ecdsa` or `ed25519` as PEM text.
 *
 * An unknown type gives a text that says so.
 *
 * Source: Masterminds/sprig v3.3.0 crypto.go, `generatePrivateKey`.
 */
export function generatePrivateKey(type: string): string {
  switch (type) {
    case '':
    case 'rsa':
      return generateRsaKey(4096).pem
    case 'dsa':
      return printed(
        node().generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey,
      )
    case 'ecdsa':
      return printed(node().generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    case 'ed25519':
      return printed(node().generateKeyPairSync('ed25519').privateKey)
    default:
      return `Unknown type ${type}`
  }
}

/** Makes an RSA key of that many bits. */
export function generateRsaKey(bits: number): PrivateKey {
  const bytes = makeRsaKey(bits)
  const key = node().createPrivateKey({ key: bytes, format: 'der', type: 'pkcs1' })
  return { key, pem: encodePem({ type: 'RSA PRIVATE KEY', bytes }) }
}

/**
 * Reads a private key from PEM.
 *
 * @throws GoError with Sprig's text
 */
export function parsePrivateKey(text: string): PrivateKey {
  const block = decodePem(text)
  if (block === undefined) throw new GoError('no PEM data in input')
  const { type, bytes } = block
  if (type !== 'PRIVATE KEY' && !type.endsWith(' PRIVATE KEY')) {
    throw new GoError(`no private key data in PEM block of type ${type}`)
  }
  const algorithm = type.slice(0, -' PRIVATE KEY'.length)
  if (type !== 'PRIVATE KEY' && !['RSA', 'EC', 'DSA'].includes(algorithm)) {
    throw new GoError(`invalid private key type ${type}`)
  }
  try {
    const key = node().createPrivateKey(encodePem({ type, bytes }))
    return { key, pem: printed(key) }
  } catch (error) {
    const doing =
      type === 'PRIVATE KEY'
        ? 'decoding PEM as PKCS#8'
        : `parsing ${algorithm} private key from PEM`
    throw new GoError(`${doing}: ${error instanceof Error ? error.message : 'unreadable key'}`)
  }
}

function printed(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString()
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString()
    case 'dsa':
      return encodePem({ type: 'DSA PRIVATE KEY', bytes: traditionalDsa(key) })
    default:
      return key.export({ type: 'pkcs8', format: 'pem' }).toString()
  }
}

/** Version, p, q, g, y and x in one sequence; OpenSSL's old form, which Node does not write. */
function traditionalDsa(key: KeyObject): Buffer {
  const [outer] = readDer(key.export({ type: 'pkcs8', format: 'der' })) ?? []
  const [, algorithm, secret] = partsOf(outer)
  const parameters = partsOf(algorithm).find(({ tag }) => tag === TAG.sequence)
  const [p = 0n, q = 0n, g = 0n] = partsOf(parameters).map(readInteger)
  const x = readInteger(partsOf(secret)[0])
  return sequence(...[0n, p, q, g, powerModulo(g, x, p), x].map(integer))
}

function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function node(): typeof import('node:crypto') {
  return requirePackage('node:crypto') as typeof import('node:crypto')
}
