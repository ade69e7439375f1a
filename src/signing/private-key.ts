import type { KeyObject } from 'node:crypto'
import { PkgError } from '../base/errors.ts'
import { isJsonObject } from '../base/json.ts'
import { requirePackage } from '../base/lazy.ts'
import { assertKind } from './cosign.ts'
import { openSecretBox } from './secretbox.ts'

const PEM = /^-----BEGIN ([A-Z ]+)-----$([A-Za-z0-9+/=\s]+)^-----END \1-----$/m
/** Names of the keys that cosign encrypts by itself. */
const SEALED = ['ENCRYPTED SIGSTORE PRIVATE KEY', 'ENCRYPTED COSIGN PRIVATE KEY']

/**
 * Reads a private key: in PEM, encrypted or not, or `cosign.key` as cosign writes it.
 *
 * @param passphrase asked for when the key is encrypted
 * @throws PkgError SIGNING_FAILED
 */
export async function readPrivateKey(
  pem: Buffer,
  name: string,
  passphrase: () => Promise<string>,
): Promise<KeyObject> {
  const text = pem.toString('latin1')
  const [, kind = '', body = ''] = PEM.exec(text) ?? []
  try {
    if (SEALED.includes(kind)) {
      const der = unseal(Buffer.from(body, 'base64'), await passphrase())
      return assertKind(crypto().createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), name)
    }
    const isEncrypted = kind === 'ENCRYPTED PRIVATE KEY' || text.includes('Proc-Type: 4,ENCRYPTED')
    const options = isEncrypted ? { key: pem, passphrase: await passphrase() } : pem
    return assertKind(crypto().createPrivateKey(options), name)
  } catch (error) {
    if (error instanceof PkgError) throw error
    throw new PkgError(
      'SIGNING_FAILED',
      `${name} holds no private key, or the passphrase is wrong`,
      {
        hint: 'A file as "kubectl pkg keygen", cosign or openssl make it is wanted.',
      },
    )
  }
}

/** The most that deriving a key may cost; what cosign writes is below it. */
const SCRYPT_MEMORY = 256 * 1024 * 1024

/** Opens cosign's box: a key derived by scrypt, the content sealed by NaCl's secretbox. */
function unseal(content: Buffer, passphrase: string): Buffer {
  const box: unknown = JSON.parse(content.toString('utf8'))
  const kdf = sectionOf(box, 'kdf')
  const cipher = sectionOf(box, 'cipher')
  if (kdf['name'] !== 'scrypt' || cipher['name'] !== 'nacl/secretbox') {
    throw new RangeError('the key is encrypted in an unknown way')
  }
  const { N, r, p } = sectionOf(kdf, 'params')
  const key = crypto().scryptSync(passphrase, bytesOf(kdf['salt']), 32, {
    cost: Number(N),
    blockSize: Number(r),
    parallelization: Number(p),
    maxmem: SCRYPT_MEMORY,
  })
  const sealed = isJsonObject(box) ? bytesOf(box['ciphertext']) : Buffer.alloc(0)
  const opened = openSecretBox({ sealed, nonce: bytesOf(cipher['nonce']), key })
  if (opened === undefined) throw new RangeError('the passphrase is wrong')
  return opened
}

function sectionOf(value: unknown, key: string) {
  const section = isJsonObject(value) ? value[key] : undefined
  if (!isJsonObject(section)) throw new RangeError(`the key has no ${key}`)
  return section
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(typeof value === 'string' ? value : '', 'base64')
}

function crypto(): typeof import('node:crypto') {
  return requirePackage('node:crypto') as typeof import('node:crypto')
}
