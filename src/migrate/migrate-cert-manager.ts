import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { itemsAt, objectAt, textAt, valueAt } from './field-path.ts'
import type { Migration } from './migration.ts'
import { putBefore, rename, take } from './reshape.ts'

/**
 * Rewrites an Issuer or ClusterIssuer for cert-manager.io/v1. How a challenge is solved was said
 * by the Certificates, and is said by the issuer: those that are migrated with it are asked.
 */
export function migrateIssuer(object: JsonObject, migration: Migration): JsonObject {
  const acme = objectAt(object, 'spec', 'acme')
  if (acme === undefined) return object
  const http01 = take(acme, 'http01')
  const dns01 = take(acme, 'dns01')
  if (acme['solvers'] !== undefined || (http01 === undefined && dns01 === undefined)) return object
  const solvers = solversFor(object, { http01, dns01 }, migration)
  acme['solvers'] = solvers
  migration.note('rewritten', 'spec.acme.solvers', 'was spec.acme.http01 and dns01')
  return object
}

interface OldSolvers {
  http01: Json | undefined
  dns01: Json | undefined
}

function solversFor(issuer: JsonObject, old: OldSolvers, migration: Migration): Json[] {
  const wanted = configsFor(issuer, migration.all)
  const solvers = new Map<string, { solver: JsonObject; domains: string[] }>()
  for (const config of wanted) {
    const solver = solverOf(config, old)
    const key = JSON.stringify(solver)
    const known = solvers.get(key) ?? { solver, domains: [] }
    const domains = valueAt(config, 'domains')
    known.domains.push(...(Array.isArray(domains) ? domains.map(String) : []))
    solvers.set(key, known)
  }
  if (solvers.size === 0) return withoutCertificates(old, migration)
  const all = [...solvers.values()]
  if (all.length === 1) return all.map(({ solver }) => solver)
  return all.map(({ solver, domains }) => ({ selector: { dnsNames: domains }, ...solver }))
}

/** What the Certificates of this issuer said of their challenges. */
function configsFor(issuer: JsonObject, all: readonly JsonObject[]): JsonObject[] {
  const name = textAt(issuer, 'metadata', 'name')
  const kind = textAt(issuer, 'kind')
  const namespace = textAt(issuer, 'metadata', 'namespace')
  return all
    .filter((object) => textAt(object, 'kind') === 'Certificate')
    .filter((object) => textAt(object, 'spec', 'issuerRef', 'name') === name)
    .filter((object) => (textAt(object, 'spec', 'issuerRef', 'kind') || 'Issuer') === kind)
    .filter(
      (object) => kind === 'ClusterIssuer' || textAt(object, 'metadata', 'namespace') === namespace,
    )
    .flatMap((object) => itemsAt(object, 'spec', 'acme', 'config').map(({ item }) => item))
}

function solverOf(config: JsonObject, old: OldSolvers): JsonObject {
  const provider = textAt(config, 'dns01', 'provider')
  if (provider !== '') return { dns01: providerNamed(provider, old.dns01) }
  const { ingress, ingressClass } = objectAt(config, 'http01') ?? {}
  return {
    http01: {
      ingress: {
        ...serviceTypeOf(old.http01),
        ...(typeof ingress === 'string' && ingress !== '' && { name: ingress }),
        ...(typeof ingressClass === 'string' && { class: ingressClass }),
      },
    },
  }
}

function serviceTypeOf(http01: Json | undefined): JsonObject {
  const serviceType = textAt(http01, 'serviceType')
  return serviceType === '' ? {} : { serviceType }
}

function providerNamed(name: string, dns01: Json | undefined): JsonObject {
  const found = itemsAt(dns01, 'providers').find(({ item }) => textAt(item, 'name') === name)
  return providerFields(found?.item ?? {})
}

function providerFields({ name: _name, ...fields }: JsonObject): JsonObject {
  for (const [from, to] of [
    ['clouddns', 'cloudDNS'],
    ['azuredns', 'azureDNS'],
    ['acmedns', 'acmeDNS'],
  ] as const) {
    if (from in fields) rename(fields, from, to)
  }
  return fields
}

function withoutCertificates({ http01, dns01 }: OldSolvers, { note }: Migration): Json[] {
  note('needed', 'spec.acme.solvers', 'no Certificate beside it names its Ingress or provider')
  const providers = itemsAt(dns01, 'providers').map(({ item }) => ({ dns01: providerFields(item) }))
  return http01 === undefined
    ? providers
    : [...providers, { http01: { ingress: serviceTypeOf(http01) } }]
}

/** Rewrites a Certificate for cert-manager.io/v1. */
export function migrateCertificate(object: JsonObject, migration: Migration): JsonObject {
  const spec = objectAt(object, 'spec')
  if (spec === undefined) return object
  const { note } = migration
  if (take(spec, 'acme') !== undefined) {
    note('rewritten', 'spec.acme', 'the solver is in the issuer')
    writeNames(spec, migration)
  }
  moveKey(spec, migration)
  const organizations = take(spec, 'organization')
  if (organizations !== undefined) {
    spec['subject'] = { ...objectAt(spec, 'subject'), organizations }
    note('rewritten', 'spec.subject.organizations', 'was spec.organization')
  }
  for (const [from, to] of Object.entries({ emailSANs: 'emailAddresses', uriSANs: 'uris' })) {
    if (!(from in spec)) continue
    rename(spec, from, to)
    note('rewritten', `spec.${to}`, `was spec.${from}`)
  }
  return object
}

/** A common name alone is read by no browser. */
function writeNames(spec: JsonObject, { note }: Migration): void {
  const { commonName, dnsNames } = spec
  if (typeof commonName !== 'string') return
  const names = Array.isArray(dnsNames) ? dnsNames : []
  if (names.includes(commonName)) return
  spec['dnsNames'] = [commonName, ...names]
  note('rewritten', 'spec.dnsNames', 'the common name is one of them')
}

/** Values of the old fields were small letters. */
function moveKey(spec: JsonObject, { note }: Migration): void {
  const old = { algorithm: 'keyAlgorithm', size: 'keySize', encoding: 'keyEncoding' } as const
  const key: JsonObject = {}
  for (const [name, from] of Object.entries(old)) {
    const value = take(spec, from)
    if (value === undefined) continue
    key[name] = typeof value === 'string' ? value.toUpperCase() : value
    note('rewritten', `spec.privateKey.${name}`, `was spec.${from}`)
  }
  const given = spec['privateKey']
  const all: JsonObject = { ...key, ...(isJsonObject(given) && given) }
  if (all['rotationPolicy'] === undefined) {
    all['rotationPolicy'] = 'Never'
    note('rewritten', 'spec.privateKey.rotationPolicy', 'the old default, Never, written out')
  }
  putBefore(spec, 'issuerRef', ['privateKey', all])
}
