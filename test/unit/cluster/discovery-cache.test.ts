import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDiscoveryCache, type CacheOptions } from '../../../src/cluster/discovery-cache.ts'
import { temporaryFolder } from '../../support/target.ts'

let home: ReturnType<typeof temporaryFolder>
let folder = ''
beforeEach(() => {
  home = temporaryFolder()
  folder = join(home.path, 'cache', 'discovery')
})
afterEach(() => home.remove())

const HOUR = 60 * 60 * 1000
const KNOWN = {
  apis: { resources: [], apiVersions: ['v1'], stale: [] },
  version: { gitVersion: 'v1.35.4', major: '1', minor: '35' },
  tags: { core: '"a"', groups: '"b"' },
}

function open(own: Partial<CacheOptions> = {}) {
  const server = 'https://10.0.0.1:6443/k8s/clusters/c-1'
  return openDiscoveryCache({ folder, server, ca: 'PEM', now: () => 10 * HOUR, ...own })
}

test('what is stored is for its owner alone, and leaves nothing beside it', () => {
  open().write(KNOWN)
  expect(readdirSync(folder)).toEqual(['https_10.0.0.1_6443_k8s_clusters_c-1.json'])
  expect(statSync(join(folder, readdirSync(folder)[0] ?? '')).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect([open().read(), open().readFresh()]).toEqual([KNOWN, KNOWN])
})

test.each([
  { what: 'six hours later', own: { now: () => 16 * HOUR }, isFresh: false },
  { what: 'a little earlier', own: { now: () => 16 * HOUR - 1 }, isFresh: true },
  { what: 'when the clock was set back', own: { now: () => 9 * HOUR }, isFresh: false },
])('what is stored is believed $what: $isFresh', ({ own, isFresh }) => {
  open().write(KNOWN)
  expect(open(own).readFresh() !== undefined).toBe(isFresh)
  expect(open(own).read()).toEqual(KNOWN)
})

test('another cluster at the same address is not taken for this one', () => {
  open().write(KNOWN)
  expect(open({ ca: 'other' }).read()).toBeUndefined()
  expect(open({ server: 'https://10.0.0.1:6443/k8s_clusters/c-1' }).read()).toBeUndefined()
})

test('what has expired is asked for anew, with its tags', () => {
  open().write(KNOWN)
  open().expire()
  expect([open().readFresh(), open().read()]).toEqual([undefined, KNOWN])
})

test.each(['', '{', '[]', '{"layout":1}', '{"layout":99,"server":"x"}'])(
  'a file that holds %j is as good as none',
  (text) => {
    open().write(KNOWN)
    const file = join(folder, readdirSync(folder)[0] ?? '')
    writeFileSync(file, text)
    expect([open().read(), open().readFresh()]).toEqual([undefined, undefined])
    open().write(KNOWN)
    expect(open().read()).toEqual(KNOWN)
  },
)

test('without a folder, or with one that is a file, nothing is kept and nothing fails', () => {
  open({ folder: undefined }).write(KNOWN)
  expect(open({ folder: undefined }).read()).toBeUndefined()
  const file = join(home.path, 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o600)
  open({ folder: file }).write(KNOWN)
  open({ folder: file }).expire()
  expect(open({ folder: file }).read()).toBeUndefined()
})
