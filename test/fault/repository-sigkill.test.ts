import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../src/base/digest.ts'
import { startBuilt } from '../support/built-cli.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { archiveOf, offer } from '../support/chart-site.ts'
import { fakeRegistry, type FakeRegistry } from '../support/fake-registry.ts'
import { startRepository, type FakeRepository } from '../support/fake-repository.ts'
import { memoryFolder } from '../support/memory-folder.ts'
import { treeOf } from '../support/target.ts'

/*
 * The built program is killed for real at some of the steps that change files, a write in the
 * middle. What it leaves is the old state or the new one, and the same command ends in the new.
 */

/** Points of one command; other suites visit every step in one process. */
const POINTS = 6
const PRELOAD = join(import.meta.dirname, '../support/kill-at.cjs')

let root: string
let repository: FakeRepository
let registry: FakeRegistry

beforeAll(async () => {
  root = memoryFolder('kubectl-pkg-repositories-')
  repository = await startRepository()
  registry = await fakeRegistry(({ path }) => (path === '/v2/' ? { status: 200 } : undefined))
  const common = { name: 'common', archive: archiveOf('common') }
  const offers = ['1.0.0', '2.0.0'].map((version) => ({
    name: 'web',
    version,
    archive: archiveOf('web', '', { 'values.yaml': `a: ${'x'.repeat(5000)}\n` }, version),
  }))
  offer(repository, [common, ...offers])
})
afterAll(async () => {
  await repository.close()
  await registry.close()
  rmSync(root, { recursive: true, force: true })
})

function run(home: string, args: readonly string[], env: Record<string, string> = {}) {
  return startBuilt(args, { cwd: home, env, preload: [PRELOAD] }).end
}

/** Names and digests of what a folder shows; names with a dot are nobody's to read. */
function shown(folder: string): string {
  if (!existsSync(folder)) return ''
  return treeOf(folder)
    .filter(({ path }) => !path.split('/').some((part) => part.startsWith('.')))
    .map(({ path, text }) => `${path} ${sha256(Buffer.from(text)).slice(0, 8)}`)
    .join('\n')
}

function addRepository(home: string): void {
  writeChart(join(home, '.config/kubectl-pkg'), {
    'repositories.yaml': `repositories: [{name: corp, url: "${repository.url}"}]\n`,
  })
}

interface Row {
  what: string
  args: () => string[]
  prepare: (home: string) => unknown
  stateOf: (home: string) => string | Promise<string>
  /** Whether a state between the old and the new one is a safe one. */
  isBetween?: (state: string, ends: { before: string; after: string }) => boolean
}

const ROWS: Row[] = [
  {
    what: 'repo update',
    args: () => ['repo', 'update'],
    async prepare(home) {
      addRepository(home)
      const index = repository.files.get('/index.yaml') as string
      repository.files.set('/index.yaml', index.replace(/version: 2\.0\.0/, 'version: 1.5.0'))
      await run(home, ['repo', 'update'])
      repository.files.set('/index.yaml', index)
    },
    stateOf: async (home) =>
      (await run(home, ['versions', 'corp/web', '--offline', '-o', 'json'])).stdout,
  },
  {
    what: 'pull',
    args: () => ['pull', 'corp/web', '-d', 'out'],
    prepare(home) {
      addRepository(home)
      writeChart(join(home, 'out'), { 'web-2.0.0.tgz': 'what was there' })
    },
    stateOf: (home) => shown(join(home, 'out')),
  },
  {
    what: 'pull --untar',
    args: () => ['pull', 'corp/web', '--untar', '-d', 'out'],
    prepare: addRepository,
    stateOf: (home) => shown(join(home, 'out')),
  },
  {
    what: 'dependency build',
    args: () => ['dependency', 'build', 'app'],
    prepare(home) {
      const entry = (name: string, version: string) =>
        `- {name: ${name}, version: ${version}, repository: "${repository.url}"}\n`
      const more = `dependencies:\n${entry('web', '2.0.0')}${entry('common', '1.0.0')}`
      writeChart(join(home, 'app'), { 'Chart.yaml': chartYaml('app', more) })
      mkdirSync(join(home, 'app/charts'))
      writeFileSync(
        join(home, 'app/charts/web-1.0.0.tgz'),
        repository.files.get('/web-1.0.0.tgz') as Buffer,
      )
    },
    stateOf: (home) => shown(join(home, 'app/charts')),
    // An archive may be missing until the next run; no old one is there beside its successor.
    isBetween: (state, { before, after }) =>
      state
        .split('\n')
        .every((line) => line === '' || before.includes(line) || after.includes(line)) &&
      !(state.includes('web-1.0.0') && state.includes('web-2.0.0')),
  },
  {
    what: 'publish',
    args: () => ['publish', 'web-2.0.0.tgz', './repository'],
    async prepare(home) {
      for (const version of ['1.0.0', '2.0.0']) {
        const name = `web-${version}.tgz`
        writeFileSync(join(home, name), repository.files.get(`/${name}`) as Buffer)
      }
      await run(home, ['publish', 'web-1.0.0.tgz', './repository'])
    },
    stateOf: (home) => indexed(join(home, 'repository')),
  },
  {
    what: 'registry login',
    args: () => [
      ...['registry', 'login', registry.host, '--plain-http'],
      ...['-u', 'ann', '-p', 'secret', '--registry-config', 'config.json'],
    ],
    prepare: (home) =>
      writeFileSync(join(home, 'config.json'), '{"auths": {"other.example": {"auth": "YTpi"}}}'),
    stateOf: (home) => JSON.stringify(JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'))),
  },
]

/** What an index names, with whether the bytes are there that it has the digests of. */
function indexed(folder: string): string {
  const text = readFileSync(join(folder, 'index.yaml'), 'utf8')
  const archives = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  const digests = new Map(archives.map((name) => [name, sha256(readFileSync(join(folder, name)))]))
  const entries = [...text.matchAll(/digest: (\w+)[^]*?- (\S+\.tgz)/g)]
  return entries
    .map(([, digest, name = '']) => `${name} ${digests.get(name) === digest}`)
    .join('\n')
}

test.each(ROWS)(
  '$what, killed, leaves the old state or the new one',
  async ({ what, args, prepare, stateOf, isBetween = () => false }) => {
    const base = join(root, what.replaceAll(/\W+/g, '-'))
    mkdirSync(base)
    await prepare(base)
    const undisturbed = copyOf(base, 'undisturbed')
    const count = join(undisturbed, '.count')
    const { code, stderr } = await run(undisturbed, args(), { KILL_COUNT: count })
    expect(code, stderr).toBe(0)
    const steps = Number(readFileSync(count, 'utf8'))
    const ends = { before: await stateOf(base), after: await stateOf(undisturbed) }
    expect(steps).toBeGreaterThan(3)
    expect(ends.after).not.toBe(ends.before)

    const every = Math.max(1, Math.floor(steps / POINTS))
    const points = Array.from({ length: Math.ceil(steps / every) }, (_, at) => at * every + 1)
    const problems = await Promise.all(
      points.map(async (at) => {
        const home = copyOf(base, String(at))
        const { signal } = await run(home, args(), { KILL_AT: String(at) })
        if (signal !== 'SIGKILL') return `${at}: was not killed`
        const state = await stateOf(home)
        const isEnd = state === ends.before || state === ends.after
        if (!isEnd && !isBetween(state, ends)) return `${at}: left ${state}`
        if (state === ends.after) return ''
        const again = await run(home, args())
        const end = await stateOf(home)
        return end === ends.after ? '' : `${at}: ended in ${end}; ${again.stderr}`
      }),
    )
    expect(problems.filter((problem) => problem !== '')).toEqual([])
  },
  120_000,
)

function copyOf(base: string, name: string): string {
  const path = `${base}-${name}`
  cpSync(base, path, { recursive: true })
  return path
}
