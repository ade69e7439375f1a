import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runBuilt, startBuilt } from '../support/built-cli.ts'
import { ensureNodes } from './releases.mjs'

/*
 * The built program on other releases of Node than the one that runs the tests: a day's work has
 * the same output there, to the byte and on both streams, so that no Node warns of anything.
 */

interface Step {
  args: string[]
  code: number | null
  stdout: string
  stderr: string
}

const nodes = ensureNodes()
const supported = Object.keys(nodes).filter((release) => !release.startsWith('18.'))
const target = ['--target', 'dir:deploy']
let base: string
let wanted: Step[]

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'kubectl-pkg-nodes-'))
  wanted = await workADay(process.execPath, 'own')
})

afterAll(() => {
  rmSync(base, { recursive: true, force: true })
})

test('this Node does all that is asked of it', () => {
  const failed = wanted.filter(({ args, code }) => code !== (args.includes('./broken') ? 9 : 0))
  expect(failed).toEqual([])
})

test.each(supported)('Node %s does the same', async (release) => {
  expect(await workADay(nodes[release] ?? '', release)).toEqual(wanted)
})

test('an older Node is refused with its version and place', () => {
  const node = nodes['18.20.8'] ?? ''
  expect(runBuilt(['version'], { cwd: base, node })).toEqual({
    code: 1,
    signal: null,
    stdout: '',
    stderr:
      'Error: Node v18.20.8 is too old for kubectl-pkg, which needs 20 or newer\n' +
      `  hint: This one is ${node}. Put a newer one before it on the PATH.\n`,
  })
})

/** Runs typical commands one after the other; every first one without V8's code cache. */
async function workADay(node: string, name: string): Promise<Step[]> {
  const cwd = join(base, name)
  mkdirSync(join(cwd, 'large/templates'), { recursive: true })
  mkdirSync(join(cwd, 'broken/templates'), { recursive: true })
  writeCharts(cwd)
  const steps = commands().map((args) => run(node, cwd, args))
  const archives = ['native-0.1.0.tgz', 'classic-0.1.0.tgz'].map((file) => unpacked(cwd, file))
  steps.push({ args: ['archives'], code: 0, stdout: archives.join('\n'), stderr: '' })

  const server = startBuilt(['repo', 'serve', 'site', '--port', '0'], { cwd, node })
  const url = await new Promise<string>((resolve, reject) => {
    server.child.stdout.on('data', (text: Buffer) => {
      resolve(/http:\S+/.exec(text.toString())?.[0] ?? '')
    })
    void server.end.then(({ stderr }) => reject(new Error(stderr)))
  })
  writeDependent(cwd, url)
  steps.push(...repositoryCommands(url).map((args) => run(node, cwd, args, url)))
  server.child.kill('SIGINT')
  const { code, stderr } = await server.end
  return [...steps, { args: ['repo', 'serve'], code, stdout: '', stderr }]
}

function run(node: string, cwd: string, args: string[], url = 'no-url'): Step {
  const { code, stdout, stderr } = runBuilt(args, { cwd, node })
  const told = (text: string) => withoutMoments(text.replaceAll(cwd, 'CWD').replaceAll(url, 'URL'))
  return { args: args.map(told), code, stdout: told(stdout), stderr: told(stderr) }
}

/** Nor the digests of archives: each Node brings its own zlib, and old ones make other bytes. */
function withoutMoments(text: string): string {
  return text
    .replaceAll(/sha256:\w{64}/g, 'DIGEST')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s"]*( \+0000 UTC)?/g, 'MOMENT')
    .replaceAll(/\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, 'MOMENT')
}

function commands(): string[][] {
  return [
    ['create', 'native'],
    ['create', 'classic', '--engine', 'gotemplate'],
    ['template', 'web', './native'],
    ['template', 'web', './classic', '--set', 'replicas=3,ingress.enabled=true'],
    ['template', 'web', './large'],
    ['template', 'web', './large'],
    ['template', 'web', './broken'],
    ['lint', './native', './classic'],
    ['show', 'all', './native'],
    ['values', 'schema', './classic'],
    ['values', 'types', './native'],
    ['images', './classic'],
    ['package', './native', './classic'],
    ['publish', './native-0.1.0.tgz', './classic-0.1.0.tgz', './site'],
    ['install', 'web', './native', ...target],
    ['upgrade', 'web', './native', '--set', 'replicas=2', ...target],
    ['diff', 'web', '1', '2', ...target],
    ['history', 'web', ...target],
    ['rollback', 'web', '1', ...target],
    ['get', 'values', 'web', '--all', ...target],
    ['install', 'big', './large', ...target],
    ['list', '-o', 'json', ...target],
    ['uninstall', 'web', ...target],
  ]
}

function repositoryCommands(url: string): string[][] {
  return [
    ['repo', 'add', 'here', url],
    ['search', 'repo', 'native'],
    ['show', 'chart', 'here/classic'],
    ['template', 'web', 'here/native'],
    ['pull', 'here/native', '--untar', '--untardir', 'pulled'],
    ['dependency', 'update', './app'],
    ['dependency', 'build', './app'],
    ['template', 'web', './app'],
  ]
}

function writeCharts(cwd: string): void {
  const files = {
    'large/Chart.yaml': 'apiVersion: v2\nname: large\nversion: 1.0.0\n',
    'large/values.yaml': `items:\n${Array.from({ length: 4000 }, (_, i) => `  key${i}: value ${i}\n`).join('')}`,
    'large/templates/all.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: all}
data:
{{- range $key, $value := .Values.items }}
  {{ $key }}: {{ printf "%s-%d" ($value | upper | trunc 40) (len $value) | quote }}
{{- end }}
`,
    'broken/Chart.yaml': 'apiVersion: v2\nname: broken\nversion: 1.0.0\n',
    'broken/templates/a.yaml': 'a: 1\nb: {{ .Values.none.deep }}\n',
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text)
}

function writeDependent(cwd: string, url: string): void {
  mkdirSync(join(cwd, 'app'))
  const wants = ['native', 'classic'].map(
    (name) => `- {name: ${name}, version: ^0.1, repository: "${url}"}\n`,
  )
  const chart = `apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n${wants.join('')}`
  writeFileSync(join(cwd, 'app/Chart.yaml'), chart)
}

function unpacked(cwd: string, file: string): string {
  const tar = gunzipSync(readFileSync(join(cwd, file)))
  return createHash('sha256').update(tar).digest('hex')
}
