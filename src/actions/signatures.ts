import { makeKeyPair } from '../signing/cosign.ts'
import { PkgError } from '../base/errors.ts'
import { formatOciReference, parseOciReference } from '../registry/oci-reference.ts'
import type { RegistryOptions } from '../registry/oci-registry.ts'
import { resolveDigest } from '../registry/oci.ts'
import { signArtefact, type SignRequest, type SignedArtefact } from '../registry/sign-artefact.ts'
import { verifySignature } from '../repo/trust.ts'

/**
 * Signs what a registry holds under a reference.
 *
 * @throws PkgError as `signArtefact`
 */
export function signReference(
  request: SignRequest,
  registry: RegistryOptions,
): Promise<SignedArtefact> {
  return signArtefact(request, registry)
}

export interface CheckedSignature {
  /** The reference with the digest that was signed. */
  reference: string
  digest: string
  /** Path of the public key that vouches for it. */
  key: string
}

/**
 * Checks that one of the keys signed what a registry holds under a reference.
 *
 * @param keys paths of public keys in PEM
 * @throws PkgError SIGNATURE_FAILED, CHART_NOT_FOUND, REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function verifyReference(
  text: string,
  keys: readonly string[],
  registry: RegistryOptions,
): Promise<CheckedSignature> {
  const parsed = parseOciReference(text)
  if (parsed.tag === undefined && parsed.digest === undefined) {
    throw new PkgError('OCI_REFERENCE_INVALID', `${text} names no version`, {
      hint: 'Put :VERSION or @sha256:DIGEST behind it.',
    })
  }
  const digest = await resolveDigest(parsed, registry)
  const subject = { ...parsed, digest }
  const key = await verifySignature(subject, keys, registry)
  return { reference: formatOciReference(subject), digest, key }
}

/** The two files of a new key pair. */
export interface KeyPair {
  publicKey: string
  privateKey: string
}

/** Makes a key pair (ECDSA P-256) in PEM; with a passphrase the private key is encrypted. */
export function newKeyPair(passphrase: string): KeyPair {
  return makeKeyPair(passphrase)
}
