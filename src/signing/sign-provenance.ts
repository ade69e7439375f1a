import type { PrivateKey } from 'openpgp'
import { dirname } from 'node:path'
import { PkgError } from '../base/errors.ts'
import type { ChartMetadata } from '../chart/metadata.ts'
import { clearSignWithGpg } from './gpg.ts'
import { readKeyring, type Keyring } from './keyring.ts'
import { provenanceText } from './provenance-text.ts'
import { openpgp } from './openpgp.ts'

export interface SigningRequest {
  archive: Uint8Array
  /** `NAME-VERSION.tgz`. */
  fileName: string
  metadata: ChartMetadata
  /** A user id, or a part of one. */
  key: string
  /** A keyring with secret keys; from a keybox, gpg signs. */
  keyring: string
  /** Asks for the passphrase of a key; not called when it has none. */
  passphrase: (userId: string) => Promise<string>
  /** Whether `passphrase` was given beforehand; else gpg asks for it itself. */
  hasPassphrase: boolean
}

/**
 * Makes the provenance file of an archive, which Helm verifies.
 *
 * Source: helm.sh/helm/v4 pkg/provenance/sign.go `ClearSign`.
 *
 * @throws PkgError SIGNING_FAILED, PROVENANCE_FAILED when the keyring cannot be read
 */
export async function signProvenance(request: SigningRequest): Promise<string> {
  const text = provenanceText(request.metadata, request)
  const keyring = await readKeyring(request.keyring)
  if (keyring.isKeybox) return signWithGpg(text, request)
  const { createCleartextMessage, enums, sign } = openpgp()
  const signingKeys = await unlock(choose(keyring, request.key), request)
  const signed = await sign({
    message: await createCleartextMessage({ text }),
    signingKeys,
    config: { preferredHashAlgorithm: enums.hash.sha512 },
  })
  // The signature is over any line ends; files have Unix ones.
  return signed.replaceAll('\r\n', '\n')
}

async function signWithGpg(text: string, request: SigningRequest): Promise<string> {
  const { key, keyring, passphrase, hasPassphrase } = request
  const known = hasPassphrase ? await passphrase(key) : undefined
  return clearSignWithGpg(text, { home: dirname(keyring), key, passphrase: known })
}

/** The key whose user id is the text, else the only one whose user id holds it. */
function choose({ keys, path }: Keyring, wanted: string): PrivateKey {
  const exact = keys.find((key) => key.getUserIDs().includes(wanted))
  const partly = keys.filter((key) => key.getUserIDs().some((id) => id.includes(wanted)))
  if (exact === undefined && partly.length > 1) {
    throw failed(`more than one key contain the id ${JSON.stringify(wanted)}`, 'Name it in full.')
  }
  const key = exact ?? partly[0]
  if (key === undefined) {
    throw failed('private key not found', `No user id in ${path} holds ${JSON.stringify(wanted)}.`)
  }
  if (!key.isPrivate()) {
    throw failed(
      'provided key is not a private key. Try providing a keyring with secret keys',
      '"gpg --export-secret-keys > secring.gpg" makes one; or name the pubring.kbx that gpg uses.',
    )
  }
  return key
}

async function unlock(key: PrivateKey, request: SigningRequest): Promise<PrivateKey> {
  if (key.isDecrypted()) return key
  const { decryptKey } = openpgp()
  const passphrase = await request.passphrase(key.getUserIDs()[0] ?? 'Unknown')
  try {
    return await decryptKey({ privateKey: key, passphrase })
  } catch (error) {
    throw failed((error as Error).message, 'Check the passphrase.')
  }
}

function failed(message: string, hint: string): PkgError {
  return new PkgError('SIGNING_FAILED', message, { hint })
}
