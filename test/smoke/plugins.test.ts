import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runBuilt, startBuilt, type BuiltRun } from '../support/built-cli.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { startRepository } from '../support/fake-repository.ts'
import { installCli } from '../support/installed-cli.ts'
import { writePluginTypes } from '../support/plugin-types.mjs'
import { canMount, runOnDisk } from '../support/small-disk.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * The built program, as npm installs it, and the real npm, without a network. The plugins are those
 * of the page about them, whose files are taken out of it.
 */

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/plugins.md'), 'utf8')
const { version: VERSION } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
}
/** Where the program is. */
let app: string
/** The person's home, and the folder that they work in. */
let home: string

beforeAll(() => {
  app = temporaryFolder()
  installCli(app)
})

beforeEach(() => {
  home = temporaryFolder()
  writePage('weigh')
  writeChart(join(home, 'web'), {
    'Chart.yaml': chartYaml(),
    'templates/one.yaml': '# 10 bytes\n',
  })
})

const OFFLINE = { npm_config_offline: 'true', npm_config_fetch_retries: '0' }

function surroundings(env: Record<string, string> = OFFLINE): BuiltRun {
  return { cwd: home, env, program: join(app, 'dist/main.js') }
}

function run(...args: string[]) {
  const { code, stdout, stderr } = runBuilt(args, surroundings())
  return { code, stdout, stderr }
}

/** Writes the files of the page that lie in a folder. */
function writePage(folder: string): void {
  const files = [...page.matchAll(/`([^`\n]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)]
    .map(([, path = '', text = '']) => ({ path, text }))
    .filter(({ path }) => path.startsWith(`${folder}/`))
  expect(files.length).toBeGreaterThan(1)
  writeChart(home, Object.fromEntries(files.map(({ path, text }) => [path, text])))
}

/** Writes a plugin without anything of the program, with more in its package.json. */
function writePlugin(name: string, commands: readonly string[], more: object = {}): void {
  const source = 'export default class { static run() { console.log("ran") } }\n'
  writeChart(join(home, name), {
    'package.json': JSON.stringify({
      name,
      version: '1.0.0',
      type: 'module',
      oclif: { commands: './commands' },
      ...more,
    }),
    ...Object.fromEntries(commands.map((command) => [`commands/${command}.js`, source])),
  })
}

const data = () => join(home, '.local/share/kubectl-pkg')
const installed = () => join(data(), 'plugins/node_modules/kubectl-pkg-weigh')

function namesOfPlugins(): string[] {
  const { stdout } = run('plugin', 'list', '-o', 'json')
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
}

test('the plugin of the page is installed, runs, is updated and goes away', () => {
  expect(run('plugin', 'install', './weigh')).toEqual({
    code: 0,
    stdout: 'kubectl-pkg-weigh 1.0.0 is installed and adds:\n  kubectl pkg weigh\n',
    stderr: '',
  })
  expect(run('weigh', 'web')).toEqual({ code: 0, stdout: 'web: 11 bytes\n', stderr: '' })
  expect(run('weigh', './web', '--most', '10')).toEqual({
    code: 1,
    stdout: 'web: 11 bytes\n',
    stderr:
      'Error: web is too heavy\n' +
      '  hint: Move what its templates share into named templates.\n' +
      '  code: LINT_FAILED\n',
  })
  expect(run('help').stdout).toContain('\nPlugins:\n  weigh  From kubectl-pkg-weigh.\n')
  expect(run('help', 'weigh').stdout).toContain('Usage:\n  kubectl pkg weigh CHART [flags]\n')
  expect(complete('wei')).toBe('weigh\tFrom kubectl-pkg-weigh.\n:4\n')
  expect(complete('plugin', 'uninstall', '')).toBe('kubectl-pkg-weigh\n:4\n')

  expect(JSON.parse(run('plugin', 'ls', '-o', 'json').stdout)).toEqual([
    { name: 'kubectl-pkg-weigh', version: '1.0.0', commands: ['weigh'], path: installed() },
  ])
  expect(run('plugin', 'update').stdout).toBe('kubectl-pkg-weigh 1.0.0 is up to date\n')
  replaceIn('weigh/package.json', '1.0.0', '1.1.0')
  replaceIn('weigh/commands/weigh.js', ' bytes\\n', ' bytes in all\\n')
  expect(run('plugin', 'up', 'kubectl-pkg-weigh').stdout).toBe(
    'kubectl-pkg-weigh is now 1.1.0, and was 1.0.0\n',
  )
  expect(run('weigh', 'web').stdout).toBe('web: 11 bytes in all\n')

  expect(run('plugin', 'rm', 'kubectl-pkg-weigh')).toEqual({
    code: 0,
    stdout: 'kubectl-pkg-weigh is removed\n',
    stderr: '',
  })
  expect(namesOfPlugins()).toEqual([])
  expect(run('weigh', 'web')).toMatchObject({ code: 1, stdout: '' })
  expect(run('help').stdout).not.toContain('Plugins:')
})

test('the plugin in TypeScript of the page is compiled, packed and installed from an archive', () => {
  writePage('count')
  writePluginTypes(join(app, 'dist/types'))
  const modules = join(home, 'count/node_modules')
  mkdirSync(modules)
  symlinkSync(app, join(modules, 'kubectl-pkg'))
  symlinkSync(join(root, 'node_modules/@types'), join(modules, '@types'))
  expect(runIn('count', process.execPath, join(root, 'node_modules/typescript/bin/tsc'))).toBe('')
  runIn('count', 'npm', 'pack', '--silent')
  expect(run('plugin', 'add', 'count/kubectl-pkg-count-1.0.0.tgz').stdout).toBe(
    'kubectl-pkg-count 1.0.0 is installed and adds:\n  kubectl pkg count\n',
  )
  writeChart(join(home, 'web'), {
    'templates/one.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n',
  })
  expect(run('install', 'web', './web', '--target', 'dir:./deploy').code).toBe(0)
  expect(run('count', 'web', '--target', 'dir:./deploy')).toEqual({
    code: 0,
    stdout: 'ConfigMap/one\n1 objects\n',
    stderr: '',
  })
})

function runIn(folder: string, program: string, ...args: string[]): string {
  const env = { ...process.env, HOME: home }
  const options = { cwd: join(home, folder), encoding: 'utf8', env } as const
  return spawnSync(program, args, options).stdout
}

function complete(...words: string[]): string {
  return runBuilt(words, { ...surroundings(), program: join(app, 'dist/complete.js') }).stdout
}

function replaceIn(file: string, before: string, after: string): void {
  const text = readFileSync(join(home, file), 'utf8')
  expect(text).toContain(before)
  writeFileSync(join(home, file), text.replace(before, after))
}

test('no script of a package runs, and what of it can never run is told of', () => {
  const mark = `touch ${home}/ran`
  const scripts = { prepare: mark, preinstall: mark, install: mark, postinstall: mark }
  writePlugin('first', ['lint', 'hello'], { scripts })
  writePlugin('second', ['hello', 'repo/add'], {
    scripts,
    peerDependencies: { 'kubectl-pkg': '>=99' },
  })
  expect(run('plugin', 'install', './first', 'file:second')).toEqual({
    code: 0,
    stdout:
      'first 1.0.0 is installed and adds:\n  kubectl pkg hello\n  kubectl pkg lint\n' +
      'second 1.0.0 is installed and adds:\n  kubectl pkg hello\n  kubectl pkg repo add\n',
    stderr:
      `warning: second is made for kubectl-pkg >=99; this is ${VERSION}\n` +
      'warning: "lint" of first never runs: it is a command of kubectl pkg itself\n' +
      'warning: "hello" of second never runs: it is a command that first has too\n' +
      'warning: "repo add" of second never runs: it is a command of kubectl pkg itself\n',
  })
  // npm prepares what comes from git in a run of its own.
  writePlugin('third', ['hi'], { scripts })
  for (const words of ['init -q', 'add .', '-c user.name=a -c user.email=a@b commit -q -m a']) {
    runIn('third', 'git', ...words.split(' '))
  }
  expect(run('plugin', 'install', `git+file://${home}/third`).stdout).toBe(
    'third 1.0.0 is installed and adds:\n  kubectl pkg hi\n',
  )
  expect(readdirSync(home)).not.toContain('ran')
  expect(run('help').stdout).toContain('\nPlugins:\n  hello  From first.\n  hi     From third.\n\n')
})

test('a command that cannot be loaded says why, and the others run', () => {
  writePlugin('good', ['fine'])
  writePlugin('bad', ['broken'])
  writeChart(join(home, 'bad'), { 'commands/broken.js': 'import "nothing-of-this-name"\n' })
  expect(run('plugin', 'install', './good', './bad').code).toBe(0)

  expect(run('fine')).toEqual({ code: 0, stdout: 'ran\n', stderr: '' })
  const { code, stdout, stderr } = run('broken')
  expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
  expect(stderr).toMatch(
    /^Error: the command "broken" of plugin "bad" cannot be loaded: .*'nothing-of-this-name'.*\n {2}hint: .*\n {2}code: PLUGIN_INVALID\n$/,
  )
  expect(run('fime').stderr).toContain('Did you mean "kubectl pkg fine"?')
})

test('a program that was moved is what its plugins import', () => {
  expect(run('plugin', 'install', './weigh').code).toBe(0)
  const link = join(data(), 'plugins/node_modules/kubectl-pkg')
  rmSync(link)
  symlinkSync(join(home, 'gone'), link)
  expect(run('weigh', './web').stdout).toBe('web: 11 bytes\n')
})

test('what is no plugin is refused, and the plugins stay as they were', () => {
  run('plugin', 'install', './weigh')
  const before = readFileSync(join(data(), 'plugins/package.json'), 'utf8')
  writePlugin('plain', ['hello'], { oclif: undefined })
  writePlugin('unbuilt', [])
  writePlugin('ours', ['hello'], { name: 'kubectl-pkg' })
  replaceIn('weigh/package.json', '1.0.0', '2.0.0')
  const rows = [
    ['plain', 'PLUGIN_INVALID', '"plain" is no plugin of kubectl-pkg'],
    ['unbuilt', 'PLUGIN_INVALID', 'the plugin "unbuilt" holds no commands'],
    ['ours', 'PLUGIN_INVALID', '"kubectl-pkg" is this program, and no plugin of it'],
    ['nothing', 'PLUGIN_FAILED', 'npm failed: Could not read package.json'],
  ]
  for (const spec of ['', '-g']) {
    expect(run('plugin', 'install', '--', spec).stderr).toContain('code: USAGE\n')
  }
  for (const [name = '', code = '', message = ''] of rows) {
    const { stderr } = run('plugin', 'install', './weigh', `./${name}`)
    expect(stderr).toContain(`Error: ${message}`)
    expect(stderr).toContain(`code: ${code}\n`)
  }
  expect(readdirSync(data())).toEqual(['plugins'])
  expect(readFileSync(join(data(), 'plugins/package.json'), 'utf8')).toBe(before)
  expect(namesOfPlugins()).toEqual(['kubectl-pkg-weigh'])
  expect(run('plugin', 'uninstall', 'kubectl-pkg-wegh')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'Error: no plugin "kubectl-pkg-wegh" is installed\n' +
      '  hint: Did you mean "kubectl-pkg-weigh"?\n' +
      '  code: PLUGIN_UNKNOWN\n',
  })
})

// Each of these settings, which suit other work with npm, would bring an install to nothing.
const SETTINGS = `
global=true
dry-run=true
package-lock-only=true
install-strategy=linked
save=false
omit=dev
json=true
ignore-scripts=false
`

test('what npm is set up for does not matter, nor a link on the way to the data', () => {
  writeFileSync(join(home, '.npmrc'), SETTINGS)
  mkdirSync(join(home, 'some/where/else'), { recursive: true })
  symlinkSync(join(home, 'some/where/else'), join(home, 'link'))
  const env = { ...OFFLINE, NODE_ENV: 'production', KUBECTL_PKG_DATA_HOME: 'link' }
  const start = (...args: string[]) => runBuilt(args, surroundings(env)).stdout
  writePlugin('other', ['hello'], { scripts: { postinstall: `touch ${home}/ran` } })
  expect(start('plugin', 'install', './weigh')).toContain('kubectl-pkg-weigh 1.0.0 is installed')
  expect(start('plugin', 'install', './other')).toContain('other 1.0.0 is installed')
  expect(start('plugin', 'update')).toBe(
    'kubectl-pkg-weigh 1.0.0 is up to date\nother 1.0.0 is up to date\n',
  )
  expect(start('weigh', 'web')).toBe('web: 11 bytes\n')
  expect(readdirSync(join(home, 'some/where/else'))).toEqual(['plugins'])
  expect(readdirSync(home)).not.toContain('ran')
})

describe('an install that is cut off', () => {
  /** Runs an install until npm waits for a server that never answers. */
  async function cutOff(signal: NodeJS.Signals) {
    const server = await startRepository()
    const asked = new Promise<void>((resolve) => {
      server.files.set('/slow.tgz', () => resolve())
    })
    const env = { npm_config_fetch_retries: '0' }
    const { child, end } = startBuilt(['plugin', 'install', `${server.url}/slow.tgz`], {
      ...surroundings(env),
      isGroup: true,
    })
    await asked
    expect(readdirSync(data()).length).toBeGreaterThan(2)
    if (signal === 'SIGKILL') process.kill(-(child.pid ?? 0), signal)
    else child.kill(signal)
    const { code, stderr } = await end
    await server.close()
    return { code, stderr }
  }

  test('by SIGINT changes nothing and leaves nothing', async () => {
    run('plugin', 'install', './weigh')
    expect(await cutOff('SIGINT')).toEqual({
      code: 130,
      stderr:
        'Error: cancelled by SIGINT\n  hint: The plugins are as they were.\n  code: INTERRUPTED\n',
    })
    expect(readdirSync(data())).toEqual(['plugins'])
    expect(run('weigh', 'web').stdout).toBe('web: 11 bytes\n')
  })

  test('by SIGKILL changes nothing, and the next install clears up', async () => {
    run('plugin', 'install', './weigh')
    expect(await cutOff('SIGKILL')).toEqual({ code: null, stderr: '' })
    expect(run('weigh', 'web').stdout).toBe('web: 11 bytes\n')
    writePlugin('other', ['hello'])
    expect(run('plugin', 'install', './other').code).toBe(0)
    expect(readdirSync(data())).toEqual(['plugins'])
    expect(namesOfPlugins()).toEqual(['kubectl-pkg-weigh', 'other'])
  })

  test('between the two steps that change the folders is set right by the next one', () => {
    run('plugin', 'install', './weigh')
    renameSync(join(data(), 'plugins'), join(data(), '.plugins.old'))
    expect(run('plugin', 'update').stdout).toBe('kubectl-pkg-weigh 1.0.0 is up to date\n')
    expect(readdirSync(data())).toEqual(['plugins'])
  })
})

test('two installs at once install both', async () => {
  writePlugin('one', ['one'])
  writePlugin('two', ['two'])
  const runs = ['./one', './two'].map((spec) =>
    startBuilt(['plugin', 'install', spec], surroundings()),
  )
  const ends = await Promise.all(runs.map(({ end }) => end))
  expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ])
  expect(namesOfPlugins()).toEqual(['one', 'two'])
})

describe.runIf(canMount())('on a disk that can only be read', () => {
  test('plugins run, and an install says why it cannot be', async () => {
    run('plugin', 'install', './weigh')
    const at = join(temporaryFolder(), 'home')
    const env = { ...OFFLINE, PATH: process.env['PATH'] ?? '', HOME: at }
    const start = (...args: string[]) => {
      const program = [process.execPath, join(app, 'dist/main.js'), ...args]
      const after = temporaryFolder()
      const disk = { at, size: 1 << 24, before: home, after, isReadOnly: true }
      return runOnDisk(program, disk, env)
    }
    expect(await start('weigh', join(home, 'web'))).toMatchObject({
      code: 0,
      stdout: 'web: 11 bytes\n',
    })
    const { code, stderr } = await start('plugin', 'install', join(home, 'weigh'))
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^Error: the plugins cannot be changed: EROFS: .*\n.* can only be read\.\n/,
      ),
    })
    expect(stderr).toContain('code: FILE_UNWRITABLE\n')
  })
})
