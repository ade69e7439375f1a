import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { linkProgram } from '../../../src/cli/link-program.ts'
import { absoluteSpec } from '../../../src/cli/manage-plugins.ts'
import { findNpm } from '../../../src/cli/npm.ts'
import { commandsOf, hiddenCommands, pluginCommands } from '../../../src/cli/plugin-commands.ts'
import { installedPlugins } from '../../../src/cli/plugins.ts'
import { writeChart } from '../../support/chart-builder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let folder: string

beforeEach(() => {
  folder = temporaryFolder()
})

/** Writes plugins as npm leaves them, each with its files. */
function install(plugins: Record<string, Record<string, string>>): void {
  const names = Object.keys(plugins)
  const dependencies = Object.fromEntries(names.map((name) => [name, '^1.0.0']))
  writeChart(folder, { 'package.json': JSON.stringify({ dependencies }) })
  for (const [name, files] of Object.entries(plugins)) {
    const root = join(folder, 'node_modules', name)
    writeChart(root, { 'package.json': packageOf('./commands'), ...files })
  }
}

function packageOf(commands: unknown): string {
  return JSON.stringify({ version: '1.2.3', oclif: { commands } })
}

function manifestOf(commands: unknown, version = '1.2.3'): Record<string, string> {
  return { 'oclif.manifest.json': JSON.stringify({ version, commands }) }
}

function rootOf(name: string): string {
  return join(folder, 'node_modules', name)
}

function spec(id: string, more: object = {}) {
  return { id, aliases: [], hidden: false, args: {}, flags: {}, ...more }
}

function failureOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error instanceof PkgError ? { code: error.code, message: error.message } : error
  }
}

describe('which plugins there are', () => {
  test('is told by the folder, which need not be there', () => {
    expect(installedPlugins(join(folder, 'nothing'))).toEqual([])
    writeFileSync(join(folder, 'file'), '')
    expect(installedPlugins(join(folder, 'file'))).toEqual([])
  })

  test('is what its package.json names and node_modules holds', () => {
    install({ b: {}, '@me/a': {} })
    writeChart(rootOf('of-another'), { 'package.json': packageOf('./commands') })
    expect(installedPlugins(folder)).toEqual([
      { name: 'b', version: '1.2.3', root: rootOf('b') },
      { name: '@me/a', version: '1.2.3', root: rootOf('@me/a') },
    ])
  })

  test('leaves out what is named and not there', () => {
    writeChart(folder, { 'package.json': '{"dependencies":{"gone":"1.0.0"}}' })
    expect(installedPlugins(folder)).toEqual([])
  })

  test.each(['', '{', '[]', 'null', '{"dependencies":[]}'])('is unknown from %j', (text) => {
    writeChart(folder, { 'package.json': text })
    expect(failureOf(() => installedPlugins(folder))).toEqual({
      code: 'PLUGIN_INVALID',
      message: `${join(folder, 'package.json')} is no package.json that can be used`,
    })
  })

  test('is unknown when that of a plugin is broken', () => {
    install({ a: { 'package.json': '{"version":1}' } })
    expect(failureOf(() => installedPlugins(folder))).toEqual({
      code: 'PLUGIN_INVALID',
      message: `${join(rootOf('a'), 'package.json')} is no package.json that can be used`,
    })
  })
})

// What is wanted is what @oclif/core 4.14.0 finds.
describe('the commands of a plugin', () => {
  const FILES = {
    'commands/hello.js': '',
    'commands/hello.d.ts': '',
    'commands/hello.test.js': '',
    'commands/read.me': '',
    'commands/get/index.mjs': '',
    'commands/get/it.cjs': '',
    'commands/index.js': '',
  }

  function idsOf(files: Record<string, string>): string[] {
    install({ a: files })
    return installedPlugins(folder).flatMap((plugin) => commandsOf(plugin).map(({ id }) => id))
  }

  test.each([
    { what: 'the files of its folder', files: FILES, ids: ['get', 'get:it', 'hello'] },
    {
      what: 'the files of a folder that is named in full',
      files: {
        'package.json': packageOf({ strategy: 'pattern', target: './lib' }),
        'lib/hi.js': '',
      },
      ids: ['hi'],
    },
    {
      what: 'none without a manifest, where a program tells them',
      files: {
        ...FILES,
        'package.json': packageOf({ strategy: 'explicit', target: './index.js' }),
      },
      ids: [],
    },
    { what: 'none without a folder', files: {}, ids: [] },
    { what: 'those of its manifest', files: { ...FILES, ...manifestOf({ hi: {} }) }, ids: ['hi'] },
    {
      what: 'its files, if the manifest is of another version',
      files: { ...FILES, ...manifestOf({ hi: {} }, '1.2.2') },
      ids: ['get', 'get:it', 'hello'],
    },
    {
      what: 'its files, if the manifest is none',
      files: { ...FILES, 'oclif.manifest.json': '{' },
      ids: ['get', 'get:it', 'hello'],
    },
  ])('are $what', ({ files, ids }) => {
    expect(idsOf(files)).toEqual(ids)
  })

  test('are described by the manifest, as far as it is of use', () => {
    const flags = { loud: { name: 'loud', type: 'boolean' } }
    const commands = {
      b: { summary: 1, description: 'What it does.\nAnd more.', aliases: ['c', 1], args: [] },
      a: { summary: 'Says a.', hidden: true, flags },
      none: 'text',
    }
    install({ a: manifestOf(commands) })
    expect(installedPlugins(folder).flatMap(commandsOf)).toEqual([
      spec('a', { summary: 'Says a.', hidden: true, flags }),
      spec('b', { summary: 'What it does.', aliases: ['c'] }),
    ])
  })

  const ours = [spec('install'), spec('repo:add', { aliases: ['repo:plus'] })]

  test('are added to ours, but for hidden ones and those that never run', () => {
    install({
      a: manifestOf({ hello: { summary: 'Says hello.' }, secret: { hidden: true }, install: {} }),
      b: { 'commands/hello.js': '', 'commands/bye.js': '' },
    })
    expect(pluginCommands(folder, ours)).toEqual([
      spec('hello', { summary: 'Says hello.' }),
      spec('bye', { summary: 'From b.' }),
    ])
  })

  test('are told of when they never run', () => {
    install({
      a: manifestOf({ hello: { aliases: ['hi'] }, 'install:it': {}, repo: {} }),
      b: manifestOf({ hi: {}, 'repo:plus': {}, 'repo:more': {} }),
    })
    expect(hiddenCommands(installedPlugins(folder), ours)).toEqual([
      { command: 'install it', plugin: 'a', by: undefined },
      { command: 'repo', plugin: 'a', by: undefined },
      { command: 'hi', plugin: 'b', by: 'a' },
      { command: 'repo plus', plugin: 'b', by: undefined },
    ])
  })
})

// What npm takes for a folder or an archive: npm-package-arg, as npm 11 has it.
test.each([
  ['hello', 'hello'],
  ['hello@^1.0.0', 'hello@^1.0.0'],
  ['@me/hello', '@me/hello'],
  ['.', '/work'],
  ['./hello', '/work/hello'],
  ['../hello', '/hello'],
  ['/hello', '/hello'],
  ['file:hello', '/work/hello'],
  ['file:///hello', 'file:///hello'],
  ['hello.tgz', '/work/hello.tgz'],
  ['a/hello-1.0.0.tar.gz', '/work/a/hello-1.0.0.tar.gz'],
  ['hello@./it', 'hello@/work/it'],
  ['@me/hello@file:../it', '@me/hello@/it'],
  ['me/hello', 'me/hello'],
  ['https://example.com/hello.tgz', 'https://example.com/hello.tgz'],
  ['hello@https://example.com/hello.tgz', 'hello@https://example.com/hello.tgz'],
  ['git@example.com:me/hello.git', 'git@example.com:me/hello.git'],
  ['git+ssh://git@example.com/me/hello.git#v1', 'git+ssh://git@example.com/me/hello.git#v1'],
  ['hello@npm:other@^1', 'hello@npm:other@^1'],
])('%s in /work is %s', (given, wanted) => {
  expect(absoluteSpec(given, '/work')).toBe(wanted)
})

describe('npm', () => {
  const make = (path: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), '')
    return join(folder, path)
  }

  test('is that beside Node, run by it', () => {
    mkdirSync(join(folder, 'bin'))
    const script = make('lib/npm-cli.js')
    symlinkSync(script, join(folder, 'bin/npm'))
    const env = { PATH: join(folder, 'other') }
    make('other/npm')
    expect(findNpm(env, join(folder, 'bin/node'))).toEqual([join(folder, 'bin/node'), script])
  })

  test('is else that of the PATH, run by itself when it is no script of Node', () => {
    const program = make('other/npm')
    const env = { PATH: `:${join(folder, 'none')}:${join(folder, 'other')}` }
    expect(findNpm(env, join(folder, 'bin/node'))).toEqual([program])
  })

  test('is told to be missing', () => {
    expect(failureOf(() => findNpm({}, join(folder, 'bin/node')))).toEqual({
      code: 'PLUGIN_FAILED',
      message: 'there is no npm on this machine, which installs plugins',
    })
  })
})

describe('the link to the program', () => {
  test.each([
    { what: 'is made', prepare: () => undefined },
    { what: 'follows the program to another place', prepare: () => pointAt('/elsewhere') },
    { what: 'takes the place of a package', prepare: () => install({ 'kubectl-pkg': {} }) },
  ])('$what', ({ prepare }) => {
    prepare()
    linkProgram(folder, '/program')
    expect(readlinkSync(rootOf('kubectl-pkg'))).toBe('/program')
    expect(readdirSync(rootOf('.'))).toEqual(['kubectl-pkg'])
  })

  test('is left alone when it is right', () => {
    pointAt('/program')
    const before = lstatSync(rootOf('kubectl-pkg')).ino
    linkProgram(folder, '/program')
    expect(lstatSync(rootOf('kubectl-pkg')).ino).toBe(before)
  })

  function pointAt(program: string): void {
    mkdirSync(rootOf('.'), { recursive: true })
    symlinkSync(program, rootOf('kubectl-pkg'))
  }
})
