import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../src/base/digest.ts'
import { builtCli, startBuilt } from '../support/built-cli.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { archiveOf, offer } from '../support/chart-site.ts'
import { startRepository, type FakeRepository } from '../support/fake-repository.ts'
import { memoryFolder } from '../support/memory-folder.ts'
import { canMount, runOnDisk } from '../support/small-disk.ts'
import { treeOf } from '../support/target.ts'

/*
 * The built program works on real disks of every size from the one that is full already. What it
 * cannot write stays as it was, and the message names file and disk.
 */

const PAGE = 4096

let root: string
let repository: FakeRepository

beforeAll(async () => {
  root = memoryFolder('kubectl-pkg-full-')
  repository = await startRepository()
  const noise = { 'noise.txt': sha256(Buffer.from('a')).repeat(20) }
  offer(repository, [
    { name: 'web', archive: archiveOf('web', '', noise) },
    { name: 'web', version: '2.0.0', archive: archiveOf('web', '', noise, '2.0.0') },
  ])
})
afterAll(async () => {
  await repository.close()
  rmSync(root, { recursive: true, force: true })
})

interface Row {
  what: string
  args: string[]
  prepare: (home: string) => unknown
  /** Paths that count, in whole. */
  paths: string[]
}

const ROWS: Row[] = [
  {
    what: 'repo add',
    args: ['repo', 'add', 'more'],
    prepare: configure,
    paths: ['.config/kubectl-pkg'],
  },
  {
    what: 'repo update',
    args: ['repo', 'update'],
    async prepare(home) {
      configure(home)
      const index = repository.files.get('/index.yaml') as string
      repository.files.set('/index.yaml', index.replace(/version: 2\.0\.0/, 'version: 1.5.0'))
      await startBuilt(['repo', 'update'], { cwd: home }).end
      repository.files.set('/index.yaml', index)
    },
    paths: ['.cache/kubectl-pkg/repositories'],
  },
  {
    what: 'pull',
    args: ['pull', 'corp/web', '-d', 'out'],
    prepare(home) {
      configure(home)
      writeChart(join(home, 'out'), { 'web-2.0.0.tgz': 'what was there' })
    },
    paths: ['out'],
  },
  {
    what: 'pull --untar',
    args: ['pull', 'corp/web', '--untar'],
    prepare: configure,
    paths: ['web'],
  },
  {
    what: 'dependency update',
    args: ['dependency', 'update', 'app'],
    prepare(home) {
      const more = `dependencies: [{name: web, version: ^2, repository: "${repository.url}"}]\n`
      writeChart(join(home, 'app'), { 'Chart.yaml': chartYaml('app', more), 'Chart.lock': '{}\n' })
      mkdirSync(join(home, 'app/charts'))
      keep('web-1.0.0.tgz', join(home, 'app/charts'))
    },
    paths: ['app/charts', 'app/Chart.lock'],
  },
  {
    what: 'publish',
    args: ['publish', 'web-2.0.0.tgz', './repository'],
    async prepare(home) {
      for (const version of ['1.0.0', '2.0.0']) keep(`web-${version}.tgz`, home)
      await startBuilt(['publish', 'web-1.0.0.tgz', './repository'], { cwd: home }).end
    },
    paths: ['repository/index.yaml'],
  },
  {
    what: 'package',
    args: ['package', 'app', '-d', 'out'],
    prepare(home) {
      writeChart(join(home, 'app'), { 'Chart.yaml': chartYaml('app') })
      writeChart(join(home, 'out'), { 'app-1.0.0.tgz': 'what was there' })
    },
    paths: ['out'],
  },
  {
    what: 'bundle create',
    args: ['bundle', 'create', 'app', '--file', 'app.tar'],
    prepare(home) {
      writeChart(home, { 'app.tar': 'what was there' })
      writeChart(join(home, 'app'), { 'Chart.yaml': chartYaml('app') })
    },
    paths: ['app.tar'],
  },
]

function configure(home: string): void {
  writeChart(join(home, '.config/kubectl-pkg'), {
    'repositories.yaml': `repositories: [{name: corp, url: "${repository.url}"}]\n`,
  })
}

function keep(name: string, folder: string): void {
  writeFileSync(join(folder, name), repository.files.get(`/${name}`) as Buffer)
}

/** Names and digests of what is below the paths, but for the time of a run. */
function stateOf(home: string, paths: readonly string[]): string {
  return treeOf(home)
    .filter(({ path }) => paths.some((each) => path === each || path.startsWith(`${each}/`)))
    .filter(({ path }) => !path.endsWith('.lock'))
    .map(({ path, text }) => `${path} ${digestOf(text.replaceAll(/(generated|created): .*/g, ''))}`)
    .join('\n')
}

function digestOf(text: string): string {
  return sha256(Buffer.from(text)).slice(0, 8)
}

/** How much a tmpfs needs for what a folder holds: whole pages for each file. */
function sizeOf(home: string): number {
  const pages = treeOf(home).map(({ path }) => Math.ceil(statSync(join(home, path)).size / PAGE))
  return (
    PAGE *
    Math.max(
      1,
      pages.reduce((sum, each) => sum + each, 0),
    )
  )
}

interface Point {
  home: string
  disk: string
  after: string
}

function pointAt(base: string, name: string): Point {
  const home = join(`${base}-${name}`)
  mkdirSync(home)
  return { home, disk: join(home, 'disk'), after: join(home, 'after') }
}

function run(args: readonly string[], { disk, after }: Point, before: string, size: number) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: disk, TZ: 'UTC' }
  const script = 'cd "$HOME" && exec "$@"'
  const program = ['sh', '-c', script, 'sh', process.execPath, builtCli(), ...args]
  return runOnDisk(program, { at: disk, size, before, after }, env)
}

describe.runIf(canMount())('on a disk that is full', () => {
  test.each(ROWS)(
    '$what leaves what was there, and says which disk it is',
    async ({ what, args, prepare, paths }) => {
      const base = join(root, what.replaceAll(/\W+/g, '-'))
      mkdirSync(base)
      await prepare(base)
      const words = what === 'repo add' ? [...args, `${repository.url}/`] : args
      const roomy = pointAt(base, 'roomy')
      const undisturbed = await run(words, roomy, base, 1 << 22)
      expect(undisturbed).toMatchObject({ code: 0, stderr: '' })
      const ends = [stateOf(base, paths), stateOf(roomy.after, paths)]
      expect(ends[0]).not.toBe(ends[1])

      const outcomes: string[] = []
      for (let more = 0; outcomes.at(-1) !== 'done'; more += PAGE) {
        const point = pointAt(base, String(more))
        const { code, stderr } = await run(words, point, base, sizeOf(base) + more)
        const state = ends.indexOf(stateOf(point.after, paths))
        const strays = treeOf(point.after).filter(({ path }) => path.endsWith('.tmp'))
        expect({ more, state, strays, stderr }).toMatchObject({
          state: code === 0 ? 1 : 0,
          strays: [],
        })
        if (code !== 0) {
          expect(stderr).toMatch(/ENOSPC: no space left on device, \w+ '?[^']*\w/)
          expect(stderr).toContain(`The disk at ${point.disk} is full; free space there.`)
        }
        outcomes.push(code === 0 && stderr === '' ? 'done' : code === 0 ? 'without cache' : 'kept')
      }
      expect(outcomes.length).toBeGreaterThan(1)
    },
    120_000,
  )
})
