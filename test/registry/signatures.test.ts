import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import Keygen from '../../src/commands/keygen.ts'
import Package from '../../src/commands/package.ts'
import Push from '../../src/commands/push.ts'
import ShowChart from '../../src/commands/show/chart.ts'
import Sign from '../../src/commands/sign.ts'
import Verify from '../../src/commands/verify.ts'
import { openGpg, type GpgHome } from '../support/gpg.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let registry: RealRegistry
let gpg: GpgHome
let home: string
let count = 0
let reference: string
let digest: string

const soon = (): number => Date.now() + 60_000
const ours = () => join(home, 'ours')
const theirs = () => join(home, 'theirs')

beforeAll(async () => {
  home = temporaryFolder()
  registry = await startRegistry()
  gpg = openGpg()
  gpg.makeKey('Ann <ann@example.com>', { kind: 'ed25519' })
  for (const prefix of [ours(), theirs()]) {
    const { code } = await runCli(Keygen, ['-o', prefix], { env: { COSIGN_PASSWORD: 'pw' } })
    expect(code).toBe(0)
  }
})

afterAll(async () => {
  gpg.close()
  await registry.stop()
})

/** Each test has a chart of its own in the registry, with a provenance file. */
beforeEach(async () => {
  const repository = `charts-${count++}`
  const source = writeChart(join(home, repository), {
    'Chart.yaml': chartYaml('web', `description: ${repository}\n`),
  })
  const signing = ['--sign', '--key', 'Ann', '--keyring', gpg.secretRing('Ann')]
  const packed = await runCli(Package, [source, '-d', join(home, `${repository}-out`), ...signing])
  expect(packed.code).toBe(0)
  const archive = join(home, `${repository}-out`, 'web-1.0.0.tgz')
  const { stdout } = await runCli(Push, [
    archive,
    `oci://${registry.host}/${repository}`,
    '--plain-http',
    '-o',
    'json',
  ])
  digest = (JSON.parse(stdout.toString()) as { digest: string }).digest
  reference = `oci://${registry.host}/${repository}/web:1.0.0`
})

const sign = (key: string) =>
  runCli(Sign, [reference, '--key', `${key}.key`, '--plain-http'], {
    env: { COSIGN_PASSWORD: 'pw' },
  })
const verify = (...keys: string[]) =>
  runCli(Verify, [reference, '--plain-http', ...keys.flatMap((key) => ['--key', `${key}.pub`])], {
    now: soon(),
  })

test('a key pair is made with a private key for its owner alone, and never over another', async () => {
  expect(statSync(`${ours()}.key`).mode & 0o777).toBe(0o600)
  const before = readFileSync(`${ours()}.key`)
  const { code } = await runCli(Keygen, ['-o', ours()], { env: { COSIGN_PASSWORD: '' } })
  expect(code).toBe(1)
  expect(readFileSync(`${ours()}.key`)).toEqual(before)
})

test('what is signed is verified with the key, and with no other', async () => {
  expect((await verify(ours())).stderr).toContain('is not signed')
  const signed = await sign(ours())
  expect({ code: signed.code, stderr: signed.stderr }).toEqual({ code: 0, stderr: '' })
  const pinned = `${reference.slice('oci://'.length)}@${digest}`
  expect((await verify(ours())).stdout.toString()).toBe(
    `Verified: ${pinned}\nSigned with: ${ours()}.pub\n`,
  )
  const other = await verify(theirs())
  expect({ code: other.code, stderr: other.stderr }).toEqual({
    code: 5,
    stderr: expect.stringContaining('has no signature by a trusted key'),
  })
})

test('signatures of several keys stand side by side', async () => {
  await sign(ours())
  await sign(theirs())
  expect((await verify(ours())).code).toBe(0)
  expect((await verify(theirs())).stdout.toString()).toContain('theirs.pub')
  expect((await verify(theirs(), ours())).stdout.toString()).toContain('ours.pub')
})

test('the signature is where cosign puts it, and openssl finds it true', async () => {
  await sign(ours())
  const repository = reference.slice(`oci://${registry.host}/`.length, -':1.0.0'.length)
  const url = `http://${registry.host}/v2/${repository}`
  const answer = await fetch(`${url}/manifests/${digest.replace(':', '-')}.sig`, {
    headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  const { layers } = (await answer.json()) as {
    layers: { mediaType: string; digest: string; annotations: Record<string, string> }[]
  }
  const [layer] = layers
  expect(layer?.mediaType).toBe('application/vnd.dev.cosign.simplesigning.v1+json')
  const payload = Buffer.from(await (await fetch(`${url}/blobs/${layer?.digest}`)).arrayBuffer())
  expect(JSON.parse(payload.toString())).toEqual({
    critical: {
      identity: { 'docker-reference': `${registry.host}/${repository}` },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  })
  const [file, signature] = [join(home, 'payload'), join(home, 'signature')]
  writeFileSync(file, payload)
  writeFileSync(
    signature,
    Buffer.from(layer?.annotations['dev.cosignproject.cosign/signature'] ?? '', 'base64'),
  )
  const output = execFileSync('openssl', [
    'dgst',
    '-sha256',
    '-verify',
    `${ours()}.pub`,
    '-signature',
    signature,
    file,
  ])
  expect(output.toString()).toBe('Verified OK\n')
})

test('a signature that a referrer carries counts, where the registry keeps an index for it', async () => {
  await sign(ours())
  const repository = reference.slice(`oci://${registry.host}/`.length, -':1.0.0'.length)
  const url = `http://${registry.host}/v2/${repository}/manifests`
  const type = 'application/vnd.oci.image.manifest.v1+json'
  const tag = digest.replace(':', '-')
  const stored = await fetch(`${url}/${tag}.sig`, { headers: { Accept: type } })
  const size = Number(stored.headers.get('content-length'))
  const signatures = stored.headers.get('docker-content-digest') ?? ''
  // The signatures are known by the index of referrers alone; no tag of cosign leads to them.
  const other = await fetch(`${url}/1.0.0`, { headers: { Accept: type } })
  await fetch(`${url}/${tag}.sig`, {
    method: 'PUT',
    headers: { 'Content-Type': type },
    body: await other.text(),
  })
  expect((await verify(ours())).code).toBe(5)
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: type,
        digest: signatures,
        size,
        artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json',
      },
    ],
  }
  const put = await fetch(`${url}/${tag}`, {
    method: 'PUT',
    headers: { 'Content-Type': index.mediaType },
    body: JSON.stringify(index),
  })
  expect(put.status).toBe(201)
  expect((await verify(ours())).code).toBe(0)
})

test('a key with another passphrase, or none, signs nothing', async () => {
  const wrong = await runCli(Sign, [reference, '--key', `${ours()}.key`, '--plain-http'], {
    env: { COSIGN_PASSWORD: 'other' },
  })
  expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('SIGNING_FAILED'),
  })
  expect((await runCli(Sign, [reference, '--plain-http'])).stderr).toContain('--key is required')
  const open = await runCli(Sign, [
    reference.replace(':1.0.0', ''),
    '--key',
    `${ours()}.key`,
    '--plain-http',
  ])
  expect(open.stderr).toContain('names no version')
})

test('the provenance file of a chart in a registry is verified', async () => {
  const keyring = gpg.publicRing()
  const good = await runCli(Verify, [reference, '--plain-http', '--keyring', keyring], {
    now: soon(),
  })
  expect(good.stdout.toString()).toMatch(/^Signed by: Ann <ann@example.com>\nUsing Key/)
})

/** Shows the chart under a policy; charts are fetched for it as for install and upgrade. */
async function showUnder(policy: string): Promise<string> {
  const file = join(home, 'policy.yaml')
  writeFileSync(file, policy)
  const { code, stderr } = await runCli(ShowChart, [reference, '--plain-http'], {
    env: { KUBECTL_PKG_SIGNING_POLICY: file, HOME: home },
    now: soon(),
  })
  return code === 0 ? 'shown' : `${code} ${/code: (\w+)/.exec(stderr)?.[1]}`
}

test('a policy decides which charts are taken', async () => {
  const rule = (more: string) => `rules:\n- match: oci://${registry.host}/**\n  ${more}\n`
  const byUs = rule(`cosign: {keys: [${ours()}.pub]}`)
  expect(await showUnder('rules: []\n')).toBe('shown')
  expect(await showUnder('rules: []\notherwise: refuse\n')).toBe('5 SIGNATURE_FAILED')
  expect(await showUnder(byUs)).toBe('5 SIGNATURE_FAILED')
  await sign(theirs())
  expect(await showUnder(byUs)).toBe('5 SIGNATURE_FAILED')
  await sign(ours())
  expect(await showUnder(byUs)).toBe('shown')
  const keyring = gpg.publicRing()
  expect(await showUnder(rule(`provenance: {keyring: ${keyring}}`))).toBe('shown')
  const both = `cosign: {keys: [${theirs()}.pub]}\n  provenance: {keyring: ${keyring}}`
  expect(await showUnder(rule(both))).toBe('shown')
  rmSync(keyring)
  expect(await showUnder(rule(`provenance: {keyring: ${keyring}}`))).toBe('5 PROVENANCE_FAILED')
  expect(await showUnder(rule(`cosign: {keys: [${home}/none.pub]}`))).toBe('5 SIGNATURE_FAILED')
  expect(await showUnder(rule('trust: true'))).toBe('shown')
  expect(await showUnder('rules: 1\n')).toBe('6 POLICY_INVALID')
})
