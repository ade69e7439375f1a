import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  makeKeyPair,
  signPayload,
  signingPayload,
  verifyPayload,
} from '../../../src/signing/cosign.ts'
import { readPublicKey } from '../../../src/signing/cosign.ts'
import { readPrivateKey } from '../../../src/signing/private-key.ts'

// Sealed as sigstore does it, by golang.org/x/crypto's scrypt and secretbox; made for this test alone.
const SEALED = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94Iiwibm9uY2UiOiJ2ZzV4
bUZsazJFTmVaM0NCWWZLMWpLKzUzNXJLejByWiJ9LCJjaXBoZXJ0ZXh0IjoiRkRU
WEEzU0gxamZEcWxMVmxIZ3cybFEzd3g1MkZTVnMrOXNZSkVVSDJFM01pR0ZFU1Aw
NU9OemZwVGEwY1dRdFExSE5nVW9CcUhxeHlNeG5CcFFDZ0dvZHdldW9wQU5aelVt
YXBFUm9aSDdsNDY0Z2diZzJ3T2djWVFJTkhOenRpd3BwTWN1UGJza0JSb3FKd3FZ
K3ZEM2sxSmk4VSswRk8rNis0K2prVFV3SThQUW5qWDdPdENZZmdwbzd6dy9yU1Fv
b0pqY3U3OG9XUkE9PSIsImtkZiI6eyJuYW1lIjoic2NyeXB0IiwicGFyYW1zIjp7
Ik4iOjY1NTM2LCJwIjoxLCJyIjo4fSwic2FsdCI6Iml4U2VWOVRHd2xEYjIzMytD
UmR0Um1sNlIxcTJWTHNCRHU3WW53LzNDYUE9In19
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----`

const PUBLIC = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAET2ZuXI2E1q7CqXujD7s2n5PnHyew
PAZKqPcYpbEpNuqiqwZDpPDWW0GzRJJfrXkBp6YvLkKieq8JkcaW+icoVw==
-----END PUBLIC KEY-----`

const DIGEST = `sha256:${'a'.repeat(64)}`
const read = (pem: string, passphrase = 'open sesame') =>
  readPrivateKey(Buffer.from(pem), 'test.key', () => Promise.resolve(passphrase))

test('a key that cosign sealed is opened with its passphrase', async () => {
  const key = await read(SEALED)
  expect(createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString().trim()).toBe(
    PUBLIC,
  )
})

test.each([
  ['another passphrase', SEALED, 'open barley'],
  ['a box that was cut', SEALED.replace(/.{40}\n-----END/, '\n-----END'), 'open sesame'],
  ['another kind of box', SEALED.replace(/[A-Za-z0-9]{20}/, 'e30K'), 'open sesame'],
  ['no key', 'hello', ''],
])('a key with %s is refused', async (_, pem, passphrase) => {
  await expect(read(pem, passphrase)).rejects.toMatchObject({ code: 'SIGNING_FAILED' })
})

test.each(['', 'open sesame'])(
  'a new key pair with the passphrase %j signs and verifies',
  async (passphrase) => {
    const pair = makeKeyPair(passphrase)
    expect(pair.privateKey).toContain(
      passphrase === '' ? 'BEGIN PRIVATE KEY' : 'BEGIN ENCRYPTED PRIVATE KEY',
    )
    const payload = signingPayload('ghcr.io/acme/web', DIGEST)
    const signature = signPayload(payload, await read(pair.privateKey, passphrase))
    const key = readPublicKey(Buffer.from(pair.publicKey), 'test.pub')
    expect(verifyPayload({ payload, signature }, DIGEST, [key])).toBe(key)
    expect(verifyPayload({ payload, signature }, `sha256:${'b'.repeat(64)}`, [key])).toBeUndefined()
    expect(
      verifyPayload({ payload: Buffer.concat([payload, Buffer.from(' ')]), signature }, DIGEST, [
        key,
      ]),
    ).toBeUndefined()
  },
)

test.each([
  'hello',
  '{}',
  '[]',
  'null',
  '{"critical":{"type":"x","image":{"docker-manifest-digest":"d"}}}',
  `{"critical":{"type":"cosign container image signature","image":"${DIGEST}"}}`,
])('the claim %s is none, whoever signed it', async (text) => {
  const pair = makeKeyPair('')
  const payload = Buffer.from(text)
  const signature = signPayload(payload, await read(pair.privateKey))
  const key = readPublicKey(Buffer.from(pair.publicKey), 'test.pub')
  expect(verifyPayload({ payload, signature }, DIGEST, [key])).toBeUndefined()
})

test.each([
  ['ec', { namedCurve: 'prime256v1' }, true],
  ['ec', { namedCurve: 'secp384r1' }, true],
  ['ec', { namedCurve: 'secp521r1' }, true],
  ['ec', { namedCurve: 'secp256k1' }, false],
  ['ed25519', {}, true],
  ['rsa', { modulusLength: 2048 }, true],
  ['rsa', { modulusLength: 1024 }, false],
  ['x25519', {}, false],
])('keys %s %o are taken: %s', (kind, options, isTaken) => {
  const { publicKey } = generateKeyPairSync(kind as 'rsa', options as { modulusLength: number })
  const pem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))
  const take = () => readPublicKey(pem, 'test.pub')
  if (isTaken) expect(take().type).toBe('public')
  else expect(take).toThrow('is a key of a kind that is not used to sign')
})
