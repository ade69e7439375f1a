import { readFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { readPrivateKey } from '../signing/private-key.ts'
import { formatOciReference, parseOciReference } from './oci-reference.ts'
import { openRegistry, type RegistryOptions } from './oci-registry.ts'
import { pushSignature, signatureTag } from './oci-signatures.ts'
import { resolveDigest } from './oci.ts'

export interface SignRequest {
  /** `oci://HOST/REPOSITORY:TAG` or `@DIGEST`. */
  reference: string
  /** Path of a private key in PEM. */
  key: string
  /** Asks for the passphrase of the key; not called when it has none. */
  passphrase: () => Promise<string>
}

export interface SignedArtefact {
  /** The reference with the digest that was signed. */
  reference: string
  digest: string
  /** Where the signatures are: `HOST/REPOSITORY:sha256-….sig`. */
  signatures: string
}

/**
 * Signs what a registry holds, and puts the signature beside it as cosign does.
 *
 * @throws PkgError SIGNING_FAILED, OCI_REFERENCE_INVALID, CHART_NOT_FOUND, REGISTRY_FAILED,
 *   REGISTRY_DENIED
 */
export async function signArtefact(
  request: SignRequest,
  options: RegistryOptions,
): Promise<SignedArtefact> {
  const parsed = parseOciReference(request.reference)
  if (parsed.tag === undefined && parsed.digest === undefined) {
    throw new PkgError('OCI_REFERENCE_INVALID', `${request.reference} names no version`, {
      hint: 'Put :VERSION or @sha256:DIGEST behind it.',
    })
  }
  const key = await readPrivateKey(readKey(request.key), request.key, request.passphrase)
  const digest = await resolveDigest(parsed, options)
  const subject = { ...parsed, digest }
  await pushSignature(openRegistry(parsed.registry, options), subject, key)
  const signatures = { ...parsed, tag: signatureTag(digest), digest: undefined }
  return {
    reference: formatOciReference(subject),
    digest,
    signatures: formatOciReference(signatures),
  }
}

function readKey(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new PkgError('SIGNING_FAILED', (error as Error).message, {
      hint: 'Name a private key in PEM; "kubectl pkg keygen" makes one.',
    })
  }
}
