import {
  checkPrimeSync,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto'
import { expect, test } from 'vitest'
import { render } from './call.ts'

const NOW = Date.UTC(2031, 4, 6, 7, 8, 9)
const CA = '{{ $ca := genCAWithKey "my-ca" 400 (genPrivateKey "ecdsa") }}'
const NAMES = '"web" (list "10.0.0.1" "::1") (list "web.example.com" "*.web")'

/** Renders a template that prints certificates, one after the other. */
function certificates(template: string): X509Certificate[] {
  const text = render(template, null, { now: () => NOW, random: (count) => fill(count) })
  return text
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((part) => part.trim() !== '')
    .map((pem) => new X509Certificate(pem))
}

function fill(count: number): Uint8Array {
  return new Uint8Array(count).fill(0x9a)
}

test('a signed certificate names its issuer, its holder and what it is good for', () => {
  const [ca, leaf] = certificates(
    `${CA}{{ $ca.Cert }}{{ (genSignedCertWithKey ${NAMES} 30 $ca (genPrivateKey "ecdsa")).Cert }}`,
  )
  expect(leaf?.checkIssued(ca!)).toBe(true)
  expect(leaf?.verify(ca!.publicKey)).toBe(true)
  expect({ ca: ca?.ca, leaf: leaf?.ca }).toEqual({ ca: true, leaf: false })
  expect(leaf?.subject).toBe('CN=web')
  expect(leaf?.issuer).toBe('CN=my-ca')
  expect(leaf?.subjectAltName).toBe(
    'DNS:web.example.com, DNS:*.web, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1',
  )
  expect(leaf?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
  expect(leaf?.validFrom).toBe('May  6 07:08:09 2031 GMT')
  expect(leaf?.validTo).toBe('Jun  5 07:08:09 2031 GMT')
  expect(leaf?.serialNumber).toBe('9A'.repeat(16))
})

test.each(['rsa', 'ecdsa', 'ed25519'])(
  'a certificate with a key of type %s signs itself',
  (type) => {
    const key = type === 'rsa' ? '(genCA "x" 1).Key' : `(genPrivateKey "${type}")`
    const [own] = certificates(`{{ (genSelfSignedCertWithKey ${NAMES} 1 ${key}).Cert }}`)
    expect(own?.verify(own.publicKey)).toBe(true)
    expect(own?.checkHost('web.example.com')).toBe('web.example.com')
    expect(own?.checkIP('10.0.0.1')).toBe('10.0.0.1')
  },
)

test('validity beyond 2049 has a year of four digits', () => {
  const [own] = certificates('{{ (genCAWithKey "x" 20000 (genPrivateKey "ecdsa")).Cert }}')
  expect(own?.validTo).toBe('Feb  6 07:08:09 2086 GMT')
})

test.each([
  ['rsa', 'rsa', /^-----BEGIN RSA PRIVATE KEY-----\n/],
  ['ecdsa', 'ec', /^-----BEGIN EC PRIVATE KEY-----\n/],
  ['ed25519', 'ed25519', /^-----BEGIN PRIVATE KEY-----\n/],
  ['dsa', 'dsa', /^-----BEGIN DSA PRIVATE KEY-----\n/],
])('a private key of type %s can be read', (type, wanted, start) => {
  const pem =
    type === 'rsa' ? render('{{ (genCA "x" 1).Key }}') : render(`{{ genPrivateKey "${type}" }}`)
  expect(pem).toMatch(start)
  expect(createPrivateKey(pem).asymmetricKeyType).toBe(wanted)
})

test.each([
  ['(genCA "x" 1).Key', 2048],
  ['genPrivateKey "rsa"', 4096],
])('the key of %s has %i bits, and its parts fit together', (action, bits) => {
  const key = createPrivateKey(render(`{{ ${action} }}`))
  expect(key.asymmetricKeyDetails).toEqual({ modulusLength: bits, publicExponent: 65537n })
  const jwk = key.export({ format: 'jwk' })
  const part = (name: keyof typeof jwk): bigint =>
    BigInt(`0x${Buffer.from(String(jwk[name]), 'base64url').toString('hex')}`)
  const [n, e, d, p, q] = [part('n'), part('e'), part('d'), part('p'), part('q')]
  expect([checkPrimeSync(p), checkPrimeSync(q), p > q, p * q === n]).toEqual(Array(4).fill(true))
  expect([(e * d) % (p - 1n), (e * d) % (q - 1n)]).toEqual([1n, 1n])
  expect([part('dp'), part('dq')]).toEqual([d % (p - 1n), d % (q - 1n)])
  expect((part('qi') * q) % p).toBe(1n)

  const signature = sign('sha256', Buffer.from('text'), key)
  const other = createPrivateKey(render(`{{ ${action} }}`))
  expect(verify('sha256', Buffer.from('text'), createPublicKey(key), signature)).toBe(true)
  expect(verify('sha256', Buffer.from('text'), createPublicKey(other), signature)).toBe(false)
})

test('a DSA key signs nothing, as in Go', () => {
  expect(() => render('{{ genCAWithKey "x" 1 (genPrivateKey "dsa") }}')).toThrow(
    'error creating certificate: x509: certificate private key does not implement crypto.Signer',
  )
})
