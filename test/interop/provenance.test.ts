import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import Package from '../../src/commands/package.ts'
import Verify from '../../src/commands/verify.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { runBuilt } from '../support/built-cli.ts'
import { openGpg, type GpgHome } from '../support/gpg.ts'
import { runHelm } from '../support/oracle.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A minute on: keys and signatures that were just made are valid by then. */
const soon = (): number => Date.now() + 60_000
let gpg: GpgHome
let folder: string
let chart: string
let everybody: string

beforeAll(() => {
  gpg = openGpg()
  gpg.makeKey('Ann RSA <ann@example.com>')
  gpg.makeKey('Bob Edwards <bob@example.com>', { kind: 'ed25519' })
  gpg.makeKey('Cleo Locked <cleo@example.com>', { passphrase: 'open sesame' })
  everybody = gpg.publicRing()
  folder = temporaryFolder()
  chart = writeChart(join(folder, 'source', 'web'), {
    'Chart.yaml': chartYaml(
      'web',
      'description: "two\\nlines"\nkeywords: [a]\nannotations: {k: v}\n',
    ),
    'values.yaml': 'a: 1\n',
  })
})

afterAll(() => gpg.close())

/** Packs and signs with us into a folder of its own; gives the archive. */
async function signed(name: string, flags: string[], stdin?: Buffer): Promise<string> {
  const to = join(folder, name)
  const { code, stderr } = await runCli(Package, [chart, '-d', to, '--sign', ...flags], {
    ...(stdin === undefined ? {} : { stdin }),
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return join(to, 'web-1.0.0.tgz')
}

async function verify(archive: string, keyring = everybody, now = soon()) {
  const { code, stdout, stderr } = await runCli(Verify, [archive, '--keyring', keyring], { now })
  return { code, stdout: stdout.toString(), stderr }
}

test.each(['Ann RSA', 'Bob Edwards'])(
  'Helm verifies what we sign with the key of %s',
  async (who) => {
    const archive = await signed(`ours ${who}`, ['--key', who, '--keyring', gpg.secretRing(who)])
    const helm = runHelm(['verify', archive, '--keyring', everybody])
    expect(helm.code).toBe(0)
    expect(await verify(archive)).toEqual({ code: 0, stdout: helm.stdout, stderr: '' })
  },
)

test('with a pubring.kbx gpg itself signs, and Helm verifies', async () => {
  const keyring = join(gpg.folder, 'pubring.kbx')
  const archive = await signed('by gpg', ['--key', 'Bob Edwards', '--keyring', keyring])
  const helm = runHelm(['verify', archive, '--keyring', everybody])
  expect(helm.code).toBe(0)
  expect(await verify(archive, keyring)).toEqual({ code: 0, stdout: helm.stdout, stderr: '' })
})

test('the signed text is the one that Helm signs', async () => {
  const keyring = gpg.secretRing('Ann RSA')
  const ours = await signed('same text', ['--key', 'Ann RSA', '--keyring', keyring])
  const copy = join(folder, 'by helm')
  mkdirSync(copy)
  const flags = ['--sign', '--key', 'Ann RSA', '--keyring', keyring]
  expect(runHelm(['package', chart, '-d', copy, ...flags]).code).toBe(0)
  const textOf = (file: string) => {
    const [, text = ''] =
      /\n\n([\s\S]*)\n-----BEGIN PGP SIGNATURE/.exec(readFileSync(file, 'utf8')) ?? []
    return text.replace(/sha256:\w+/, 'sha256:…')
  }
  expect(textOf(`${ours}.prov`)).toBe(textOf(join(copy, 'web-1.0.0.tgz.prov')))
})

test('we verify what Helm signs, with keyrings old, new and in armour', async () => {
  const to = join(folder, 'helm')
  mkdirSync(to)
  const flags = ['--sign', '--key', 'Ann RSA', '--keyring', gpg.secretRing('Ann RSA')]
  expect(runHelm(['package', chart, '-d', to, ...flags]).code).toBe(0)
  const archive = join(to, 'web-1.0.0.tgz')
  const helm = runHelm(['verify', archive, '--keyring', everybody])

  const armored = join(folder, 'keys.asc')
  writeFileSync(armored, gpg.run(['--armor', '--export', 'Ann RSA']))
  for (const keyring of [everybody, join(gpg.folder, 'pubring.kbx'), armored]) {
    expect(await verify(archive, keyring)).toEqual({ code: 0, stdout: helm.stdout, stderr: '' })
  }
})

test('a key with a passphrase is opened by a file or by standard input', async () => {
  const keyring = gpg.secretRing('Cleo Locked', 'open sesame')
  const file = join(folder, 'passphrase')
  writeFileSync(file, 'open sesame\nnot this\n')
  const flags = ['--key', 'Cleo Locked', '--keyring', keyring]
  const first = await signed('by file', [...flags, '--passphrase-file', file])
  const second = await signed(
    'by stdin',
    [...flags, '--passphrase-file', '-'],
    Buffer.from('open sesame\n'),
  )
  const box = join(gpg.folder, 'pubring.kbx')
  const third = await signed('by gpg and file', [
    '--key',
    'Cleo Locked',
    '--keyring',
    box,
    '--passphrase-file',
    file,
  ])
  for (const archive of [first, second, third]) expect((await verify(archive)).code).toBe(0)

  writeFileSync(file, 'wrong\n')
  gpg.forgetPassphrases()
  for (const ring of [keyring, box]) {
    const wrong = ['--key', 'Cleo Locked', '--keyring', ring, '--passphrase-file', file]
    const { code, stderr } = await runCli(Package, [
      chart,
      '-d',
      join(folder, 'wrong'),
      '--sign',
      ...wrong,
    ])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('SIGNING_FAILED') })
    expect(stderr).not.toContain('sesame')
  }
})

test.each([
  ['no key is named', [], 'USAGE', '--key is required for signing'],
  ['no user id fits', ['--key', 'Nobody'], 'SIGNING_FAILED', 'private key not found'],
  ['several fit', ['--key', 'example.com'], 'SIGNING_FAILED', 'more than one key contain the id'],
  [
    'the key is a public one',
    ['--key', 'Ann RSA'],
    'SIGNING_FAILED',
    'provided key is not a private key',
  ],
])('nothing is signed when %s', async (_, flags, code, message) => {
  const { stderr } = await runCli(Package, [
    chart,
    '-d',
    join(folder, 'not'),
    '--sign',
    '--keyring',
    everybody,
    ...flags,
  ])
  expect(stderr).toContain(code)
  expect(stderr).toContain(message)
})

/** A signed archive whose provenance file, or the archive itself, is then spoilt. */
async function spoilt(name: string, spoil: (archive: string, prov: string) => void) {
  const archive = await signed(name, ['--key', 'Ann RSA', '--keyring', gpg.secretRing('Ann RSA')])
  spoil(archive, `${archive}.prov`)
  return archive
}

const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(file, change(readFileSync(file, 'utf8')))

/** The text of a provenance file, signed anew by gpg in another way. */
const again = (prov: string, args: string[], change = (text: string) => text) =>
  edit(prov, (whole) => {
    const [, text = ''] = /\n\n([\s\S]*\n)-----BEGIN PGP SIGNATURE/.exec(whole) ?? []
    return gpg.run([...args, '--clearsign'], change(text)).toString()
  })

test.each<[string, string, (archive: string, prov: string) => void]>([
  ['missing', 'has no provenance file', (_, prov) => rmSync(prov)],
  ['empty', 'signature block not found', (_, prov) => writeFileSync(prov, '')],
  ['cut short', 'signature block not found', (_, prov) => edit(prov, (text) => text.slice(0, -40))],
  [
    'cut within the signature',
    'PROVENANCE_FAILED',
    (_, prov) => edit(prov, (text) => text.replace(/(PGP SIGNATURE-----\n(?:.*\n){3}).*\n/, '$1')),
  ],
  [
    'changed in its sums',
    'the signature does not hold',
    (_, prov) =>
      edit(prov, (text) =>
        text.replace(
          /sha256:./,
          (found) => `${found.slice(0, -1)}${found.endsWith('0') ? '1' : '0'}`,
        ),
      ),
  ],
  [
    'preceded by other text',
    'signature block not found',
    (_, prov) => edit(prov, (text) => `files: {}\n${text}`),
  ],
  [
    'followed by other text',
    'signature block not found',
    (_, prov) => edit(prov, (text) => `${text}files: {}\n`),
  ],
  ['doubled', 'more than one signed message', (_, prov) => edit(prov, (text) => text + text)],
  [
    'signed by two keys',
    'it holds 2 signatures',
    (_, prov) => again(prov, ['-u', 'Ann RSA', '-u', 'Bob Edwards']),
  ],
  [
    'signed with a weak digest',
    'the signature does not hold',
    (_, prov) => again(prov, ['-u', 'Ann RSA', '--digest-algo', 'SHA1']),
  ],
  [
    'without sums',
    'at least two parts',
    (_, prov) => again(prov, ['-u', 'Ann RSA'], () => 'name: web\n'),
  ],
  [
    'of sums that are none',
    'does not contain a SHA',
    (_, prov) => again(prov, ['-u', 'Ann RSA'], () => 'name: web\n\n...\nfiles: 1\n'),
  ],
  [
    'of another archive',
    'sha256 sum does not match',
    (archive) => writeFileSync(archive, Buffer.concat([readFileSync(archive), Buffer.alloc(1)])),
  ],
])('a provenance file that is %s vouches for nothing', async (name, message, spoil) => {
  const archive = await spoilt(name, spoil)
  const { code, stderr } = await verify(archive)
  expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining(message) })
  expect(stderr).toContain('PROVENANCE_FAILED')
})

test('a provenance file of another file name vouches for nothing', async () => {
  const archive = await spoilt('renamed', () => undefined)
  const other = join(folder, 'renamed', 'web-2.0.0.tgz')
  copyFileSync(archive, other)
  copyFileSync(`${archive}.prov`, `${other}.prov`)
  expect(await verify(other)).toEqual({
    code: 5,
    stdout: '',
    stderr: expect.stringContaining(`does not contain a SHA for a file named "${basename(other)}"`),
  })
})

test('a key that the keyring does not hold vouches for nothing', async () => {
  const archive = await spoilt('foreign', () => undefined)
  const { code, stderr } = await verify(archive, gpg.publicRing('Bob Edwards'))
  expect({ code, stderr }).toEqual({
    code: 5,
    stderr: expect.stringMatching(/signed with the key [0-9A-F]{16}, which .* does not hold/),
  })
})

test.each([
  ['is not there', undefined],
  ['is empty', ''],
  ['is no keyring', 'hello'],
])('a keyring that %s vouches for nothing', async (name, content) => {
  const archive = await spoilt(`ring ${name}`, () => undefined)
  const ring = join(folder, `ring ${name}.gpg`)
  if (content !== undefined) writeFileSync(ring, content)
  expect((await verify(archive, ring)).code).toBe(5)
})

test('a key that has expired vouches no more', async () => {
  gpg.makeKey('Dan Brief <dan@example.com>', { expires: '1d' })
  const archive = await signed('expired', [
    '--key',
    'Dan Brief',
    '--keyring',
    gpg.secretRing('Dan Brief'),
  ])
  const ring = gpg.publicRing('Dan Brief')
  expect((await verify(archive, ring)).code).toBe(0)
  const later = await verify(archive, ring, soon() + 3 * 24 * 3600 * 1000)
  expect({ code: later.code, stderr: later.stderr }).toEqual({
    code: 5,
    stderr: expect.stringContaining('its key is not to be trusted'),
  })
})

test('a key that was revoked vouches no more', async () => {
  gpg.makeKey('Eve Gone <eve@example.com>')
  const archive = await signed('revoked', [
    '--key',
    'Eve Gone',
    '--keyring',
    gpg.secretRing('Eve Gone'),
  ])
  const fingerprint =
    /fpr:+(\w+):/.exec(gpg.run(['--with-colons', '--list-keys', 'Eve Gone']).toString())?.[1] ?? ''
  const file = join(gpg.folder, 'openpgp-revocs.d', `${fingerprint}.rev`)
  gpg.run(['--import'], readFileSync(file, 'utf8').replace(/^:-----BEGIN/m, '-----BEGIN'))
  expect((await verify(archive, gpg.publicRing('Eve Gone'))).code).toBe(5)
})

test('the program as it is built finds OpenPGP.js beside it', () => {
  const env = { NODE_PATH: join(import.meta.dirname, '../../node_modules') }
  const cwd = join(folder, 'built')
  mkdirSync(cwd)
  const key = ['--key', 'Ann RSA', '--keyring', gpg.secretRing('Ann RSA')]
  const packed = runBuilt(['package', chart, '--sign', ...key], { cwd, env })
  expect({ code: packed.code, stderr: packed.stderr }).toEqual({ code: 0, stderr: '' })
  const verified = runBuilt(['verify', 'web-1.0.0.tgz', '--keyring', everybody], { cwd, env })
  expect(verified.stdout).toMatch(/^Signed by: /)
})

test('a subkey signs for a key that only certifies, until it is revoked or has expired', async () => {
  const person = 'Fay Parts <fay@example.com>'
  const add = (...words: string[]) => gpg.run([...ADD_KEY, ...words])
  add('--quick-generate-key', person, 'rsa2048', 'cert', 'never')
  const listed = gpg.run(['--list-keys', '--with-colons', person]).toString()
  const fingerprint = /^fpr:+(\w+):/m.exec(listed)?.[1] ?? ''
  add('--quick-add-key', fingerprint, 'rsa2048', 'sign', '1y')
  const keyring = gpg.secretRing('Fay Parts')
  const archive = await signed('by subkey', ['--key', 'Fay Parts', '--keyring', keyring])
  const before = gpg.publicRing()
  const helm = runHelm(['verify', archive, '--keyring', before])
  expect(helm.code).toBe(0)
  expect(await verify(archive, before)).toEqual({ code: 0, stdout: helm.stdout, stderr: '' })

  const later = await verify(archive, before, soon() + 400 * 24 * 60 * 60 * 1000)
  expect(later).toMatchObject({ code: 5, stderr: expect.stringContaining('Subkey is expired') })

  const answers = ['key 1', 'revkey', 'y', 'y', '0', '', 'y', 'save']
  gpg.run([...EDIT_KEY, '--edit-key', person], answers.join('\n') + '\n')
  const after = gpg.publicRing()
  expect(await verify(archive, after)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('Subkey is revoked'),
  })
  expect(runHelm(['verify', archive, '--keyring', after]).code).toBe(1)
})

const ADD_KEY = ['--pinentry-mode', 'loopback', '--passphrase', '']
const EDIT_KEY = ['--no-batch', '--no-tty', '--command-fd', '0', ...ADD_KEY]

test('what cannot be signed is not packed', async () => {
  const keys = ['--key', 'Cleo', '--keyring', gpg.secretRing('Cleo', 'open sesame')]
  const to = join(folder, 'refused')
  const pass = join(folder, 'wrong-passphrase')
  writeFileSync(pass, 'wrong\n')
  const { code, stderr } = await runCli(Package, [
    chart,
    '-d',
    to,
    '--sign',
    ...keys,
    '--passphrase-file',
    pass,
  ])
  expect(code).toBe(1)
  expect(stderr).toContain('Incorrect key passphrase')
  expect(existsSync(to)).toBe(false)
})

test('to verify the provenance file itself is answered with the name of the archive', async () => {
  const archive = await signed('prov', ['--key', 'Ann', '--keyring', gpg.secretRing('Ann')])
  const { code, stderr } = await verify(`${archive}.prov`)
  expect(code).toBe(1)
  expect(stderr).toContain(`hint: Name the archive: ${archive}.\n`)
})
