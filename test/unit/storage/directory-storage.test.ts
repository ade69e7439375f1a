import { chmodSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFiles } from '../../../src/base/files.ts'
import { openDirectoryStorage } from '../../../src/storage/directory-storage.ts'
import { openMemoryStorage } from '../../../src/storage/memory.ts'
import {
  byNameAndRevision,
  type ChooseRecords,
  type ReleaseStorage,
} from '../../../src/storage/storage.ts'
import { releaseOf } from '../../support/releases.ts'
import { lineOf, temporaryFolder, treeOf } from '../../support/target.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const all: ChooseRecords = (heads) => heads.toSorted(byNameAndRevision)

function openDirectory(): ReleaseStorage {
  return openDirectoryStorage({ path: folder.path, files: openFiles(), token: 't1' })
}

function fileOf(revision: number): string {
  return join(folder.path, `.kubectl-pkg/releases/apps/web.v${revision}`)
}

describe.each([
  { where: 'a directory', open: openDirectory },
  { where: 'memory', open: openMemoryStorage },
])('releases in $where', ({ open }) => {
  test('are created once, updated, listed and deleted', async () => {
    const storage = open()
    for (const revision of [10, 9, 1]) await storage.create(releaseOf({ revision }))
    await storage.create(releaseOf({ name: 'web-2' }))
    await storage.create(releaseOf({ namespace: 'shop' }))
    await expect(storage.create(releaseOf({ revision: 9 }))).rejects.toMatchObject({
      code: 'RELEASE_EXISTS',
      message: 'release: already exists',
    })
    await storage.update(releaseOf({ revision: 9, status: 'failed', description: 'no' }))

    expect((await storage.history(releaseOf({}))).map(lineOf)).toEqual([
      'web.v1 deployed: Install complete',
      'web.v9 failed: no',
      'web.v10 deployed: Install complete',
    ])
    const keys = async (namespace?: string) =>
      (await storage.list(namespace, all)).releases.map(
        (each) => `${each.namespace}/${each.name}.v${each.revision}`,
      )
    expect(await keys('shop')).toEqual(['shop/web.v1'])
    expect(await keys()).toEqual([
      'apps/web.v1',
      'apps/web.v9',
      'apps/web.v10',
      'apps/web-2.v1',
      'shop/web.v1',
    ])
    expect([
      await storage.delete(releaseOf({}), 9),
      await storage.delete(releaseOf({}), 9),
    ]).toEqual([true, false])
  })

  test('have a journal beside them', async () => {
    const storage = open()
    await storage.writeJournal(releaseOf({}), { manifests: ['a: 1'] })
    expect(await storage.readJournal(releaseOf({}))).toEqual({ manifests: ['a: 1'] })
    await storage.deleteJournal(releaseOf({}))
    expect(await storage.readJournal(releaseOf({}))).toBeUndefined()
  })
})

test('records are for their owner alone, and no file looks like a manifest', async () => {
  await openDirectory().create(releaseOf({}))
  expect(treeOf(folder.path).map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    '600 .kubectl-pkg/releases/apps/web.v1',
  ])
  expect(statSync(join(folder.path, '.kubectl-pkg')).mode & 0o777).toBe(0o700)
})

test('a damaged record is shown by list and named by history', async () => {
  const storage = openDirectory()
  await storage.create(releaseOf({}))
  await storage.create(releaseOf({ name: 'other' }))
  writeFileSync(fileOf(1), 'torn')
  chmodSync(fileOf(1), 0o600)

  const { releases, unreadable } = await storage.list(undefined, all)
  expect(releases.map(({ name }) => name)).toEqual(['other'])
  expect(unreadable).toEqual([
    {
      name: 'web',
      namespace: 'apps',
      revision: 1,
      place: fileOf(1),
      reason: 'its JSON is damaged',
    },
  ])
  await expect(storage.history(releaseOf({}))).rejects.toMatchObject({
    code: 'RELEASE_UNREADABLE',
    message: `record "${fileOf(1)}" cannot be read: its JSON is damaged`,
  })
})

test('a record under the name of another one is not believed', async () => {
  const storage = openDirectory()
  await storage.create(releaseOf({}))
  renameSync(fileOf(1), fileOf(2))
  expect((await storage.list('apps', all)).unreadable.map(({ reason }) => reason)).toEqual([
    'it holds revision 1 of release "web"',
  ])
})
