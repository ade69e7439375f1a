import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import Pull from '../../src/commands/pull.ts'
import Publish from '../../src/commands/publish.ts'
import RepoAdd from '../../src/commands/repo/add.ts'
import RepoUpdate from '../../src/commands/repo/update.ts'
import Versions from '../../src/commands/versions.ts'
import { archiveOf } from '../support/chart-site.ts'
import { runHelmClient } from '../support/helm-client.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import { runCli, type CommandClass } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* A published folder behind a real web server; this program and the real Helm are its clients. */

let folder: string
let nginx: Nginx
let home: string
let count = 0
let before = 0

beforeAll(async () => {
  folder = temporaryFolder()
  const archives = ['1.0.0', '1.1.0'].map((version) => {
    const path = join(folder, `web-${version}.tgz`)
    writeFileSync(path, archiveOf('web', `description: ${'long '.repeat(200)}\n`, {}, version))
    return path
  })
  const { code } = await runCli(Publish, [...archives, join(folder, 'site')])
  expect(code).toBe(0)
  nginx = await startNginx(join(folder, 'site'))
})
afterAll(() => nginx.stop())
beforeEach(() => {
  home = join(folder, `home-${count++}`)
  mkdirSync(home)
  before = nginx.log().length
})

const LOGIN = ['--username', 'ann', '--password', 'correct horse']

async function run(command: CommandClass, argv: string[]) {
  const env = {
    KUBECTL_PKG_CONFIG_HOME: join(home, 'config'),
    KUBECTL_PKG_CACHE_HOME: join(home, 'cache'),
  }
  const { code, stdout, stderr } = await runCli(command, argv, { env, cwd: home })
  return { code, stdout: stdout.toString(), stderr }
}

/** Lines about a path or user since the test began; they are written once the answer is out. */
async function logged(word: string): Promise<string[]> {
  const lines = () =>
    nginx
      .log()
      .slice(before)
      .filter((line) => line.includes(word))
  await expect.poll(() => lines().length).toBeGreaterThan(0)
  return lines()
}

test('the index comes compressed, and is not sent again while it is the same', async () => {
  await run(RepoAdd, ['corp', nginx.url])
  expect(await run(RepoUpdate, [])).toMatchObject({ code: 0 })

  const lines = await logged('/index.yaml')
  expect(lines[0]).toBe('200 GET /index.yaml - gzip')
  expect(lines.at(-1)).toMatch(/^304 GET \/index\.yaml/)
  const { stdout } = await run(Versions, ['corp/web', '--offline', '-o', 'json'])
  expect(stdout).toContain('1.1.0')
})

test('Helm and we pull the same bytes', async () => {
  await runHelmClient(['repo', 'add', 'corp', nginx.url], home)
  const helm = await runHelmClient(['pull', 'corp/web', '--version', '1.0.0'], home)
  expect({ code: helm.code, stderr: helm.stderr }).toEqual({ code: 0, stderr: '' })
  const ours = await run(Pull, [
    'web',
    '--repo',
    nginx.url,
    '--version',
    '1.0.0',
    '-d',
    join(home, 'ours'),
  ])
  expect(ours.code, ours.stderr).toBe(0)

  const published = readFileSync(join(folder, 'site/web-1.0.0.tgz'))
  expect(readFileSync(join(home, 'web-1.0.0.tgz'))).toEqual(published)
  expect(readFileSync(join(home, 'ours/web-1.0.0.tgz'))).toEqual(published)
})

test('a password is asked for, and given to its own host', async () => {
  const without = await run(RepoAdd, ['corp', nginx.closedUrl])
  expect({ code: without.code, said: without.stderr.includes('401') }).toEqual({
    code: 7,
    said: true,
  })

  const login = await run(RepoAdd, ['corp', nginx.closedUrl, ...LOGIN])
  expect(login.code, login.stderr).toBe(0)
  const pulled = await run(Pull, ['corp/web', '-d', home])
  expect(pulled.code, pulled.stderr).toBe(0)
  expect(await logged('web-1.1.0.tgz')).toEqual(['200 GET /web-1.1.0.tgz ann -'])
})

test('a password does not follow a redirect to another port', async () => {
  const { code, stderr } = await run(RepoAdd, ['corp', nginx.movedUrl, ...LOGIN])
  expect({ code, said: stderr.includes('401') }).toEqual({ code: 7, said: true })
  expect(await logged('401')).toEqual(['401 GET /index.yaml - -'])

  const told = await run(RepoAdd, ['corp', nginx.movedUrl, ...LOGIN, '--pass-credentials'])
  expect(told.code, told.stderr).toBe(0)
  expect(await logged('200')).toEqual(['200 GET /index.yaml ann gzip'])
})
