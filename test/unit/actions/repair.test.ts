import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { history } from '../../../src/actions/inspect.ts'
import { install } from '../../../src/actions/install.ts'
import { repair } from '../../../src/actions/repair.ts'
import { upgrade } from '../../../src/actions/upgrade.ts'
import { configMapChart, connectTo, lineOf, temporaryFolder, treeOf } from '../../support/target.ts'

const release = { name: 'web', namespace: 'apps' }
const request = { release, chart: './web', values: new Map() }
const charts = { './web': configMapChart({ a: '1' }), './web2': configMapChart({ a: '2' }) }
let folder: ReturnType<typeof temporaryFolder>
let saved: string[]

beforeEach(async () => {
  folder = temporaryFolder()
  saved = []
  await install(connect(), request)
  await upgrade(connect(), { ...request, chart: './web2' })
})
afterEach(() => folder.remove())

function connect() {
  return connectTo({ path: folder.path, charts })
}

function fileOf(revision: number): string {
  return join(folder.path, `.kubectl-pkg/releases/apps/web.v${revision}`)
}

async function saveBackup(text: string): Promise<string> {
  saved.push(text)
  return 'backup.json'
}

test('a release without damage stays as it is, and nothing is saved', async () => {
  const before = treeOf(folder.path)
  expect(await repair(connect(), { release, saveBackup })).toEqual({
    release,
    count: 2,
    damaged: [],
    backup: undefined,
  })
  expect(saved).toEqual([])
  expect(treeOf(folder.path)).toEqual(before)
})

test('what is wrong is told, and without a backup nothing is changed', async () => {
  writeFileSync(fileOf(2), 'AAAA')
  const before = treeOf(folder.path)
  const { count, damaged, backup } = await repair(connect(), { release })
  expect([count, backup]).toEqual([2, undefined])
  expect(damaged).toMatchObject([
    { place: fileOf(2), revision: 2, problems: ['its JSON is damaged'], remedy: 'remove' },
  ])
  expect(treeOf(folder.path)).toEqual(before)
})

test('damaged records are saved as they are and removed; the release goes on', async () => {
  writeFileSync(fileOf(2), readFileSync(fileOf(1)))
  writeFileSync(fileOf(3), 'AAAA')
  await expect(upgrade(connect(), request)).rejects.toMatchObject({
    code: 'RELEASE_UNREADABLE',
    hint: expect.stringContaining('"kubectl pkg repair web"') as string,
  })

  const { damaged, backup } = await repair(connect(), { release, saveBackup })
  expect(backup).toBe('backup.json')
  expect(damaged.map(({ problems }) => problems)).toEqual([
    ['it holds revision 1 of release "web"'],
    ['its JSON is damaged'],
  ])
  expect(JSON.parse(saved.join())).toEqual({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { file: fileOf(2), base64: readFileSync(fileOf(1)).toString('base64') },
      { file: fileOf(3), base64: Buffer.from('AAAA').toString('base64') },
    ],
  })
  expect([1, 2, 3].map((revision) => existsSync(fileOf(revision)))).toEqual([true, false, false])
  await upgrade(connect(), { ...request, chart: './web2' })
  expect((await history(connect(), release)).map(lineOf)).toEqual([
    'web.v1 superseded: Install complete',
    'web.v2 deployed: Upgrade complete',
  ])
})

test('a backup that cannot be written leaves all as it is', async () => {
  writeFileSync(fileOf(2), 'AAAA')
  const before = treeOf(folder.path)
  const failing = async (): Promise<string> => {
    throw new Error('the disk is full')
  }
  await expect(repair(connect(), { release, saveBackup: failing })).rejects.toThrow('disk is full')
  expect(treeOf(folder.path)).toEqual(before)
})

test('a record that changes after it was examined is left alone', async () => {
  writeFileSync(fileOf(2), 'AAAA')
  const changing = async (): Promise<string> => {
    writeFileSync(fileOf(2), 'BBBB')
    return 'backup.json'
  }
  await expect(repair(connect(), { release, saveBackup: changing })).rejects.toMatchObject({
    code: 'OBJECT_CHANGED',
  })
  expect(readFileSync(fileOf(2), 'utf8')).toBe('BBBB')
})

test('without such a release there is nothing to repair', async () => {
  const none = { name: 'wbe', namespace: 'apps' }
  await expect(repair(connect(), { release: none })).rejects.toMatchObject({
    code: 'RELEASE_NOT_FOUND',
  })
})
