import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import DependencyUpdate from '../../src/commands/dependency/update.ts'
import Install from '../../src/commands/install.ts'
import Package from '../../src/commands/package.ts'
import Pull from '../../src/commands/pull.ts'
import Push from '../../src/commands/push.ts'
import ShowChart from '../../src/commands/show/chart.ts'
import Template from '../../src/commands/template.ts'
import Upgrade from '../../src/commands/upgrade.ts'
import { openGpg, type GpgHome } from '../support/gpg.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli, type CommandClass } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const soon = (): number => Date.now() + 60_000
let registry: RealRegistry
let gpg: GpgHome
let home: string
let keyring: string
let source: string
let target: string

beforeAll(async () => {
  registry = await startRegistry()
  gpg = openGpg()
  gpg.makeKey('Ann <ann@example.com>', { kind: 'ed25519' })
  gpg.makeKey('Mallory <mallory@example.com>', { kind: 'ed25519' })
  keyring = gpg.publicRing('Ann')
  source = writeChart(join(temporaryFolder(), 'web'), {
    'Chart.yaml': chartYaml('web'),
    'templates/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
  })
})

afterAll(async () => {
  gpg.close()
  await registry.stop()
})

beforeEach(() => {
  home = temporaryFolder()
  target = `dir:${join(home, 'target')}`
})

async function run(command: CommandClass, ...argv: string[]): Promise<string> {
  const env = { HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home }
  const { code, stdout, stderr } = await runCli(command, argv, { env, now: soon() })
  return code === 0 ? stdout.toString() : `${code} ${/code: (\w+)/.exec(stderr)?.[1]}`
}

/** Packs the chart, signed by somebody or by nobody. */
async function packed(signer?: string): Promise<string> {
  const sign =
    signer === undefined ? [] : ['--sign', '--key', signer, '--keyring', gpg.secretRing(signer)]
  await run(Package, source, '-d', home, ...sign)
  return join(home, 'web-1.0.0.tgz')
}

/** Every command that takes a chart, with what it needs besides. */
const commands: [string, CommandClass, (chart: string) => string[]][] = [
  ['install', Install, (chart) => ['web', chart, '--target', target]],
  ['upgrade --install', Upgrade, (chart) => ['web', chart, '--install', '--target', target]],
  ['template', Template, (chart) => ['web', chart]],
  ['show chart', ShowChart, (chart) => [chart]],
]

test.each(commands)(
  '%s --verify takes an archive that Ann signed, and no other',
  async (_, command, argv) => {
    const verify = ['--verify', '--keyring', keyring]
    const archive = await packed('Ann')
    expect(await run(command, ...argv(archive), ...verify)).not.toMatch(/^\d /)
    rmSync(join(home, 'target'), { recursive: true, force: true })

    rmSync(`${archive}.prov`)
    expect(await run(command, ...argv(archive), ...verify)).toBe('5 PROVENANCE_FAILED')
    await packed('Mallory')
    expect(await run(command, ...argv(archive), ...verify)).toBe('5 PROVENANCE_FAILED')
    expect(await run(command, ...argv(source), ...verify)).toBe('5 PROVENANCE_FAILED')
    expect(await run(command, ...argv(archive), '--verify', '--keyring', join(home, 'none'))).toBe(
      '5 PROVENANCE_FAILED',
    )
    expect(readdirSync(home)).not.toContain('target')
  },
)

test.each(commands)(
  '%s --verify goes by the provenance file in the registry',
  async (name, command, argv) => {
    const place = `oci://${registry.host}/${name.replaceAll(/\W+/g, '-')}`
    const flags = ['--plain-http', '--verify', '--keyring', keyring]
    for (const [at, signer, isTaken] of [
      [0, 'Ann', true],
      [1, 'Mallory', false],
      [2, undefined, false],
    ] as const) {
      const archive = await packed(signer)
      if (signer === undefined) rmSync(`${archive}.prov`, { force: true })
      await run(Push, archive, `${place}-${at}`, '--plain-http')
      const result = await run(
        command,
        ...argv(`${place}-${at}/web`),
        '--version',
        '1.0.0',
        ...flags,
      )
      if (isTaken) expect(result).not.toMatch(/^\d /)
      else expect(result).toBe('5 PROVENANCE_FAILED')
      rmSync(join(home, 'target'), { recursive: true, force: true })
    }
  },
)

test('pull --verify says who signed, keeps the provenance file, and keeps nothing that nobody vouches for', async () => {
  const archive = await packed('Ann')
  await run(Push, archive, `oci://${registry.host}/pull`, '--plain-http')
  const folder = temporaryFolder()
  const reference = `oci://${registry.host}/pull/web:1.0.0`
  const flags = ['--plain-http', '-d', folder, '--verify', '--keyring']
  expect(await run(Pull, reference, ...flags, keyring)).toMatch(
    /^Signed by: Ann <ann@example.com>\nUsing Key With Fingerprint: [0-9A-F]{40}\nChart Hash Verified: sha256:/,
  )
  expect(readdirSync(folder).sort()).toEqual(['web-1.0.0.tgz', 'web-1.0.0.tgz.prov'])
  expect(readFileSync(join(folder, 'web-1.0.0.tgz.prov'))).toEqual(readFileSync(`${archive}.prov`))

  const other = temporaryFolder()
  const wrong = ['--plain-http', '-d', other, '--verify', '--keyring', gpg.publicRing('Mallory')]
  expect(await run(Pull, reference, ...wrong)).toBe('5 PROVENANCE_FAILED')
  expect(readdirSync(other)).toEqual([])
})

test('dependency update --verify takes what Ann signed, also when an archive is in the cache', async () => {
  const archive = await packed('Ann')
  const repository = `oci://${registry.host}/dependencies`
  await run(Push, archive, repository, '--plain-http')
  const parent = writeChart(join(home, 'parent'), {
    'Chart.yaml': chartYaml(
      'parent',
      `dependencies: [{name: web, version: 1.0.0, repository: "${repository}"}]\n`,
    ),
  })
  const update = (ring: string) =>
    run(DependencyUpdate, parent, '--plain-http', '--verify', '--keyring', ring)
  expect(await update(keyring)).not.toMatch(/^\d /)
  expect(readdirSync(join(parent, 'charts'))).toEqual(['web-1.0.0.tgz'])
  expect(await update(gpg.publicRing('Mallory'))).toBe('5 PROVENANCE_FAILED')
})

test('what is checked is what is loaded: an archive of another name is not taken', async () => {
  const archive = await packed('Ann')
  const other = join(home, 'other-1.0.0.tgz')
  copyFileSync(archive, other)
  writeFileSync(`${other}.prov`, readFileSync(`${archive}.prov`))
  expect(await run(Template, 'web', other, '--verify', '--keyring', keyring)).toBe(
    '5 PROVENANCE_FAILED',
  )
})
