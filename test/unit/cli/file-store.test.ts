import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderStore } from '../../../src/cli/file-store.ts'
import { removeTemporaryFolders, temporaryFolder } from '../../support/temporary-folder.ts'

afterAll(removeTemporaryFolders)

const bytes = (text: string) => [Buffer.from(text.slice(0, 1)), Buffer.from(text.slice(1))]
const textOf = (content: Uint8Array | undefined) => content && Buffer.from(content).toString()

test('what is written is read again, in a folder of the person alone', () => {
  const folder = join(temporaryFolder(), 'a/templates')
  const store = folderStore(folder, 'one')
  expect(store.read('web')).toBeUndefined()
  store.write('web', bytes('first'))
  store.write('web', bytes('second'))
  expect(textOf(store.read('web'))).toBe('second')
  expect(readdirSync(folder)).toEqual(['web-one'])
  expect([folder, join(folder, 'web-one')].map((path) => statSync(path).mode & 0o777)).toEqual([
    0o700, 0o600,
  ])
})

test('what another version has kept is not taken', () => {
  const folder = temporaryFolder()
  folderStore(folder, 'one').write('web', bytes('first'))
  expect(folderStore(folder, 'two').read('web')).toBeUndefined()
})

test('of more than 300 files the older half goes, and what runs left that were cut off', () => {
  const folder = temporaryFolder()
  for (let age = 1; age <= 300; age++) {
    const path = join(folder, age === 300 ? `.web.${'0'.repeat(24)}.tmp` : `chart${age}-one`)
    writeFileSync(path, '')
    utimesSync(path, 1e9 - age, 1e9 - age)
  }
  folderStore(folder, 'one').write('new', bytes('new'))
  const left = readdirSync(folder)
  expect(left).toHaveLength(151)
  expect(left).toEqual(expect.arrayContaining(['new-one', 'chart1-one', 'chart150-one']))
})

test('a folder that cannot be had leaves the cache out', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  const store = folderStore(join(folder, 'file/templates'), 'one')
  store.write('web', bytes('text'))
  expect(store.read('web')).toBeUndefined()
})

const ODD_FILES: Record<string, (path: string) => void> = {
  'a folder': (path) => mkdirSync(join(path, 'inner'), { recursive: true }),
  'a link to itself': (path) => symlinkSync(path, path),
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a device without an end': (path) => symlinkSync('/dev/zero', path),
  'a file of 3 GiB': (path) => {
    writeFileSync(path, '')
    truncateSync(path, 3 * 2 ** 30)
  },
}

test.each(Object.entries(ODD_FILES))('%s in the place of a file is left alone', (_, make) => {
  const folder = temporaryFolder()
  make(join(folder, 'web-one'))
  const store = folderStore(folder, 'one')
  expect(store.read('web')).toBeUndefined()
  store.write('web', bytes('text'))
  expect(readdirSync(folder)).toEqual(['web-one'])
})

test('what is no file does not keep older files from being removed', () => {
  const folder = temporaryFolder()
  for (let index = 0; index < 160; index++) {
    mkdirSync(join(folder, `folder${index}`))
    symlinkSync('nowhere', join(folder, `link${index}`))
  }
  folderStore(folder, 'one').write('new', bytes('new'))
  expect(readdirSync(folder)).toHaveLength(161)
})

test.each(['/proc/nothing', '/dev/null', `/${'x'.repeat(300)}`])(
  'where no folder can be made nothing is kept: %s',
  (folder) => {
    const store = folderStore(join(folder, 'templates'), 'one')
    store.write('web', bytes('text'))
    expect(store.read('web')).toBeUndefined()
  },
)
