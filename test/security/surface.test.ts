import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runBuilt } from '../support/built-cli.ts'

/*
 * A preload writes down every socket, name resolution, process and file that a command opens;
 * so nothing depends on what the command says of itself.
 */

const WATCH = `
const fs = require('node:fs')
const seen = []
const write = fs.writeFileSync
process.on('exit', () => write(process.env.WATCH_LOG, seen.join('\\n')))
const watch = (object, name, what) => {
  const real = object[name]
  object[name] = function (...args) {
    const path = typeof args[0] === 'string' ? args[0] : String(args[0]?.path ?? args[0])
    seen.push(what + ' ' + name + ' ' + path)
    return real.apply(this, args)
  }
}
watch(require('node:net').Socket.prototype, 'connect', 'socket')
const dns = require('node:dns')
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  watch(dns, name, 'dns')
  watch(dns.promises, name, 'dns')
}
const child = require('node:child_process')
for (const name of ['spawn', 'spawnSync', 'exec', 'execFile', 'execFileSync', 'execSync', 'fork']) {
  watch(child, name, 'process')
}
for (const name of ['readFileSync', 'openSync', 'readdirSync', 'statSync', 'lstatSync']) {
  watch(fs, name, 'read')
}
for (const name of ['readFile', 'open', 'readdir', 'stat', 'lstat']) watch(fs.promises, name, 'read')
for (const name of ['writeFileSync', 'mkdirSync', 'renameSync', 'appendFileSync', 'rmSync']) {
  watch(fs, name, 'write')
}
for (const name of ['writeFile', 'mkdir', 'rename', 'unlink']) watch(fs.promises, name, 'write')
`

let cwd: string
let elsewhere: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kubectl-pkg-surface-'))
  elsewhere = mkdtempSync(join(tmpdir(), 'kubectl-pkg-watch-'))
  writeFileSync(join(elsewhere, 'watch.cjs'), WATCH)
  writeFileSync(join(elsewhere, 'log'), '')
  writeChart()
})
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true })
  rmSync(elsewhere, { recursive: true, force: true })
})

const TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata:
  name: x
data:
  host: {{ getHostByName "example.com" | quote }}
  found: {{ lookup "v1" "Secret" "" "" | toJson | quote }}
  file: {{ .Files.Get "../../../../etc/passwd" | quote }}
`

function writeChart(): void {
  mkdirSync(join(cwd, 'web/templates'), { recursive: true })
  // Neither a chart's metadata nor its values can name a program.
  writeFileSync(
    join(cwd, 'web/Chart.yaml'),
    'apiVersion: v2\nname: web\nversion: 1.0.0\nannotations:\n  post-renderer: /bin/false\n',
  )
  writeFileSync(
    join(cwd, 'web/values.yaml'),
    'post-renderer: /bin/false\npostRenderer: /bin/false\n',
  )
  writeFileSync(join(cwd, 'web/templates/x.yaml'), TEMPLATE)
  mkdirSync(join(cwd, '.kube'))
  writeFileSync(
    join(cwd, '.kube/config'),
    'apiVersion: v1\nkind: Config\nusers: [{name: a, user: {exec: {command: /bin/false}}}]\n',
  )
}

/** Runs a command under watch; gives what it did, by kind. */
function watched(args: string[], env: Record<string, string> = {}) {
  const log = join(elsewhere, 'log')
  const run = runBuilt(args, {
    cwd,
    env: { WATCH_LOG: log, KUBECONFIG: join(cwd, '.kube/config'), ...env },
    preload: [join(elsewhere, 'watch.cjs')],
  })
  const lines = readFileSync(log, 'utf8').split('\n')
  const of = (kind: string) => lines.filter((line) => line.startsWith(`${kind} `))
  return { ...run, of }
}

const paths = () => readdirSync(cwd, { recursive: true, encoding: 'utf8' }).sort()

test.each([
  { args: ['template', 'web', './web'] },
  {
    args: ['template', 'web', './web', '--output-dir', 'out'],
    writes: ['out', 'out/web', 'out/web/templates', 'out/web/templates/x.yaml'],
  },
  { args: ['lint', './web'] },
  { args: ['package', './web'], writes: ['web-1.0.0.tgz'] },
  { args: ['show', 'all', './web'] },
  { args: ['version'] },
  // It prints the namespace of the person's context.
  { args: ['env'], readsKubeconfig: true },
  { args: ['completion', 'bash'] },
])(
  '$args reaches no network, no cluster, no program, and writes only what it is for',
  ({ args, writes = [], readsKubeconfig = false }) => {
    const before = paths()
    const { code, stderr, of } = watched(args)

    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect([...of('socket'), ...of('dns'), ...of('process')]).toEqual([])
    expect(of('read').some((line) => line.includes('.kube/'))).toBe(readsKubeconfig)
    expect(of('read').filter((line) => line.includes('/etc/passwd'))).toEqual([])
    // The person's own cache of compiled code is the one other place.
    const added = paths().filter((path) => !before.includes(path) && !path.startsWith('.cache'))
    expect(added).toEqual(writes)
    const outside = of('write').filter(
      (line) => !line.includes(cwd) && /(Sync|File|mkdir|rename|unlink) \//.test(line),
    )
    expect(outside).toEqual([])
  },
)

test('the chart sees no address, no object and no file from outside', () => {
  const { stdout } = watched(['template', 'web', './web'])
  expect(stdout).toContain('host: ""\n  found: "{}"\n  file: ""\n')
})

test('a name is resolved only when the person asks for it', () => {
  const { of } = watched(['template', 'web', './web', '--enable-dns'])
  expect([...of('dns'), ...of('process')].length).toBeGreaterThan(0)
})

test('installing into a directory reaches no network and no cluster', () => {
  const { code, of } = watched(['install', 'web', './web', '--target', 'dir:deploy'])
  expect(code).toBe(0)
  expect([...of('socket'), ...of('dns'), ...of('process')]).toEqual([])
  expect(of('read').filter((line) => line.includes('.kube/'))).toEqual([])
})

test('what lies in the working folder is not run', () => {
  const evil = 'require("node:fs").writeFileSync("owned", "")\n'
  mkdirSync(join(cwd, 'node_modules/@oclif/plugin-evil'), { recursive: true })
  for (const name of ['@oclif/core', 'kubectl-pkg', 'typescript', 'axios', 'yaml', 'handlebars']) {
    mkdirSync(join(cwd, 'node_modules', name), { recursive: true })
    writeFileSync(join(cwd, 'node_modules', name, 'index.js'), evil)
    writeFileSync(
      join(cwd, 'node_modules', name, 'package.json'),
      `{"name":"${name}","main":"index.js"}`,
    )
  }
  writeFileSync(join(cwd, 'node_modules/@oclif/plugin-evil/index.js'), evil)
  writeFileSync(
    join(cwd, 'package.json'),
    '{"name":"kubectl-pkg","oclif":{"plugins":["@oclif/plugin-evil"],"devPlugins":["@oclif/plugin-evil"],"commands":"./node_modules/@oclif/plugin-evil"}}',
  )
  writeFileSync(join(cwd, '.npmrc'), `node-options=--require ${join(cwd, 'evil.cjs')}\n`)
  writeFileSync(join(cwd, '.oclifrc'), '{"plugins":["@oclif/plugin-evil"]}')
  writeFileSync(join(cwd, 'evil.cjs'), evil)

  for (const args of [
    ['template', 'web', './web'],
    ['--help'],
    ['lint', './web'],
    ['nonsense'],
    ['plugins'],
  ]) {
    runBuilt(args, { cwd, env: { NODE_ENV: 'development', DEV: '1' } })
    expect(paths()).not.toContain('owned')
  }
})
