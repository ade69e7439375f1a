import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtCli } from '../support/built-cli.ts'
import { oracle } from '../support/oracle.mjs'

/*
 * The built program as a process, laid out as npm installs it. It is built from the sources
 * when these tests run, so that they need no `dist` and never see a stale one.
 */

const root = join(import.meta.dirname, '..', '..')
const kubectl = oracle('kubectl')
let app: string
let bin: string
let work: string

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'kubectl-pkg-app-'))
  work = mkdtempSync(join(tmpdir(), 'kubectl-pkg-work-'))
  cpSync(dirname(builtCli()), join(app, 'dist'), { recursive: true })
  for (const name of ['package.json', 'oclif.manifest.json', 'charts', 'schemas', 'docs']) {
    cpSync(join(root, name), join(app, name), { recursive: true })
  }
  bin = join(app, 'bin')
  mkdirSync(bin)
  const { bin: bins } = readJson<{ bin: Record<string, string> }>(join(app, 'package.json'))
  for (const [name, file] of Object.entries(bins)) {
    chmodSync(join(app, file), 0o755)
    symlinkSync(join(app, file), join(bin, name))
  }
})

afterAll(() => {
  rmSync(app, { recursive: true })
  rmSync(work, { recursive: true })
})

test('the committed manifest is that of the commands', () => {
  const copy = mkdtempSync(join(tmpdir(), 'kubectl-pkg-manifest-'))
  cpSync(join(app, 'dist'), join(copy, 'dist'), { recursive: true })
  cpSync(join(app, 'package.json'), join(copy, 'package.json'))
  const made = run(process.execPath, [join(root, 'node_modules/oclif/bin/run.js'), 'manifest'], {
    cwd: copy,
  })
  expect(made.code).toBe(0)
  expect(readJson(join(copy, 'oclif.manifest.json'))).toEqual(
    readJson(join(root, 'oclif.manifest.json')),
  )
  rmSync(copy, { recursive: true })
})

test('both programs run by their names', () => {
  const { version } = readJson<{ version: string }>(join(root, 'package.json'))
  expect(run('kubectl-pkg', ['version', '--short'])).toEqual({
    code: 0,
    stdout: `v${version}\n`,
    stderr: '',
  })
  expect(run('kubectl_complete-pkg', ['get', 'va'])).toEqual({
    code: 0,
    stdout:
      'values\tPrint the values a release was given, or with --all those its templates saw.\n:4\n',
    stderr: '',
  })
})

test('an unknown command is a failure of ours, not of the framework', () => {
  expect(run('kubectl-pkg', ['instal'])).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'Error: unknown command "instal" for "kubectl pkg"\n' +
      '  hint: Did you mean "kubectl pkg install"? Run "kubectl pkg help" to see the commands.\n' +
      '  code: USAGE\n',
  })
})

test('help without a terminal is as wide as COLUMNS says', () => {
  const { code, stdout } = run('kubectl-pkg', ['install', '--help'], { env: { COLUMNS: '50' } })
  const words = stdout.split('\n').filter((line) => line.length > 50 && !line.startsWith('  kube'))
  expect({ code, words }).toEqual({ code: 0, words: [] })
})

test.each(['0', '-5', 'wide', '1e3'])('help is of the usual width where COLUMNS is %j', (width) => {
  const helpOf = (env: Record<string, string>) => run('kubectl-pkg', ['list', '--help'], { env })
  expect(helpOf({ COLUMNS: width })).toEqual(helpOf({}))
})

test('a reader that goes away early ends the run in silence', () => {
  run('kubectl-pkg', ['create', 'web'])
  writeFileSync(join(work, 'web/values.yaml'), '# as long as a pipe is not\n'.repeat(50_000))
  const line = 'kubectl-pkg show values ./web | head -1; echo "${PIPESTATUS[0]}"'
  expect(run('bash', ['-c', line])).toEqual({
    code: 0,
    stdout: '# as long as a pipe is not\n0\n',
    stderr: '',
  })
})

test('a full disk is said in one line', () => {
  run('kubectl-pkg', ['create', 'full'])
  const { code, stderr } = run('bash', ['-c', 'kubectl-pkg show all ./full > /dev/full'])
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      'Error: ENOSPC: no space left on device, write\n' +
      '  hint: The disk is full; free space there.\n' +
      '  code: FILE_UNWRITABLE\n',
  })
})

test('in a folder that is gone all works that does not need it', () => {
  run('kubectl-pkg', ['create', 'away'])
  writeFileSync(join(work, 'away.yaml'), 'replicas: 7\n')
  const inGone = (...args: string[]) =>
    run('bash', ['-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', 'bash', ...args])
  expect(inGone('kubectl-pkg', 'version')).toMatchObject({ code: 0, stderr: '' })
  const files = [join(work, 'away'), '--values', join(work, 'away.yaml')]
  const { code, stdout } = inGone('kubectl-pkg', 'template', 'web', ...files)
  expect([code, /replicas: \d+/.exec(stdout)?.[0]]).toEqual([0, 'replicas: 7'])
  expect(inGone('kubectl-pkg', 'package', join(work, 'away'))).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'Error: the folder that this runs in is gone\n' +
      '  hint: Change to one that is there; "cd ." is enough where it was made anew.\n' +
      '  code: FILE_UNREADABLE\n',
  })
})

test('bash completes commands, flags and releases', () => {
  const target = join(work, 'deploy')
  run('kubectl-pkg', ['create', 'shop'])
  run('kubectl-pkg', ['install', 'shop', './shop', '--target', `dir:${target}`])
  const complete = (...words: string[]): string[] => {
    const list = words.map((word) => `'${word}'`).join(' ')
    const script = `source <(kubectl-pkg completion bash)
COMP_WORDS=(kubectl-pkg ${list}); COMP_CWORD=${words.length}; _kubectl_pkg
printf '%s\\n' "\${COMPREPLY[@]}"`
    return run('bash', ['-c', script]).stdout.trim().split('\n')
  }
  expect(complete('ro')).toEqual(['rollback'])
  expect(complete('get', 'm')).toEqual(['manifest', 'metadata'])
  expect(complete('list', '--out')).toEqual(['--output'])
  expect(complete('list', '--output', '')).toEqual(['table', 'json', 'yaml'])
  expect(complete('status', '--target', `dir:${target}`, '')).toEqual(['shop'])
  // As bash splits them.
  expect(complete('status', '--target', 'dir', ':', target, '')).toEqual(['shop'])
  expect(complete('status', '--target', '=', 'dir', ':', target, 's')).toEqual(['shop'])
  expect(complete('list', '--output', '=')).toEqual(['table', 'json', 'yaml'])
  expect(complete('list', '--output', '=', 'j')).toEqual(['json'])
  expect(complete('list', '--target', 'd')).toEqual(['dir:'])
  expect(complete('list', '--target', 'dir', ':')).toEqual([''])
})

/** CI has them; elsewhere a shell that is missing is named in what is skipped. */
const isMissing = (shell: string): boolean =>
  process.env['CI'] !== 'true' && spawnSync(shell, ['--version']).error !== undefined

test.skipIf(isMissing('fish'))(
  'fish completes with words of ours, and with files (needs fish)',
  () => {
    const complete = (line: string, ...flags: string[]): string[] => {
      const source = ['kubectl-pkg completion fish', ...flags, '| source'].join(' ')
      const { stdout } = run('fish', ['--no-config', '-c', `${source}; complete -C '${line}'`])
      return stdout.trim().split('\n')
    }
    expect(complete('kubectl-pkg rollb')).toEqual([
      'rollback\tMake an earlier revision the newest one again.',
    ])
    expect(complete('kubectl-pkg rollb', '--no-descriptions')).toEqual(['rollback'])
    expect(complete('kubectl-pkg list --output ').toSorted()).toEqual(['json', 'table', 'yaml'])
    expect(complete('kubectl-pkg list --output=j')).toEqual(['--output=json'])
    mkdirSync(join(work, 'fishy'))
    expect(complete('kubectl-pkg lint ./fi')).toEqual(['./fishy/'])
  },
)

test.skipIf(isMissing('zsh')).each([
  { flag: '', wanted: /manifest +-- Print the objects of a release/ },
  { flag: '--no-descriptions', wanted: /manifest +metadata/ },
])('zsh completes with words of ours: $flag (needs zsh)', ({ flag, wanted }) => {
  const setUp = [
    'PS1="> "',
    'autoload -Uz compinit',
    'compinit -u -D',
    `source <(kubectl-pkg completion zsh ${flag})`,
    'print READY',
  ]
  const script = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell '${setUp.join('; ')}'
zpty -r shell out '*READY*READY*'
zpty -w -n shell $'kubectl-pkg get m\\t'
zpty -r shell out '*manifest*metadata*'
print -r -- "$out"
zpty -w -n shell $'\\x15kubectl-pkg list --target d\\tX'
zpty -r shell out '*target*X*'
print -r -- "$out"
zpty -w -n shell $'\\x15kubectl-pkg list --output=j\\tX'
zpty -r shell out '*output*X*'
print -r -- "$out"
zpty -d shell`
  const { stdout } = run('zsh', ['-f', '-c', script], { env: { TERM: 'xterm', COLUMNS: '80' } })
  expect(stdout).toMatch(wanted)
  expect(stdout).toMatch(/--target dir:X/)
  expect(stdout).toMatch(/--output=json\W/)
})

test('the script for PowerShell asks our program', () => {
  const { code, stdout } = run('kubectl-pkg', ['completion', 'powershell'])
  expect({ code, asks: stdout.includes('kubectl_complete-pkg') }).toEqual({ code: 0, asks: true })
})

test.skipIf(kubectl === undefined)(
  'kubectl finds the program and completes it (kubectl is packaged for Linux on x64)',
  () => {
    const { version } = readJson<{ version: string }>(join(root, 'package.json'))
    expect(run(kubectl ?? '', ['pkg', 'version', '--short']).stdout).toBe(`v${version}\n`)
    const { stdout } = run(kubectl ?? '', ['__complete', 'pkg', 'sta'])
    expect(stdout).toBe('status\tShow the state of a release.\n:4\n')
    expect(run(kubectl ?? '', ['pkg', 'nothing']).code).toBe(1)
  },
)

test('what npm packs is the program, its charts, schemas and pages', () => {
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
    cpSync(join(root, name), join(app, name))
  }
  const { stdout } = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: app })
  const [packed] = JSON.parse(stdout) as [{ files: { path: string }[] }]
  const tops = packed.files.map(({ path }) =>
    path.startsWith('docs') ? path : (path.split('/')[0] ?? ''),
  )
  expect([...new Set(tops)].filter((top) => !top.startsWith('docs/')).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'charts',
    'dist',
    'oclif.manifest.json',
    'package.json',
    'schemas',
  ])
  expect(tops.filter((top) => top.endsWith('.mjs'))).toEqual([])
})

test.each(['@kubernetes/client-node', 'axios', 'handlebars', 'https-proxy-agent', 'yaml'])(
  'a copy of the program has the licence of what it holds: %s',
  (name) => {
    const folder = join(root, 'node_modules', name)
    const { version } = readJson<{ version: string }>(join(folder, 'package.json'))
    const all = readFileSync(join(app, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
    const [, own = ''] = all.split(`\n${name} ${version} (`)
    expect(own.slice(0, 2000)).toMatch(/Permission (?:is hereby granted|to use)|Apache License/)
  },
)

test('an installation brings no package that the program holds already', () => {
  const { dependencies } = readJson<{ dependencies: object }>(join(app, 'package.json'))
  // The types that plugins are written with name oclif's; openpgp stays a file of its own.
  expect(Object.keys(dependencies)).toEqual(['@oclif/core', 'openpgp'])
})

test('the built program is as strict as its sources: an item of a loop stays what it is', () => {
  run('kubectl-pkg', ['create', 'items'])
  const template = 'items: [{{#each (list "a" 1)}}{{#if this}}{{toJson this}},{{/if}}{{/each}}]'
  writeFileSync(join(work, 'items/templates/items.yaml.hbs'), template)
  const { stdout } = run('kubectl-pkg', ['template', 'items', './items'])
  expect(stdout).toContain('items: ["a",1,]')
})

// Measured, with room for a script or two; a rise means that something is loaded too early, or
// that a module has left the script that it was grouped into (rolldown.config.mjs).
test.each([
  ['version', { scripts: 6, kilobytes: 420 }],
  ['template web ./small', { scripts: 9, kilobytes: 800 }],
  ['lint ./small', { scripts: 11, kilobytes: 950 }],
  ['show chart ./small', { scripts: 8, kilobytes: 280 }],
  ['repo list', { scripts: 10, kilobytes: 500 }],
  ['search repo addons/', { scripts: 9, kilobytes: 340 }],
  ['list --target dir:./releases', { scripts: 10, kilobytes: 800 }],
  ['uninstall web --ignore-not-found --target dir:./releases', { scripts: 11, kilobytes: 900 }],
])('a start reads few files and none of the heavy modules: %s', (command, most) => {
  if (!existsSync(join(work, 'small'))) {
    run('kubectl-pkg', ['create', 'small', '--engine', 'gotemplate'])
  }
  expect(excess(startUp(command.split(' ')), most)).toEqual([])
})

test('a run that fails reads no more of oclif for it', () => {
  const args = ['template', 'web', './nowhere']
  expect(excess(startUp(args, 1), { scripts: 9, kilobytes: 800 })).toEqual([])
})

test('the code cache is kept by content and outlives a change of the program', () => {
  const cache = join(work, 'cache')
  const env = { KUBECTL_PKG_CACHE_HOME: cache }
  const copy = mkdtempSync(join(tmpdir(), 'kubectl-pkg-rebuilt-'))
  cpSync(join(app, 'dist'), join(copy, 'dist'), { recursive: true })
  cpSync(join(app, 'package.json'), join(copy, 'package.json'))
  const version = () => run(process.execPath, [join(copy, 'dist/main.js'), 'version'], { env })
  const kept = () => readdirSync(cache, { recursive: true, encoding: 'utf8' }).sort()

  const first = version()
  const before = kept()
  expect(version()).toEqual(first)
  expect(kept()).toEqual(before)

  const file = join(copy, 'dist/commands/version.js')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text.replace(/^\/\*./, (mark) => (mark === '/*0' ? '/*1' : '/*0')),
  )
  expect(version()).toEqual(first)
  expect(kept().length).toBe(before.length + 1)
  rmSync(copy, { recursive: true })
})

test('a code cache that cannot be read is done without', () => {
  const main = join(app, 'dist/main.js')
  const version = (cache: string) =>
    run(process.execPath, [main, 'version'], { env: { KUBECTL_PKG_CACHE_HOME: cache } })
  const file = join(work, 'no-folder')
  writeFileSync(file, '')
  expect(version(file)).toEqual(version(join(work, 'cache')))
})

test('a code cache that is a pipe is not waited for', () => {
  const cache = join(work, 'pipes')
  const main = join(app, 'dist/main.js')
  const version = () =>
    run(process.execPath, [main, 'version'], { env: { KUBECTL_PKG_CACHE_HOME: cache } })
  const first = version()
  const files = readdirSync(cache, { recursive: true, encoding: 'utf8' })
    .map((name) => join(cache, name))
    .filter((path) => statSync(path).isFile())
  expect(files).not.toEqual([])
  for (const file of files) {
    rmSync(file)
    expect(run('mkfifo', [file]).code).toBe(0)
  }
  expect(version()).toEqual(first)
  expect(files.filter((path) => !statSync(path).isFile())).toEqual([])
})

test('the templates of a large chart are kept, once, for the runs that follow', () => {
  const cache = join(work, 'kept')
  const env = { KUBECTL_PKG_CACHE_HOME: cache }
  const main = join(app, 'dist/main.js')
  const chart = writeLargeChart(join(work, 'many'))
  const render = () => run(process.execPath, [main, 'template', 'web', chart], { env })
  const kept = () => readdirSync(join(cache, 'read'))

  const first = render()
  const [file = ''] = kept()
  expect(kept()).toEqual([file])
  const { mtimeMs } = statSync(join(cache, 'read', file))
  expect(render()).toEqual(first)
  expect(kept()).toEqual([file])
  expect(statSync(join(cache, 'read', file)).mtimeMs).toBe(mtimeMs)
})

test('a large chart is rendered where Node lets the program write nothing', () => {
  const cache = join(work, 'forbidden')
  const main = join(app, 'dist/main.js')
  const chart = writeLargeChart(join(work, 'permitted'))
  const isOld = Number.parseInt(process.versions.node, 10) < 24
  const node = [isOld ? '--experimental-permission' : '--permission', '--allow-fs-read=*']
  const env = { KUBECTL_PKG_CACHE_HOME: cache }

  const { code, stdout } = run(process.execPath, [...node, main, 'template', 'web', chart], { env })
  expect(code).toBe(0)
  expect(stdout).toBe(run(process.execPath, [main, 'template', 'web', chart]).stdout)
  expect(existsSync(cache)).toBe(false)
})

test('a large chart brings no streams along where Node gives what it needs without', () => {
  const chart = writeLargeChart(join(work, 'large'))
  // Loaded by another script, as what Node is told beside the program changes what is loaded.
  const around = join(work, 'around.cjs')
  const log = join(work, 'around.json')
  writeFileSync(
    around,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(log)}, JSON.stringify(process.moduleLoadList)))
     require(${JSON.stringify(join(app, 'dist/main.js'))})`,
  )
  const { code, stderr } = run(process.execPath, [around, 'template', 'web', chart])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const hasInnerPart = Number.parseInt(process.versions.node, 10) <= 22
  const loaded = readJson<string[]>(log)
  expect(loaded).toContain('Internal Binding v8')
  expect(loaded.includes('NativeModule stream')).toBe(!hasInnerPart)
})

/** Writes a chart with 80 KiB of templates. */
function writeLargeChart(chart: string): string {
  mkdirSync(join(chart, 'templates'), { recursive: true })
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: many\nversion: 1.0.0\n')
  for (let index = 0; index < 20; index++) {
    const lines = `# {{ .Release.Name | quote }} ${'x'.repeat(60)}\n`.repeat(44)
    const text = `kind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-${index}}\n${lines}`
    writeFileSync(join(chart, `templates/${index}.yaml`), text)
  }
  return chart
}

interface StartUp {
  /** Scripts of the program that were read. */
  scripts: number
  kilobytes: number
  /** Modules of Node that take long to load. */
  heavy: string[]
}

function excess(
  { scripts, kilobytes, heavy }: StartUp,
  most: { scripts: number; kilobytes: number },
): string[] {
  return [
    ...(scripts > most.scripts ? [`${scripts} scripts`] : []),
    ...(kilobytes > most.kilobytes ? [`${kilobytes} KiB`] : []),
    ...heavy,
  ]
}

const COUNT = `
const fs = require('node:fs')
const read = fs.readFileSync
let scripts = 0
let bytes = 0
fs.readFileSync = (path, ...rest) => {
  const data = read(path, ...rest)
  if (String(path).includes('/dist/') && String(path).endsWith('.js')) { scripts++; bytes += data.length }
  return data
}
process.on('exit', () => {
  const loaded = process.moduleLoadList.map((name) => name.replace('NativeModule ', ''))
  const heavy = loaded.filter((name) => ['http', 'https', 'tls', 'crypto', 'zlib', 'readline', 'child_process', 'module', 'v8'].includes(name))
  fs.writeFileSync(process.env.COUNT_LOG, JSON.stringify({ scripts, kilobytes: Math.ceil(bytes / 1024), heavy }))
})
`

function startUp(args: string[], exit = 0): StartUp {
  const preload = join(work, 'count.cjs')
  const log = join(work, 'count.json')
  writeFileSync(preload, COUNT)
  const env = { COUNT_LOG: log }
  const { code } = run(process.execPath, ['-r', preload, join(app, 'dist/main.js'), ...args], {
    env,
  })
  expect(code).toBe(exit)
  return readJson<StartUp>(log)
}

function run(
  program: string,
  args: string[],
  { cwd = work, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): { code: number | null; stdout: string; stderr: string } {
  const path = `${bin}:${process.env['PATH'] ?? ''}`
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { PATH: path, HOME: work, TZ: 'UTC', KUBECONFIG: join(work, 'none'), ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status, stdout, stderr }
}

function readJson<T>(path: string): T {
  if (!existsSync(path)) throw new Error(`${path} is missing`)
  return JSON.parse(readFileSync(path, 'utf8')) as T
}
