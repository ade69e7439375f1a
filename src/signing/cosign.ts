import type { KeyObject } from 'node:crypto'
import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { requirePackage } from '../base/lazy.ts'

/** A key of ECDSA, Ed25519 or RSA, public or private. */
export type SigningKey = KeyObject

/** Media type of what is signed, as cosign stores it. */
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json'
/** Annotation of the layer that holds the payload: the signature in base64. */
export const SIGNATURE_ANNOTATION = 'dev.cosignproject.cosign/signature'

const TYPES = ['cosign container image signature', 'atomic container signature']

/** What a signature is over, and the signature. */
export interface SignedPayload {
  payload: Uint8Array
  signature: Uint8Array
}

/**
 * What cosign signs for an artefact: Red Hat's "simple signing" claim of its digest.
 *
 * @param place `HOST/REPOSITORY`
 * @param digest of the manifest: `sha256:…`
 */
export function signingPayload(place: string, digest: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': place },
        image: { 'docker-manifest-digest': digest },
        type: TYPES[0],
      },
      optional: null,
    }),
  )
}

/**
 * Signs a payload as cosign does: ECDSA over SHA-256 in DER, RSA with PKCS #1 v1.5, or Ed25519.
 *
 * @param privateKey of `readPrivateKey`
 */
export function signPayload(payload: Uint8Array, privateKey: KeyObject): Buffer {
  return crypto().sign(algorithmOf(privateKey), payload, privateKey)
}

/**
 * Finds a key that signed a claim of this digest.
 *
 * @returns the first of the keys that did; undefined when none did
 */
export function verifyPayload(
  { payload, signature }: SignedPayload,
  digest: string,
  publicKeys: readonly KeyObject[],
): KeyObject | undefined {
  if (claimedDigest(payload) !== digest) return undefined
  return publicKeys.find((key) => crypto().verify(algorithmOf(key), payload, key, signature))
}

/** The digest that a payload speaks of; undefined when it is no claim. */
function claimedDigest(payload: Uint8Array): string | undefined {
  const claim = parseJson(Buffer.from(payload))
  const critical = isJsonObject(claim) ? claim['critical'] : undefined
  if (!isJsonObject(critical) || !isKnownType(critical['type'])) return undefined
  const image = critical['image']
  const digest = isJsonObject(image) ? image['docker-manifest-digest'] : undefined
  return typeof digest === 'string' ? digest : undefined
}

function isKnownType(value: unknown): boolean {
  return typeof value === 'string' && TYPES.includes(value)
}

/**
 * Reads a public key in PEM, for example `cosign.pub`.
 *
 * @throws PkgError SIGNATURE_FAILED
 */
export function readPublicKey(pem: Buffer, name: string): KeyObject {
  try {
    return assertKind(crypto().createPublicKey(pem), name)
  } catch (error) {
    if (error instanceof PkgError) throw error
    throw new PkgError('SIGNATURE_FAILED', `${name} holds no public key in PEM`, {
      hint: 'It begins with "-----BEGIN PUBLIC KEY-----".',
    })
  }
}

/**
 * Makes the text of an ECDSA P-256 key pair, in PEM; the private key is encrypted when there
 * is a passphrase.
 */
export function makeKeyPair(passphrase: string): { publicKey: string; privateKey: string } {
  const { privateKey, publicKey } = crypto().generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
  })
  const locked = passphrase === '' ? {} : { cipher: 'aes-256-cbc', passphrase }
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem', ...locked }).toString(),
  }
}

/** Fails for keys that cosign does not take. @throws PkgError SIGNATURE_FAILED */
export function assertKind(key: KeyObject, name: string): KeyObject {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  const isCurve = type === 'ec' && CURVES.includes(details?.namedCurve ?? '')
  const isRsa = type === 'rsa' && (details?.modulusLength ?? 0) >= 2048
  if (isCurve || isRsa || type === 'ed25519') return key
  throw new PkgError('SIGNATURE_FAILED', `${name} is a key of a kind that is not used to sign`, {
    hint: 'Use ECDSA (P-256, P-384, P-521), Ed25519 or RSA of at least 2,048 bits.',
  })
}

const CURVES = ['prime256v1', 'secp384r1', 'secp521r1']

/** cosign takes the digest that fits the curve, and SHA-256 for RSA. */
function algorithmOf(key: KeyObject): string | null {
  if (key.asymmetricKeyType === 'ed25519') return null
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (curve === 'secp384r1') return 'sha384'
  return curve === 'secp521r1' ? 'sha512' : 'sha256'
}

function crypto(): typeof import('node:crypto') {
  return requirePackage('node:crypto') as typeof import('node:crypto')
}
