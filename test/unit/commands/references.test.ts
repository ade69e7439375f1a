import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import Graph from '../../../plugins/graph/src/commands/graph.ts'
import Diff from '../../../src/commands/diff.ts'
import Install from '../../../src/commands/install.ts'
import { archiveOf, offer } from '../../support/chart-site.ts'
import { startRepository, type FakeRepository } from '../../support/fake-repository.ts'
import { runCli, type CommandClass } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const templates = {
  'templates/map.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {version: {{ .Chart.Version | quote }}}\n',
}

let server: FakeRepository
let folder: string
beforeEach(async () => {
  server = await startRepository()
  folder = temporaryFolder()
  offer(
    server,
    ['1.0.0', '1.2.0', '2.0.0'].map((version) => ({
      name: 'web',
      version,
      archive: archiveOf('web', '', templates, version),
    })),
  )
})
afterEach(() => server.close())

/** Runs a command with a chart of the repository, chosen by a range. */
async function run(command: CommandClass, argv: string[], version: string): Promise<string> {
  const source = ['--repo', server.url, '--version', version]
  const env = { HOME: join(folder, 'home') }
  const { code, stdout, stderr } = await runCli(command, [...argv, ...source], { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

test('a release is compared with a chart of a repository by a range', async () => {
  const target = ['--target', `dir:${join(folder, 'target')}`]
  await run(Install, ['web', 'web', ...target], '~1.0')
  const text = await run(Diff, ['web', 'web', ...target], '^1')
  expect(text).toContain('\n-  version: 1.0.0\n+  version: 1.2.0\n')
})

test('a chart of a repository is drawn', async () => {
  expect(await run(Graph, ['web'], '<2')).toContain('chart web 1.2.0')
})
