import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gte } from 'semver'
import { expect, test } from 'vitest'

interface Entry {
  version?: string
  integrity?: string
  link?: boolean
  hasInstallScript?: boolean
  resolved?: string
}

const root = join(import.meta.dirname, '../..')
const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Record<string, Entry> }
const installed = Object.entries(packages)
  .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
  .map(([path, entry]) => ({ path, name: path.replace(/^.*node_modules\//, ''), ...entry }))

/** The first versions without the holes that are publicly known. */
const MINIMA = {
  tar: '7.5.21',
  handlebars: '4.7.9',
  yaml: '2.8.3',
  axios: '1.16.0',
  'js-yaml': '4.1.1',
  'follow-redirects': '1.16.0',
}

test.each(Object.entries(MINIMA))('every %s is %s or newer', (name, minimum) => {
  const versions = installed.filter((each) => each.name === name).map(({ version }) => version)
  expect(versions.filter((version) => version === undefined || !gte(version, minimum))).toEqual([])
})

test.each(['package.json', 'plugins'])('every dependency of %s is pinned exactly', (name) => {
  const files =
    name === 'plugins'
      ? Object.keys(packages)
          .filter((path) => /^plugins\/[^/]+$/.test(path))
          .map((path) => join(path, 'package.json'))
      : [name]
  const ranges = files.flatMap((file) => {
    const { dependencies = {}, devDependencies = {} } = read(file) as Record<
      string,
      Record<string, string> | undefined
    >
    return Object.entries({ ...dependencies, ...devDependencies })
  })
  expect(ranges.filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))).toEqual([])
})

test('every package of the lock file has a sha512, and none runs a script when installed', () => {
  expect(installed.length).toBeGreaterThan(100)
  expect(installed.filter(({ integrity }) => integrity?.startsWith('sha512-') !== true)).toEqual([])
  expect(installed.filter(({ hasInstallScript }) => hasInstallScript === true)).toEqual([])
})

test('no plugin that installs or updates others is a dependency', () => {
  const names = new Set(installed.map(({ name }) => name))
  for (const name of ['@oclif/plugin-plugins', '@oclif/plugin-update']) {
    expect([
      ...Object.keys((read('package.json') as { dependencies: object }).dependencies),
    ]).not.toContain(name)
    expect(names.has(name)).toBe(false)
  }
})
