import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import Install from '../../src/commands/install.ts'
import Upgrade from '../../src/commands/upgrade.ts'
import { runHelm } from '../support/oracle.mjs'
import { runCli, type CommandClass } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { writeChart } from '../support/chart-builder.ts'

/* A dry run as a client needs no cluster, as pipelines have none. */

const folder = temporaryFolder()
const chart = join(folder, 'web')

beforeAll(() => {
  writeChart(chart, {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'values.yaml': 'port: 80\nnotes: Go on.\n',
    'crds/a.yaml': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n',
    'templates/service.yaml':
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  ports:\n    - port: {{ required "a port is needed" .Values.port }}\n',
    'templates/job.yaml':
      'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: before\n  annotations:\n    helm.sh/hook: pre-install\n',
    'templates/NOTES.txt':
      '{{ .Values.notes }}\n\n{{ if lookup "v1" "Namespace" "" "default" }}found{{ end }}\n',
  })
})

test.each([
  { args: [] },
  { args: ['--dry-run'] },
  { args: ['--namespace', 'shop', '--description', 'a try'] },
  { args: ['--set', 'notes='] },
  { args: ['--no-hooks', '--hide-notes'] },
  { args: ['--set', 'port=null'] },
])('install --dry-run=client $args prints what Helm prints', async ({ args }) => {
  const words = ['web', chart, '--dry-run=client', ...args]
  const helm = runHelm(['install', ...words])
  const ours = await run(Install, words)
  expect(undated(ours.stdout.toString())).toBe(undated(helm.stdout))
  expect(ours.code === 0).toBe(helm.code === 0)
  const [message = ''] = /^Error: .*/m.exec(helm.stderr) ?? []
  expect(ours.stderr).toContain(message)
})

test('what needs a cluster still says that none is chosen', async () => {
  for (const dryRun of ['--dry-run=server', '--dry-run=none']) {
    expect((await run(Install, ['web', chart, dryRun])).stderr).toContain('no cluster is chosen')
  }
  const upgrade = await run(Upgrade, ['web', chart, '--dry-run=client'])
  expect(upgrade.stderr).toContain('no cluster is chosen')
})

async function run(command: CommandClass, words: string[]) {
  const env = { HOME: folder, KUBECONFIG: join(folder, 'none') }
  return await runCli(command, words, { env })
}

function undated(text: string): string {
  return text.replace(/^LAST DEPLOYED: .*$/m, 'LAST DEPLOYED: then')
}
