import type { Key, KeyID } from 'openpgp'
import { PkgError } from '../base/errors.ts'
import { readKeyring, type Keyring } from './keyring.ts'
import { checkProvenanceText } from './provenance-text.ts'
import { openpgp } from './openpgp.ts'

export interface ProvenanceRequest {
  archive: Uint8Array
  /** `NAME-VERSION.tgz`, the name that the provenance file has to speak of. */
  fileName: string
  /** The provenance file; undefined when there is none, which fails. */
  provenance: Uint8Array | undefined
  /** Path of the keyring with the public keys that are trusted. */
  keyring: string
  /** Milliseconds since 1970. */
  now: number
}

/** What is known of an archive once its provenance file has been checked. */
export interface Verification {
  /** User ids of the key, as `Ann <ann@example.com>`. */
  signedBy: string[]
  /** In upper-case hexadecimal digits, as Helm prints it. */
  fingerprint: string
  /** Digest of the archive: `sha256:…`. */
  fileHash: string
  fileName: string
}

/**
 * Checks that one key of the keyring vouches for an archive. Whatever is missing, doubtful or
 * in doubt is a failure.
 *
 * Source: helm.sh/helm/v4 pkg/provenance/sign.go `Verify`.
 *
 * @throws PkgError PROVENANCE_FAILED
 */
export async function verifyProvenance(request: ProvenanceRequest): Promise<Verification> {
  const { provenance, fileName, now } = request
  if (provenance === undefined) {
    throw failed(`${fileName} has no provenance file`, {
      hint: 'Ask its publisher for it; "package --sign" makes one.',
    })
  }
  const keyring = await readKeyring(request.keyring)
  const signed = await readSigned(provenance, { keyring, now: new Date(now) })
  return {
    signedBy: signed.key.getUserIDs(),
    fingerprint: signed.key.getFingerprint().toUpperCase(),
    fileHash: checkProvenanceText(signed.text, request),
    fileName,
  }
}

/** More than any provenance file needs. */
const LIMIT = 4 * 1024 * 1024
const ENVELOPE =
  /^\s*-----BEGIN PGP SIGNED MESSAGE-----\r?\n[\s\S]*\n-----BEGIN PGP SIGNATURE-----\r?\n[\s\S]*\n-----END PGP SIGNATURE-----\s*$/

/** The signed text, without anything that stands around it, and the key that signed it. */
async function readSigned(
  provenance: Uint8Array,
  { keyring, now }: { keyring: Keyring; now: Date },
): Promise<{ text: string; key: Key }> {
  const text = provenance.length > LIMIT ? '' : Buffer.from(provenance).toString('utf8')
  if (!ENVELOPE.test(text)) throw failed('signature block not found')
  // Helm reads the first of two messages; a second one can only be there to mislead.
  for (const line of ['SIGNED MESSAGE', 'SIGNATURE']) {
    const count = text.split(`\n-----BEGIN PGP ${line}-----`).length
    if (count > 2) throw failed('it holds more than one signed message')
  }
  const { readCleartextMessage, verify } = openpgp()
  const { signatures, data } = await orFail('it cannot be read', async () =>
    verify({
      message: await readCleartextMessage({ cleartextMessage: text }),
      verificationKeys: keyring.keys,
      date: now,
    }),
  )
  const [signature, ...others] = signatures
  if (signature === undefined || others.length > 0) {
    throw failed(`it holds ${signatures.length} signatures, not one`)
  }
  const key = keyOf(signature.keyID, keyring)
  await orFail('the signature does not hold', () => signature.verified)
  await orFail('its key is not to be trusted', () => assertValid(key, signature.keyID, now))
  return { text: data, key }
}

function keyOf(id: KeyID, { keys, path }: Keyring): Key {
  const key = keys.find((each) => each.getKeys(id).length > 0)
  if (key !== undefined) return key
  throw failed(
    `it was signed with the key ${id.toHex().toUpperCase()}, which ${path} does not hold`,
    {
      hint: 'Add the publisher’s public key to the keyring once you trust it.',
    },
  )
}

/** Expired and revoked keys vouch for nothing, also not for what they signed before. */
async function assertValid(key: Key, id: KeyID, now: Date): Promise<void> {
  await key.verifyPrimaryKey(now)
  await key.getSigningKey(id, now)
}

async function orFail<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw failed(`${what}: ${(error as Error).message}`, { cause: error })
  }
}

function failed(message: string, options: { hint?: string; cause?: unknown } = {}): PkgError {
  return new PkgError('PROVENANCE_FAILED', message, {
    hint: 'Do not use the chart before you know why.',
    ...options,
  })
}
