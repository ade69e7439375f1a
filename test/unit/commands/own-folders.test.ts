import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadChartArchive } from '../../../src/chart/archive.ts'
import Package from '../../../src/commands/package.ts'
import Publish from '../../../src/commands/publish.ts'
import Template from '../../../src/commands/template.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/*
 * The folder of a pipeline is often that of the chart, and what is to be kept for its next run has
 * to be in there.
 */
const OWN = '.cache/own'

function pipeline() {
  const folder = writeChart(join(temporaryFolder(), 'web'), {
    'Chart.yaml': chartYaml(),
    'values.yaml': '',
    'templates/a.yaml': '# {{ range $path, $_ := .Files.Glob "**" }}{{ $path }} {{ end }}\n',
    '.cache/mine.txt': 'x',
    [`${OWN}-not/b.txt`]: 'x',
    [`${OWN}/code/0.1.0/start`]: 'x',
    'config/registry.json': '{"auths":{}}',
    'data/plugins/package.json': '{}',
  })
  const env = {
    KUBECTL_PKG_CACHE_HOME: join(folder, OWN),
    KUBECTL_PKG_CONFIG_HOME: join(folder, 'config'),
    KUBECTL_PKG_DATA_HOME: join(folder, 'data'),
  }
  const out = join(folder, '..', 'out')
  mkdirSync(out)
  return { folder, env, out }
}

const LEFT = ['.cache/mine.txt', '.cache/own-not/b.txt']

function filesIn(archive: string): string[] {
  const { raw } = loadChartArchive(readFileSync(archive), { origin: archive })
  return raw.map(({ name }) => name).filter((name) => !/^(?:Chart|values|templates)/.test(name))
}

test('what the program keeps within a chart is no part of it', async () => {
  const { folder, env, out } = pipeline()
  const { stdout } = await runCli(Template, ['web', folder], { env })
  expect(String(stdout)).toContain(`# ${LEFT.join(' ')}\n`)
  await runCli(Package, [folder, '--destination', out], { env })
  expect(filesIn(join(out, 'web-1.0.0.tgz'))).toEqual(LEFT)
})

test('nor is it published', async () => {
  const { folder, env, out } = pipeline()
  const { code, stderr } = await runCli(Publish, [folder, out], { env })
  expect([code, stderr]).toEqual([0, ''])
  expect(filesIn(join(out, 'web-1.0.0.tgz'))).toEqual(LEFT)
})
