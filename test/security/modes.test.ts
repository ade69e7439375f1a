import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { builtCli } from '../support/built-cli.ts'
import { spawnSync } from 'node:child_process'
import { targz } from '../support/targz.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kubectl-pkg-modes-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

/** Runs the built program under a umask, which only a process of its own can have. */
function run(umask: string, ...args: string[]): void {
  const script = `umask ${umask} && exec "$@"`
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', script, 'sh', process.execPath, builtCli(), ...args],
    { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: cwd }, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
}

/** Mode of everything below a folder, by path: `644 web/Chart.yaml`. */
function modes(folder: string): string[] {
  return readdirSync(join(cwd, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(cwd, folder, name))
    .map((path) => {
      const stat = statSync(path)
      const name = relative(cwd, path)
      return `${(stat.mode & 0o7777).toString(8)} ${stat.isDirectory() ? `${name}/` : name}`
    })
}

function writeChart(): void {
  mkdirSync(join(cwd, 'web/templates'), { recursive: true })
  writeFileSync(join(cwd, 'web/Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
  const object = (kind: string) => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: x\n`
  writeFileSync(
    join(cwd, 'web/templates/all.yaml'),
    `${object('ConfigMap')}---\n${object('Secret')}`,
  )
}

const UMASKS = [
  { umask: '000', folder: '755', shared: '644', target: '777' },
  { umask: '022', folder: '755', shared: '644', target: '755' },
  { umask: '077', folder: '700', shared: '600', target: '700' },
]

test.each(UMASKS)(
  'under umask $umask a directory target keeps records and Secrets for their owner',
  ({ umask, shared, target }) => {
    writeChart()
    run(umask, 'install', 'web', 'web', '--target', 'dir:t')

    expect(modes('t').filter((line) => !line.includes('.kubectl-pkg'))).toEqual([
      `${target} t/default/`,
      `${shared} t/default/configmap-x.yaml`,
      '600 t/default/secret-x.yaml',
    ])
    const records = modes('t').filter((line) => line.includes('.kubectl-pkg'))
    expect(records.length).toBeGreaterThan(4)
    expect(records.filter((line) => !/^(700 .*\/|600 .*[^/])$/.test(line))).toEqual([])
  },
)

test.each(UMASKS)(
  'under umask $umask what create writes has no more rights',
  ({ umask, folder, shared }) => {
    run(umask, 'create', 'mine')
    const isWrong = (line: string) =>
      !(line.endsWith('/') ? line.startsWith(folder) : line.startsWith(shared))
    expect(modes('mine').length).toBeGreaterThan(5)
    expect(modes('mine').filter(isWrong)).toEqual([])
  },
)

test.each(UMASKS)(
  'under umask $umask what package and template write has no more rights',
  ({ umask, folder, shared }) => {
    writeChart()
    run(umask, 'package', 'web')
    run(umask, 'template', 'web', 'web', '--output-dir', 'out')

    expect((statSync(join(cwd, 'web-1.0.0.tgz')).mode & 0o7777).toString(8)).toBe(shared)
    expect(modes('out')).toEqual([
      `${folder} out/web/`,
      `${folder} out/web/templates/`,
      `${shared} out/web/templates/all.yaml`,
    ])
  },
)

test('the rights of an archive reach neither the output nor the objects', () => {
  const yaml = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'
  const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n'
  writeFileSync(
    join(cwd, 'web.tgz'),
    targz([
      { name: 'web/Chart.yaml', data: yaml, mode: '0006777' },
      { name: 'web/templates/x.yaml', data: object, mode: '0006777' },
    ]),
  )
  run('022', 'template', 'web', 'web.tgz', '--output-dir', 'out')
  expect(modes('out').at(-1)).toBe('644 out/web/templates/x.yaml')
})

test.each(UMASKS)(
  'under umask $umask the code that Node compiled is kept for its owner',
  ({ umask }) => {
    run(umask, 'version')
    const cached = modes('.cache').filter((line) => line.includes('/code/'))
    expect(cached.length).toBeGreaterThan(1)
    expect(cached.filter((line) => !/^(700 .*\/|600 .*[^/])$/.test(line))).toEqual([])
  },
)
