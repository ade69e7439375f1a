import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processIo, type Io } from '../../../src/cli/io.ts'
import { writeBackup } from '../../../src/cli/write-backup.ts'
import { temporaryFolder, treeOf } from '../../support/target.ts'

let folder: ReturnType<typeof temporaryFolder>
let io: Io

beforeEach(() => {
  folder = temporaryFolder()
  io = { ...processIo(), cwd: folder.path, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) }
})
afterEach(() => folder.remove())

test('a backup is for its owner alone, and bears the time where no name was given', async () => {
  const path = await writeBackup(io, { given: undefined, name: 'web' }, 'all of it')
  expect(path).toBe('web.records-20260102T030405Z.json')
  expect(treeOf(folder.path)).toEqual([{ path, mode: '600', text: 'all of it' }])
})

test('a backup replaces nothing', async () => {
  const file = join(folder.path, 'there.json')
  writeFileSync(file, 'before')
  const writing = writeBackup(io, { given: 'there.json', name: 'web' }, 'after')
  await expect(writing).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: 'there.json is there already',
  })
  expect(readFileSync(file, 'utf8')).toBe('before')
  expect(treeOf(folder.path)).toHaveLength(1)
  expect(statSync(file).mode & 0o777).not.toBe(0o600)
})
