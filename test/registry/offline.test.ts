import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import CacheGc from '../../src/commands/cache/gc.ts'
import Build from '../../src/commands/dependency/build.ts'
import Pull from '../../src/commands/pull.ts'
import Template from '../../src/commands/template.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { digestOf, fakeRegistry, storeChart, type FakeRegistry } from '../support/fake-registry.ts'
import { runCli, type CommandClass } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')

let registry: FakeRegistry
let home: string
/** `oci://HOST/charts/web`. */
let web: string

beforeEach(async () => {
  registry = await fakeRegistry()
  home = temporaryFolder()
  web = `oci://${registry.host}/charts/web`
})
afterEach(() => registry.close())

async function run(command: CommandClass, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(command, args, { env: { HOME: home }, now: NOW })
  return `${code} ${stdout.toString()}${stderr}`
    .replaceAll(registry.host, 'HOST')
    .replace(/on \d{4}-\d\d-\d\d$/m, 'on DAY')
}

const pull = (...args: string[]) => run(Pull, ...args, '--plain-http', '-d', temporaryFolder())

test('a tag that was fetched is taken from the cache, and when it was seen is told', async () => {
  const { manifest } = storeChart(registry)
  await pull(`${web}:1.0.0`)
  const { length } = registry.seen
  for (const args of [[`${web}:1.0.0`], [web, '--version', '1.0.0']]) {
    const said = await run(Template, 'x', ...args, '--offline')
    expect(said).toBe(
      `0 \nnotice: oci://HOST/charts/web:1.0.0@${digestOf(manifest)} is what the tag stood for on DAY\n`,
    )
  }
  expect(registry.seen).toHaveLength(length)
})

test('a digest is taken from the cache without a word', async () => {
  const { manifest } = storeChart(registry)
  await pull(`${web}:1.0.0`)
  const said = await run(Template, 'x', `${web}@${digestOf(manifest)}`, '--offline')
  expect(said).toBe('0 \n')
})

test('what was never fetched is named, with what would fetch it', async () => {
  expect(await run(Template, 'x', `${web}:1.0.0`, '--offline')).toBe(
    `7 Error: oci://HOST/charts/web:1.0.0 is not in the cache\n  hint: Run the command without --offline once, while there is a network.\n  code: OFFLINE\n`,
  )
})

test.each([[], ['--version', '^1']])(
  'a newest or a range needs the registry: %s',
  async (...flags) => {
    storeChart(registry)
    await pull(`${web}:1.0.0`)
    expect(await run(Template, 'x', web, ...flags, '--offline')).toBe(
      '7 Error: the tags of oci://HOST/charts/web are not in the cache\n  hint: Name a whole version that was fetched before; the newest, or one of a range, only the registry knows.\n  code: OFFLINE\n',
    )
  },
)

test('what was taken with --allow-mismatch is so offline, too', async () => {
  storeChart(registry, undefined, { tag: 'latest' })
  await pull(`${web}:latest`, '--allow-mismatch')
  expect(await run(Template, 'x', `${web}:latest`, '--offline')).toMatch(
    /^7 Error: the tags of oci:\/\/HOST\/charts\/web are not in the cache\n/,
  )
  const said = await run(Template, 'x', `${web}:latest`, '--allow-mismatch', '--offline')
  expect(said).toMatch(/^0 \nnotice: /)
})

test('what must be signed is not taken on the word of the cache', async () => {
  storeChart(registry)
  await pull(`${web}:1.0.0`)
  expect(await pull(`${web}:1.0.0`, '--offline', '--verify')).toMatch(/code: PROVENANCE_FAILED/)
  writeFileSync(join(home, 'policy.yaml'), `otherwise: refuse\nrules: []\n`)
  const env = { HOME: home, KUBECTL_PKG_SIGNING_POLICY: join(home, 'policy.yaml') }
  const { stderr } = await runCli(Template, ['x', `${web}:1.0.0`, '--offline'], { env })
  expect(stderr).toMatch(/the signature of .* is not in the cache/)
})

test('a dependency of a registry is built from the cache', async () => {
  storeChart(registry)
  await pull(`${web}:1.0.0`)
  const path = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml(
      'app',
      `dependencies: [{name: web, version: 1.0.0, repository: "oci://${registry.host}/charts"}]\n`,
    ),
  })
  expect(await run(Build, path, '--offline')).toMatch(/^0 /)
  expect(readdirSync(join(path, 'charts'))).toEqual(['web-1.0.0.tgz'])
})

test('what is removed from the cache leaves no tag behind', async () => {
  storeChart(registry)
  await pull(`${web}:1.0.0`)
  const files = () => readdirSync(home, { recursive: true, withFileTypes: true })
  const kept = () => files().filter((each) => each.isFile() && !each.name.includes('config'))
  expect(kept().length).toBeGreaterThan(1)
  expect(await run(CacheGc, '--max-size', '0')).toMatch(
    /^0 archive web 1\.0\.0 \(.*\) removed\n1 of 1/,
  )
  expect(kept()).toEqual([])
})
