import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

/** Each room of `src` and the rooms it may import; a later floor imports earlier ones only. */
const FLOORS: Record<string, string[]> = {
  types: [],
  base: [],
  golang: ['base'],
  encoding: ['base', 'golang'],
  gotmpl: ['base', 'golang', 'encoding'],
  sprig: ['base', 'golang', 'encoding'],
  hbs: ['base', 'golang', 'encoding'],
  chart: ['base', 'types', 'golang', 'encoding'],
  values: ['base', 'golang', 'encoding', 'chart'],
  render: ['base', 'golang', 'encoding', 'gotmpl', 'sprig', 'hbs', 'chart', 'values'],
  manifest: ['base', 'golang', 'encoding', 'render'],
  migrate: ['base', 'encoding'],
  lint: ['base', 'golang', 'encoding', 'sprig', 'chart', 'values', 'render', 'manifest', 'migrate'],
  release: ['base', 'types', 'golang', 'encoding', 'chart', 'values', 'manifest'],
  plan: ['base', 'golang', 'values', 'manifest', 'release'],
  cluster: ['base', 'golang', 'encoding', 'manifest'],
  storage: ['base', 'release', 'cluster'],
  apply: ['base', 'types', 'manifest', 'release', 'plan', 'cluster', 'storage'],
  signing: ['base', 'golang', 'encoding', 'chart'],
  http: ['base'],
  registry: ['base', 'encoding', 'chart', 'signing', 'http'],
  index: ['base', 'golang', 'encoding', 'chart', 'http'],
  repo: ['base', 'types', 'golang', 'encoding', 'chart', 'signing', 'http', 'registry', 'index'],
  dependencies: ['base', 'golang', 'encoding', 'chart', 'http', 'registry', 'index', 'repo'],
  bundle: ['base', 'chart', 'signing', 'registry', 'repo'],
  actions: [
    'base',
    'golang',
    'encoding',
    'chart',
    'values',
    'render',
    'manifest',
    'migrate',
    'lint',
    'release',
    'plan',
    'cluster',
    'storage',
    'apply',
    'signing',
    'http',
    'registry',
    'index',
    'repo',
    'dependencies',
    'bundle',
  ],
  output: [
    'base',
    'types',
    'golang',
    'encoding',
    'chart',
    'manifest',
    'migrate',
    'lint',
    'release',
    'plan',
    'actions',
  ],
  cli: [
    'base',
    'golang',
    'encoding',
    'chart',
    'values',
    'cluster',
    'storage',
    'apply',
    'signing',
    'http',
    'registry',
    'index',
    'repo',
    'actions',
    'output',
  ],
  commands: ['base', 'actions', 'output', 'cli'],
  plugin: [
    'base',
    'golang',
    'chart',
    'values',
    'render',
    'manifest',
    'release',
    'plan',
    'storage',
    'cli',
    'actions',
    'output',
  ],
  main: ['cli'],
}

/** The rooms that know where charts come from and go to, but for what is asked of servers. */
const SOURCES = ['registry', 'index', 'repo', 'dependencies', 'bundle']

/** Outside packages and powers of Node, and the only rooms that may reach for them. */
const DOORS: Record<string, string[]> = {
  '@oclif/core': ['main', 'cli', 'commands', 'plugin'],
  '@kubernetes/client-node': ['cluster'],
  'node:https': ['cluster', 'http'],
  'node:http': ['cluster', 'http', 'repo'],
  'node:net': ['cluster'],
  'node:tls': ['cluster'],
  'node:stream': ['cluster', 'http', 'signing'],
  axios: ['http'],
  handlebars: ['hbs'],
  yaml: ['encoding', 'values', 'migrate'],
  tar: ['chart'],
  semver: ['base', 'sprig'],
  re2js: ['golang'],
  bcryptjs: ['sprig'],
  openpgp: ['signing'],
  'smol-toml': ['encoding'],
  diff: ['output'],
  picocolors: ['output'],
  'json-schema-to-typescript': ['values'],
  'node:buffer': ['index'],
  'node:fs': ['main', 'chart', ...SOURCES, 'cluster', 'storage', 'cli', 'base', 'signing'],
  'node:fs/promises': ['chart', 'bundle', 'cluster', 'storage', 'cli', 'base'],
  'node:path': ['main', 'base', 'chart', ...SOURCES, 'cluster', 'storage', 'cli', 'signing'],
  'node:crypto': ['base', 'golang', 'sprig', 'chart', 'apply', 'signing'],
  'node:zlib': ['base', 'chart', 'release', 'cluster', 'http', 'repo'],
  'node:os': ['base', 'cli', 'apply'],
  'node:events': ['base', 'cli'],
  'node:module': ['base', 'cli'],
  'node:child_process': ['render', 'registry', 'sprig', 'cluster', 'signing', 'cli'],
  'node:timers/promises': ['base', 'http'],
  'node:url': ['base', 'cli', 'sprig'],
  'node:v8': ['cli'],
  'node:vm': ['cli'],
}

interface Import {
  file: string
  room: string
  target: string
}

const root = join(import.meta.dirname, '..')
const files = sourceFiles(join(root, 'src'))
const imports = files.flatMap(importsOf)

test('a room imports only the floors below it', () => {
  const wrong = imports
    .filter(({ target }) => target.startsWith('.'))
    .map((each) => ({ ...each, to: roomOf(join(root, dirname(each.file), each.target)) }))
    .filter(({ room, to }) => room !== to && FLOORS[room]?.includes(to) !== true)
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
})

test('outside packages and powers of Node are used through their doors', () => {
  const wrong = imports
    .filter(({ target }) => !target.startsWith('.'))
    .filter(({ room, target }) => DOORS[packageOf(target)]?.includes(room) !== true)
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
})

test('the plugins of this repository import of the program what any plugin may', () => {
  const wrong = sourceFiles(join(root, 'plugins'))
    .filter((file) => file.split('/')[2] === 'src')
    .flatMap(importsOf)
    .filter(({ file, target }) =>
      target.startsWith('.')
        ? !join(dirname(file), target).startsWith(file.split('/').slice(0, 3).join('/'))
        : target !== 'kubectl-pkg/plugin',
    )
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
})

test('files lie no deeper than src/<module>/<file>.ts, but for command topics', () => {
  const deep = files.filter(
    (file) => file.split('/').length > (file.startsWith('src/commands/') ? 4 : 3),
  )
  expect(deep).toEqual([])
})

test('file names are kebab-case', () => {
  expect(files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(basename(file)))).toEqual([])
})

test('no test mocks a module', () => {
  const mocks = sourceFiles(join(root, 'test')).filter(
    (file) =>
      !file.endsWith('architecture.test.ts') &&
      /\bvi\.mock\(/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(mocks).toEqual([])
})

test('only the command line reads the environment, the arguments and the clock', () => {
  const POWERS = /\bprocess\.(env|argv|stdout|stdin|exit)\b/
  const wrong = files.filter((file) => {
    if (['cli', 'main'].includes(roomOf(join(root, file)))) return false
    return POWERS.test(withoutComments(readFileSync(join(root, file), 'utf8')))
  })
  expect(wrong).toEqual([])
})

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter(
      (file) => file.endsWith('.ts') && !file.includes('node_modules') && statSync(file).isFile(),
    )
    .map((file) => relative(root, file))
    .sort()
}

function importsOf(file: string): Import[] {
  const text = withoutComments(readFileSync(join(root, file), 'utf8'))
  const pattern = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+|\brequirePackage\(\s*)'([^']+)'/gm
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    room: roomOf(join(root, file)),
    target: match[1] ?? '',
  }))
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}

function roomOf(path: string): string {
  const [first = ''] = relative(join(root, 'src'), path).split('/')
  return first.replace(/\.ts$/, '')
}

function packageOf(target: string): string {
  if (target.startsWith('node:')) return target
  const [scope = '', name = ''] = target.split('/')
  return scope.startsWith('@') ? `${scope}/${name}` : scope
}
