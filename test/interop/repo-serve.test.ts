import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runBuilt, startBuilt } from '../support/built-cli.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { runHelmClient } from '../support/helm-client.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* Both programs take charts from `repo serve`, as it is built. */

let home: string
let url: string
let stop: () => Promise<unknown>

beforeAll(async () => {
  home = temporaryFolder()
  const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n'
  for (const name of ['web', 'db']) {
    writeChart(join(home, name), {
      'Chart.yaml': chartYaml(name),
      'templates/config.yaml': config,
    })
  }
  run('publish', 'web', 'db', './site')
  const { child, end } = startBuilt(['repo', 'serve', 'site', '--port', '0'], { cwd: home })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  url = /http:\S+/.exec(said.toString())?.[0] ?? ''
  stop = () => {
    child.kill('SIGINT')
    return end
  }
})
afterAll(() => stop())

function run(...args: string[]): string {
  const { code, stdout, stderr } = runBuilt(args, { cwd: home })
  expect([args.join(' '), code, stderr]).toEqual([args.join(' '), 0, ''])
  return stdout
}

test('a chart is rendered by both alike, and installed', async () => {
  const ours = run('template', 'shop', 'web', '--repo', url)
  const helm = await runHelmClient(['template', 'shop', 'web', '--repo', url], join(home, 'helm'))
  expect(helm.stdout).toBe(ours)
  run('install', 'shop', 'web', '--repo', url, '--target', 'dir:live', '--namespace', 'apps')
  expect(existsSync(join(home, 'live/apps/configmap-shop.yaml'))).toBe(true)
})

test('a repository that is added serves searches, pulls and dependencies of both', async () => {
  const helmHome = join(home, 'helm')
  await runHelmClient(['repo', 'add', 'served', url], helmHome)
  run('repo', 'add', 'served', url)
  const found = await runHelmClient(['search', 'repo', 'served/', '-o', 'json'], helmHome)
  expect(run('search', 'repo', 'served/', '-o', 'json')).toBe(found.stdout)

  for (const name of ['ours', 'theirs']) mkdirSync(join(home, name))
  run('pull', 'served/web', '-d', 'ours')
  await runHelmClient(['pull', 'served/web', '-d', join(home, 'theirs')], helmHome)
  const archive = (name: string) => readFileSync(join(home, name, 'web-1.0.0.tgz'))
  expect(archive('theirs').equals(archive('ours'))).toBe(true)

  const more = `dependencies: [{name: db, version: ^1, repository: "${url}"}]\n`
  const app = writeChart(join(home, 'app'), { 'Chart.yaml': chartYaml('app', more) })
  run('dependency', 'update', 'app')
  const built = await runHelmClient(['dependency', 'build', app], helmHome)
  expect(built.code).toBe(0)
})
