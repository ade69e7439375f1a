import { readFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { readPublicKey, type SigningKey } from '../signing/cosign.ts'
import { readPolicy, type PolicyRule, type SigningPolicy } from '../signing/policy.ts'
import { verifyProvenance } from '../signing/verify-provenance.ts'
import { parseOciReference, type OciReference } from '../registry/oci-reference.ts'
import { openRegistry, type RegistryOptions } from '../registry/oci-registry.ts'
import { findSignature } from '../registry/oci-signatures.ts'

/** A chart that was fetched and is not used yet. */
export interface FetchedChart {
  archive: Uint8Array
  fileName: string
  /** `oci://HOST/REPOSITORY…`, or the address of the archive. */
  from: string
  provenance: Uint8Array | undefined
  /** In a registry: the digest of the manifest. */
  manifest?: { digest: string } | undefined
}

/** What a person's policy wants of charts that are fetched. */
export interface TrustPolicy {
  /** Whether the provenance file of what lies there is needed. */
  needsProvenance(from: string): boolean
  /** Whether what lies there must be signed in some way. */
  needsProof(from: string): boolean
  /** @throws PkgError SIGNATURE_FAILED, PROVENANCE_FAILED, POLICY_INVALID */
  assertTrusted(chart: FetchedChart, registry: RegistryOptions): Promise<void>
}

/** Opens a policy file, which is read when it is first asked. */
export function openTrustPolicy(path: string, now: () => number): TrustPolicy {
  let read: SigningPolicy | undefined
  const policy = () => (read ??= readPolicy(path))
  const ruleFor = (from: string) => policy().ruleFor(placeOf(from))
  return {
    needsProvenance: (from) => ruleFor(from)?.keyring !== undefined,
    needsProof(from) {
      const rule = ruleFor(from)
      return rule === undefined ? policy().refusesOthers : needs(rule)
    },
    async assertTrusted(chart, registry) {
      const rule = ruleFor(chart.from)
      if (rule === undefined) {
        if (policy().refusesOthers) throw refused(chart, path)
        return
      }
      if (rule.cosignKeys !== undefined) await assertSigned(chart, rule.cosignKeys, registry)
      const { keyring } = rule
      if (keyring !== undefined) await verifyProvenance({ ...chart, keyring, now: now() })
    },
  }
}

function needs({ cosignKeys, keyring }: PolicyRule): boolean {
  return cosignKeys !== undefined || keyring !== undefined
}

/** Where a chart comes from, without its version; rules are about places. */
function placeOf(from: string): string {
  if (!from.startsWith('oci://')) return from
  const { registry, repository } = parseOciReference(from)
  return `oci://${registry.toLowerCase()}/${repository}`
}

async function assertSigned(
  { from, manifest }: FetchedChart,
  keys: readonly string[],
  options: RegistryOptions,
): Promise<void> {
  if (manifest === undefined || !from.startsWith('oci://')) {
    throw new PkgError('SIGNATURE_FAILED', `${from} is in no registry and cannot be signed there`, {
      hint: 'The rule for it wants "provenance", not "cosign".',
    })
  }
  await verifySignature({ ...parseOciReference(from), digest: manifest.digest }, keys, options)
}

/**
 * Checks that one of the keys signed a manifest.
 *
 * @param keys paths of public keys in PEM
 * @returns path of the key that signed
 * @throws PkgError SIGNATURE_FAILED, REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function verifySignature(
  subject: OciReference & { digest: string },
  keys: readonly string[],
  options: RegistryOptions,
): Promise<string> {
  const known = readPublicKeys(keys)
  const registry = openRegistry(subject.registry, options)
  const key = await findSignature(registry, subject, [...known.keys()])
  return known.get(key) ?? ''
}

/**
 * Reads public keys in PEM.
 *
 * @returns their paths by key
 * @throws PkgError SIGNATURE_FAILED
 */
export function readPublicKeys(paths: readonly string[]): Map<SigningKey, string> {
  return new Map(paths.map((path) => [readPublicKey(readKey(path), path), path]))
}

function readKey(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new PkgError('SIGNATURE_FAILED', (error as Error).message, {
      hint: 'Name a file with a public key in PEM.',
    })
  }
}

function refused({ from }: FetchedChart, path: string): PkgError {
  return new PkgError('SIGNATURE_FAILED', `${from}: no rule of ${path} speaks of it`, {
    hint: 'The policy refuses what it does not know. Add a rule for it when you trust it.',
  })
}
