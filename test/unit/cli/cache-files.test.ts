import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { unlessFailed, writeCached } from '../../../src/cli/cache-files.ts'
import { removeTemporaryFolders, temporaryFolder } from '../../support/temporary-folder.ts'

afterAll(removeTemporaryFolders)

test('what the system or Node refuses is left out, a mistake of ours is not', () => {
  const refused = Object.assign(new Error('no'), { code: 'ERR_ACCESS_DENIED' })
  const run = (error: Error) => () =>
    unlessFailed(() => {
      throw error
    })
  expect(run(refused)()).toBeUndefined()
  expect(unlessFailed(() => readdirSync('/nowhere'))).toBeUndefined()
  expect(run(new TypeError('ours'))).toThrow('ours')
})

test('a write that fails leaves nothing behind', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'taken/inner'), { recursive: true })
  const file = { data: Buffer.from('text'), mode: 0o600 }
  expect(() => writeCached(join(folder, 'taken'), join(folder, 'new'), file)).toThrow('EISDIR')
  expect(readdirSync(folder)).toEqual(['taken'])
})
