import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../../src/base/digest.ts'
import Install from '../../../src/commands/install.ts'
import Package from '../../../src/commands/package.ts'
import Plan from '../../../src/commands/plan.ts'
import Template from '../../../src/commands/template.ts'
import { decodeObjects } from '../../../src/manifest/decode-objects.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { startRepository, type FakeRepository } from '../../support/fake-repository.ts'
import { runCli, type CliRun, type CommandClass } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const OWN = definition('own')
const THEIRS = definition('theirs')
const VALUES = 'crds:\n  source: own\n'
const upstream = ['--set', 'crds.source=upstream']

let folder: string
let server: FakeRepository

beforeEach(async () => {
  folder = temporaryFolder()
  server = await startRepository()
  server.files.set('/crd.yaml', THEIRS)
  return async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  }
})

test('the definitions are the chart’s own, and nothing is fetched, unless the values ask for it', async () => {
  const { stdout } = await run(Template, ['--include-crds', chart()])
  expect(columnsIn(stdout)).toEqual(['own'])
  expect(server.seen).toEqual([])
})

test('upstream’s definitions come from their address, once, and then out of the cache', async () => {
  const path = chart()
  const { stdout } = await run(Template, ['--include-crds', path, ...upstream])
  expect(columnsIn(stdout)).toEqual(['theirs'])
  expect(stdout.toString()).toContain('# Source: shop/crds/01-crd.yaml')
  expect(
    server.seen.map(({ method, url, headers }) => [method, url, headers.authorization]),
  ).toEqual([['GET', '/crd.yaml', undefined]])

  const again = await run(Template, ['--include-crds', path, ...upstream, '--offline'])
  expect(again).toEqual({ code: 0, stderr: '', stdout })
  expect(server.seen).toHaveLength(1)
})

test('those of a subchart follow its own values', async () => {
  const path = join(folder, 'outer')
  writeChart(path, {
    'Chart.yaml': chartYaml('outer', 'dependencies: [{name: shop, version: 1.0.0}]\n'),
    'values.yaml': 'shop:\n  crds:\n    source: own\n',
    'charts/shop/Chart.yaml': chartYaml('shop', annotation(address())),
    'charts/shop/values.yaml': VALUES,
    'charts/shop/crds/crd.yaml': OWN,
  })
  const all = [[], upstream, ['--set', 'shop.crds.source=upstream']].map(async (words) =>
    columnsIn((await run(Template, ['--include-crds', path, ...words])).stdout),
  )
  expect(await Promise.all(all)).toEqual([['own'], ['own'], ['theirs']])
})

test('a release has what was fetched, and a plan names it as a definition', async () => {
  const target = ['--target', `dir:${join(folder, 'out')}`, '--namespace', 'shop']
  const words = ['web', chart(), ...upstream, ...target]
  const planned = await run(Plan, words)
  expect(planned.stdout.toString()).toMatch(
    /^\+ create\s+CustomResourceDefinition widgets\.example\.com/m,
  )
  expect(await run(Install, words)).toMatchObject({ code: 0, stderr: '' })
  const written = readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.yaml'),
  )
  const texts = written.map((path) => readFileSync(join(folder, 'out', path), 'utf8'))
  expect(texts.flatMap(columnsIn)).toEqual(['theirs'])
})

test('a package can have them inside, for machines without a network', async () => {
  const packed = await run(Package, [chart(), '--upstream-crds', '--destination', folder])
  expect(packed).toMatchObject({ code: 0, stderr: '' })
  await server.close()
  const archive = join(folder, 'shop-1.0.0.tgz')
  const shown = await runCli(Template, ['--include-crds', archive, '--offline'])
  expect(columnsIn(shown.stdout)).toEqual(['theirs'])
  const words = ['--content-cache', join(folder, 'none'), '--offline']
  expect(await runCli(Package, [chart(), '--upstream-crds', ...words])).toMatchObject({
    code: 7,
    stderr: expect.stringContaining('code: OFFLINE') as string,
  })
})

const refused: [string, () => string, string[], RegExp[]][] = [
  [
    'other bytes than those of the digest are refused, with both digests',
    () => address(sha256('something else')),
    [],
    [
      new RegExp(
        `expected sha256:${sha256('something else')}, got sha256:${sha256(THEIRS)} from http:`,
      ),
      /code: DIGEST_MISMATCH/,
    ],
  ],
  [
    'without a network, what the cache does not hold is missed by its address',
    () => address(),
    ['--offline'],
    [/\/crd\.yaml is not in the cache/, /code: OFFLINE/],
  ],
  [
    'an address that nothing is at is named',
    () => address().replace('crd.yaml', 'gone.yaml'),
    [],
    [/gone\.yaml/, /404/, /code: REPOSITORY_UNREACHABLE/],
  ],
  [
    'a line without a digest is refused',
    () => `${server.url}/crd.yaml`,
    [],
    [/chart "shop" does not say where upstream's definitions are: "http:/, /code: CHART_INVALID/],
  ],
  [
    'objects that are no definitions are refused',
    () => {
      const text = `${THEIRS}---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: more\n`
      server.files.set('/crd.yaml', text)
      return address(sha256(text))
    },
    [],
    [/crd\.yaml holds Secret\/more, and not definitions alone/, /code: CHART_INVALID/],
  ],
]

test.each(refused)('%s', async (_, line, words, texts) => {
  const { code, stdout, stderr } = await run(Template, [chart(line()), ...upstream, ...words])
  expect({ code: code > 0, stdout: stdout.toString() }).toEqual({ code: true, stdout: '' })
  for (const text of texts) expect(stderr).toMatch(text)
})

function address(digest = sha256(THEIRS)): string {
  return `${server.url}/crd.yaml sha256:${digest}`
}

function annotation(line: string): string {
  return `annotations:\n  kubectl-pkg/upstream-crds: |\n    ${line}\n`
}

function chart(line = address()): string {
  return writeChart(join(folder, 'shop'), {
    'Chart.yaml': chartYaml('shop', annotation(line)),
    'values.yaml': VALUES,
    'crds/crd.yaml': OWN,
  })
}

function definition(column: string): string {
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com', annotations: { from: column } },
    spec: {
      group: 'example.com',
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Namespaced',
      versions: [],
    },
  }).concat('\n')
}

/** Which of the two definitions a text holds. */
function columnsIn(text: Buffer | string): string[] {
  return decodeObjects(text.toString(), 'output').map(
    ({ metadata }) => (metadata['annotations'] as Record<string, string>)['from'] ?? '',
  )
}

async function run(command: CommandClass, words: string[]): Promise<CliRun> {
  return runCli(command, [...words, '--content-cache', join(folder, 'cache')])
}
