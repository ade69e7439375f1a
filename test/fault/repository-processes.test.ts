import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadRepositories } from '../../src/repo/repositories.ts'
import { readIndex } from '../../src/index/read.ts'
import { startBuilt } from '../support/built-cli.ts'
import { archiveOf, offer } from '../support/chart-site.ts'
import { startRepository, type FakeRepository } from '../support/fake-repository.ts'
import { memoryFolder } from '../support/memory-folder.ts'

/* Processes of the built program work with one folder, one configuration or one cache at once. */

const MANY = 8
const numbers = Array.from({ length: MANY }, (_, at) => at)
let root: string
let server: FakeRepository
beforeAll(async () => {
  root = memoryFolder('kubectl-pkg-processes-')
  server = await startRepository()
  offer(server, [{ name: 'web', archive: archiveOf('web') }])
})
afterAll(async () => {
  await server.close()
  rmSync(root, { recursive: true, force: true })
})

/** Runs a line for each number side by side; all of them have to succeed. */
async function together(home: string, lineOf: (number: number) => string[]): Promise<void> {
  const runs = numbers.map((number) => startBuilt(lineOf(number), { cwd: home }).end)
  const ended = await Promise.all(runs)
  expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    numbers.map(() => ({ code: 0, stderr: '' })),
  )
}

function homeOf(name: string): string {
  const home = join(root, name)
  mkdirSync(home)
  return home
}

/** Every file below a folder; an unfinished one has a name of its own. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
}

test('publishers to one folder lose nothing', async () => {
  const home = homeOf('publish')
  for (const number of numbers) {
    writeFileSync(join(home, `c${number}-1.0.0.tgz`), archiveOf(`c${number}`))
  }
  await together(home, (number) => ['publish', `c${number}-1.0.0.tgz`, './site'])

  const indexed: string[] = []
  readIndex(readFileSync(join(home, 'site', 'index.yaml')), () => ({
    add: (key, entries) => void indexed.push(...entries.map(({ version }) => `${key} ${version}`)),
  }))
  expect(indexed.sort()).toEqual(numbers.map((number) => `c${number} 1.0.0`))
  expect(filesBelow(join(home, 'site'))).toEqual([
    ...numbers.map((number) => `c${number}-1.0.0.tgz`),
    'index.yaml',
  ])
})

test('repositories that are added at once are all there', async () => {
  const home = homeOf('add')
  await together(home, (number) => ['repo', 'add', `r${number}`, server.url])
  const file = join(home, '.config', 'kubectl-pkg', 'repositories.yaml')
  const names = (await loadRepositories(file)).map(({ name }) => name)
  expect(names.sort()).toEqual(numbers.map((number) => `r${number}`))
})

test('one chart that all of them pull is once in the cache, and whole everywhere', async () => {
  const home = homeOf('pull')
  await together(home, (number) => ['pull', 'web', '--repo', server.url, '-d', `out-${number}`])
  const archive = readFileSync(join(home, 'out-0', 'web-1.0.0.tgz'))
  expect(archive).toEqual(server.files.get('/web-1.0.0.tgz'))
  for (const number of numbers) {
    expect(readFileSync(join(home, `out-${number}`, 'web-1.0.0.tgz'))).toEqual(archive)
  }
  expect(filesBelow(join(home, '.cache', 'kubectl-pkg', 'charts'))).toHaveLength(1)
})
