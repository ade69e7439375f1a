import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFiles } from '../../../src/base/files.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubectl-pkg-files-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const make = (path: string) => openFiles().makeFolder(path, 0o700)

test('a folder is made with those above it, all with the mode', async () => {
  await make(join(root, 'a/b/c'))
  const modes = ['a', 'a/b', 'a/b/c'].map((path) => statSync(join(root, path)).mode & 0o777)
  expect(modes).toEqual([0o700, 0o700, 0o700])
})

test('a folder that is there is left as it is, also behind a link', async () => {
  mkdirSync(join(root, 'there'), { mode: 0o755 })
  symlinkSync('there', join(root, 'link'))
  await make(join(root, 'there'))
  await make(join(root, 'link'))
  await make('/')
  expect(statSync(join(root, 'there')).mode & 0o777).toBe(0o755)
})

test('many may make the same folder at once', async () => {
  const path = join(root, 'a/b/c/d')
  await Promise.all(Array.from({ length: 20 }, () => make(path)))
  expect(statSync(path).isDirectory()).toBe(true)
})

test.each([
  { what: 'a file', path: 'file', code: 'EEXIST' },
  { what: 'below a file', path: 'file/a/b', code: 'ENOTDIR' },
  { what: 'a link to nothing', path: 'nowhere', code: 'EEXIST' },
  { what: 'below a link to nothing', path: 'nowhere/a', code: 'EEXIST' },
])('no folder is made where there is $what', async ({ path, code }) => {
  writeFileSync(join(root, 'file'), '')
  symlinkSync('gone', join(root, 'nowhere'))
  await expect(make(join(root, path))).rejects.toMatchObject({ code })
})

test.runIf(process.platform === 'linux')(
  'a folder in which nothing can be made is an error, not an endless loop',
  async () => {
    await expect(make('/proc/none/of/these')).rejects.toMatchObject({
      code: 'ENOENT',
      path: '/proc/none',
    })
  },
)

test('what cannot be opened to be read is no failure of a write', async () => {
  const loop = join(root, 'loop')
  symlinkSync('loop', loop)
  await expect(openFiles().read(loop)).rejects.toMatchObject({ code: 'ELOOP', syscall: 'read' })
})
