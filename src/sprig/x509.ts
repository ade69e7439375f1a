import type { KeyObject } from 'node:crypto'

import { requirePackage } from '../base/lazy.ts'
import { toBytes } from '../golang/bytes.ts'
import { quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import { bitString, der, integer, objectId, partsOf, readDer, sequence, TAG } from './der.ts'

/** What a certificate says about its holder. */
export interface CertificateRequest {
  readonly serial: bigint
  readonly commonName: string
  readonly ips: readonly number[][]
  readonly dnsNames: readonly string[]
  /** Milliseconds since 1970, of which whole seconds count. */
  readonly notBefore: number
  readonly notAfter: number
  readonly isAuthority: boolean
  readonly holder: KeyObject
}

/** The certificate that signs another, as far as the other one names it; all in DER. */
export interface Issuer {
  readonly subject: Buffer
  readonly subjectKeyId: Buffer | undefined
  readonly publicKey: Buffer
}

/**
 * Writes and signs a version 3 certificate for servers and clients, in DER.
 *
 * Extensions stand in the order in which Go writes them.
 *
 * Source: Go crypto/x509 CreateCertificate with the template of Sprig v3.3.0 crypto.go.
 *
 * @param issuer undefined for a certificate that signs itself
 * @throws GoError with Go's text
 */
export function createCertificate(
  request: CertificateRequest,
  signer: KeyObject,
  issuer: Issuer | undefined,
): Buffer {
  const algorithm = signatureAlgorithm(signer)
  const publicKey = publicKeyOf(request.holder)
  if (issuer !== undefined && !publicKeyOf(signer).equals(issuer.publicKey)) {
    fail("x509: provided PrivateKey doesn't match parent's PublicKey")
  }
  const subject = nameOf(request.commonName)
  const certificate = sequence(
    der(0xa0, integer(2n)),
    integer(request.serial),
    algorithm.id,
    issuer?.subject ?? subject,
    sequence(time(request.notBefore), time(request.notAfter)),
    subject,
    publicKey,
    der(0xa3, sequence(...extensions(request, subject, issuer))),
  )
  const signature = node().sign(algorithm.hash, certificate, signer)
  return sequence(certificate, algorithm.id, bitString(signature))
}

/**
 * Reads what a certificate's successors name.
 *
 * @throws GoError when the bytes are no certificate
 */
export function readIssuer(bytes: Buffer): Issuer {
  const [certificate] = readDer(bytes) ?? []
  const [signed] = partsOf(certificate)
  const fields = partsOf(signed).filter(({ tag }) => tag !== 0xa0)
  const [, , , , subject, publicKey] = fields
  if (subject === undefined || publicKey === undefined) fail('x509: malformed certificate')
  const list = partsOf(partsOf(signed).find(({ tag }) => tag === 0xa3))[0]
  const id = partsOf(list)
    .map(partsOf)
    .find(([name]) => name?.raw.equals(objectId(SUBJECT_KEY_ID)) === true)
  const [keyId] = readDer(id?.at(-1)?.contents ?? Buffer.alloc(0)) ?? []
  return { subject: subject.raw, subjectKeyId: keyId?.contents, publicKey: publicKey.raw }
}

interface SignatureAlgorithm {
  readonly id: Buffer
  /** Ed25519 hashes by itself. */
  readonly hash: string | null
}

function signatureAlgorithm(key: KeyObject): SignatureAlgorithm {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return {
        id: sequence(objectId('1.2.840.113549.1.1.11'), Buffer.of(5, 0)),
        hash: 'sha256',
      }
    case 'ec':
      return ecdsaAlgorithm(key.asymmetricKeyDetails?.namedCurve ?? '')
    case 'ed25519':
      return { id: sequence(objectId('1.3.101.112')), hash: null }
    default:
      return fail('x509: certificate private key does not implement crypto.Signer')
  }
}

function ecdsaAlgorithm(curve: string): SignatureAlgorithm {
  const [number, hash] = ECDSA_HASHES[curve] ?? fail('x509: unsupported elliptic curve')
  return { id: sequence(objectId(`1.2.840.10045.4.3.${number}`)), hash }
}

const ECDSA_HASHES: Readonly<Record<string, [number, string]>> = {
  secp224r1: [2, 'sha256'],
  prime256v1: [2, 'sha256'],
  secp384r1: [3, 'sha384'],
  secp521r1: [4, 'sha512'],
}

function publicKeyOf(key: KeyObject): Buffer {
  return node().createPublicKey(key).export({ type: 'spki', format: 'der' })
}

/** A name with nothing but the common name, or nothing at all. */
function nameOf(commonName: string): Buffer {
  if (commonName === '') return sequence()
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName)
  const text = der(isPrintable ? TAG.printable : TAG.utf8, toBytes(commonName))
  return sequence(der(TAG.set, sequence(objectId('2.5.4.3'), text)))
}

/** Two digits of the year up to 2049, four from 2050 on, as RFC 5280 wants. */
function time(milliseconds: number): Buffer {
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) fail('cannot represent time as GeneralizedTime')
  const text = `${date.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`
  if (year < 1950 || year >= 2050) return der(TAG.time, Buffer.from(text))
  return der(TAG.utcTime, Buffer.from(text.slice(2)))
}

function extensions(
  request: CertificateRequest,
  subject: Buffer,
  issuer: Issuer | undefined,
): Buffer[] {
  const { isAuthority } = request
  const keyUsage = isAuthority ? [2, 0xa4] : [5, 0xa0]
  const uses = sequence(objectId('1.3.6.1.5.5.7.3.1'), objectId('1.3.6.1.5.5.7.3.2'))
  const list = [
    extension('2.5.29.15', true, der(TAG.bits, Buffer.from(keyUsage))),
    extension('2.5.29.37', false, uses),
    extension(
      '2.5.29.19',
      true,
      isAuthority ? sequence(der(TAG.boolean, Buffer.of(0xff))) : sequence(),
    ),
  ]
  if (isAuthority) {
    list.push(extension(SUBJECT_KEY_ID, false, der(TAG.bytes, keyIdOf(request.holder))))
  }
  const authority = issuer?.subject.equals(subject) === false ? issuer.subjectKeyId : undefined
  if (authority !== undefined) {
    list.push(extension('2.5.29.35', false, sequence(der(0x80, authority))))
  }
  const names = alternativeNames(request)
  const isNameless = request.commonName === ''
  if (names.length > 0) list.push(extension('2.5.29.17', isNameless, sequence(...names)))
  return list
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? der(TAG.boolean, Buffer.of(0xff)) : Buffer.alloc(0)
  return sequence(objectId(id), critical, der(TAG.bytes, value))
}

/** The first 160 bits of the SHA-256 of the key's bits, method 1 of RFC 7093. */
function keyIdOf(key: KeyObject): Buffer {
  const [info] = readDer(publicKeyOf(key)) ?? []
  const bits = partsOf(info)[1]?.contents.subarray(1) ?? Buffer.alloc(0)
  return node().createHash('sha256').update(bits).digest().subarray(0, 20)
}

function alternativeNames({ dnsNames, ips }: CertificateRequest): Buffer[] {
  const names = dnsNames.map((name) => {
    const bytes = toBytes(name)
    if (bytes.some((byte) => byte >= 0x80)) {
      fail(`x509: ${quote(name)} cannot be encoded as an IA5String`)
    }
    return der(0x82, bytes)
  })
  return [...names, ...ips.map((ip) => der(0x87, Buffer.from(ip)))]
}

function node(): typeof import('node:crypto') {
  return requirePackage('node:crypto') as typeof import('node:crypto')
}

function fail(message: string): never {
  throw new GoError(message)
}

const SUBJECT_KEY_ID = '2.5.29.14'
