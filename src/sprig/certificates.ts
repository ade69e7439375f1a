import { sprint } from '../golang/format.ts'
import { fn, type GoFunction } from '../golang/function.ts'
import { fromBytes } from '../golang/bytes.ts'
import { GoError, type GoInt, GoStruct, type GoType, type Value } from '../golang/value.ts'
import { decodeBase64 } from './base64.ts'
import { itemsOf, orZero } from './cast.ts'
import { parseIp } from './ip.ts'
import { decodePem, encodePem } from './pem.ts'
import {
  generatePrivateKey,
  generateRsaKey,
  parsePrivateKey,
  type PrivateKey,
} from './private-keys.ts'
import type { RandomBytes } from './random.ts'
import { createCertificate, type Issuer, readIssuer } from './x509.ts'

/** Where serial numbers and validity come from. */
export interface CertificateSources {
  readonly random: RandomBytes
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Gives the functions that make private keys and certificates.
 *
 * Source: Masterminds/sprig v3.3.0 crypto.go.
 */
export function certificateFunctions(sources: CertificateSources): Record<string, GoFunction> {
  return {
    genPrivateKey: fn(['string'], (type: string) => generatePrivateKey(type)),
    buildCustomCert: fn(['string', 'string'], buildCustomCertificate),
    ...authorities(sources),
    ...selfSigned(sources),
    ...signed(sources),
  }
}

function authorities(sources: CertificateSources): Record<string, GoFunction> {
  const make = (name: string, days: GoInt, key: PrivateKey): Value => {
    const draft = { name, ips: null, dns: null, days, isAuthority: true }
    return issue(sources, draft, { holder: key, signer: key })
  }
  return {
    genCA: fn(['string', 'int'], (name: string, days: GoInt) =>
      make(name, days, generateRsaKey(2048)),
    ),
    genCAWithKey: fn(['string', 'int', 'string'], (name: string, days: GoInt, pem: string) =>
      make(name, days, readKey(pem)),
    ),
  }
}

function selfSigned(sources: CertificateSources): Record<string, GoFunction> {
  const make = (draft: Draft, key: PrivateKey): Value =>
    issue(sources, draft, { holder: key, signer: key })
  return {
    genSelfSignedCert: fn(
      ['string', 'list', 'list', 'int'],
      (...draft: [string, Value, Value, GoInt]) => make(draftOf(draft), generateRsaKey(2048)),
    ),
    genSelfSignedCertWithKey: fn(
      ['string', 'list', 'list', 'int', 'string'],
      (...args: [string, Value, Value, GoInt, string]) => make(draftOf(args), readKey(args[4])),
    ),
  }
}

function signed(sources: CertificateSources): Record<string, GoFunction> {
  const make = (draft: Draft, authority: GoStruct, holder: PrivateKey): Value => {
    const certificate = decodePem(textField(authority, 'Cert'))
    if (certificate === undefined) throw new GoError('unable to decode certificate')
    const issuer = inContext('error parsing certificate: decodedSignerCert.Bytes', () =>
      readIssuer(certificate.bytes),
    )
    const signer = inContext('error parsing private key', () =>
      parsePrivateKey(textField(authority, 'Key')),
    )
    return issue(sources, draft, { holder, signer, issuer })
  }
  return {
    genSignedCert: fn(
      ['string', 'list', 'list', 'int', 'certificate'],
      (...args: [string, Value, Value, GoInt, GoStruct]) =>
        make(draftOf(args), args[4], generateRsaKey(2048)),
    ),
    genSignedCertWithKey: fn(
      ['string', 'list', 'list', 'int', 'certificate', 'string'],
      (...args: [string, Value, Value, GoInt, GoStruct, string]) =>
        make(draftOf(args), args[4], readKey(args[5])),
    ),
  }
}

/** What a template says of a certificate: lists of texts, and days from now. */
interface Draft {
  readonly name: string
  readonly ips: Value
  readonly dns: Value
  readonly days: GoInt
  readonly isAuthority: boolean
}

function draftOf(args: readonly [string, Value, Value, GoInt, ...unknown[]]): Draft {
  const [name, ips, dns, days] = args
  return { name, ips, dns, days, isAuthority: false }
}

interface Keys {
  readonly holder: PrivateKey
  readonly signer: PrivateKey
  readonly issuer?: Issuer
}

function issue({ random, now }: CertificateSources, draft: Draft, keys: Keys): Value {
  const ips = (itemsOf(draft.ips) ?? []).map(addressOf)
  const dnsNames = (itemsOf(draft.dns) ?? []).map(dnsNameOf)
  const request = {
    serial: BigInt(`0x${Buffer.from(random(16)).toString('hex')}`),
    commonName: draft.name,
    ips,
    dnsNames,
    notBefore: now(),
    notAfter: now() + Number(draft.days.value) * DAY,
    isAuthority: draft.isAuthority,
    holder: keys.holder.key,
  }
  const bytes = inContext('error creating certificate', () =>
    createCertificate(request, keys.signer.key, keys.issuer),
  )
  return certificate(encodePem({ type: 'CERTIFICATE', bytes }), keys.holder.pem)
}

function addressOf(ip: Value): number[] {
  if (typeof ip !== 'string') {
    throw new GoError(`error parsing ip: ${sprint(ip)} is not a string`)
  }
  const bytes = parseIp(ip)
  if (bytes === undefined) throw new GoError(`error parsing ip: ${ip}`)
  return bytes
}

function dnsNameOf(name: Value): string {
  if (typeof name === 'string') return name
  throw new GoError(`error processing alternate dns name: ${sprint(name)} is not a string`)
}

/** Takes a certificate and its key as they are, once both can be read. */
function buildCustomCertificate(base64Certificate: string, base64Key: string): Value {
  const pem = decoded(base64Certificate, 'certificate')
  const key = decoded(base64Key, 'private key')
  const block = decodePem(pem)
  if (block === undefined) throw new GoError('unable to decode certificate')
  inContext('error parsing certificate: decodedCert.Bytes', () => readIssuer(block.bytes))
  inContext('error parsing private key', () => parsePrivateKey(key))
  return certificate(pem, key)
}

function decoded(base64: string, what: string): string {
  const bytes = orZero<Buffer | undefined>(() => decodeBase64(base64), undefined)
  if (bytes === undefined) throw new GoError(`unable to decode base64 ${what}`)
  return fromBytes(bytes)
}

function readKey(pem: string): PrivateKey {
  return inContext('parsing private key', () => parsePrivateKey(pem))
}

function inContext<T>(context: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new GoError(`${context}: ${error.message}`)
  }
}

function certificate(cert: string, key: string): Value {
  return new GoStruct(
    CERTIFICATE,
    new Map([
      ['Cert', cert],
      ['Key', key],
    ]),
  )
}

function textField(struct: GoStruct, name: string): string {
  const value = struct.fields.get(name)
  return typeof value === 'string' ? value : ''
}

const CERTIFICATE: GoType = {
  name: 'sprig.certificate',
  fields: [
    { name: 'Cert', json: 'Cert' },
    { name: 'Key', json: 'Key' },
  ],
}

const DAY = 24 * 60 * 60 * 1000
