import { expect, test } from 'vitest'
import Images from '../../../src/commands/images.ts'
import Install from '../../../src/commands/install.ts'
import { join } from 'node:path'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const folder = temporaryFolder()
const chart = writeChart(join(folder, 'web'), {
  'Chart.yaml': chartYaml(
    'web',
    'annotations:\n  artifacthub.io/images: |\n    - {name: tool, image: "ghcr.io/x/tool:9"}\n    - {name: broken}\n',
  ),
  'values.yaml': 'debug: false\ntag: "1"\n',
  'templates/app.yaml': `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: a, image: "nginx:{{ .Values.tag }}"}
  {{- if .Values.debug }}
  - {name: b, image: "busybox:1.36"}
  {{- end }}
`,
  'templates/hook.yaml': `apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: pre-install}}
spec: {template: {spec: {containers: [{name: m, image: "nginx:1"}, {name: n, image: "migrate:2"}]}}}
`,
})

async function images(...argv: string[]) {
  const { code, stdout, stderr } = await runCli(Images, argv, { cwd: folder })
  return { code, stdout: stdout.toString(), stderr }
}

test('images of a chart are those of its objects and hooks with the values, and the declared ones', async () => {
  expect(await images(chart)).toEqual({
    code: 0,
    stdout: 'ghcr.io/x/tool:9\nmigrate:2\nnginx:1\n',
    stderr: '',
  })
  expect((await images(chart, '--set', 'debug=true,tag=2', '--no-hooks')).stdout).toBe(
    'busybox:1.36\nghcr.io/x/tool:9\nnginx:2\n',
  )
})

test('as JSON every place is told that names an image', async () => {
  const { stdout } = await images(chart, '-o', 'json')
  expect((JSON.parse(stdout) as unknown[])[2]).toEqual({
    image: 'nginx:1',
    uses: [
      { object: 'Pod/web', path: 'spec.containers[0].image' },
      { object: 'Job/migrate', path: 'spec.template.spec.containers[0].image' },
    ],
  })
})

test('images of a release are those that it was installed with', async () => {
  const target = `dir:${join(folder, 'target')}`
  expect((await runCli(Install, ['shop', chart, '--target', target, '--set', 'tag=7'])).code).toBe(
    0,
  )
  const { code, stdout } = await images('shop', '--target', target)
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'migrate:2\nnginx:1\nnginx:7\n' })
  expect((await images('other', '--target', target)).stderr).toContain('RELEASE_NOT_FOUND')
})
