import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newToken } from '../../src/base/folders.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { openKubeStorage } from '../../src/storage/kube-storage.ts'
import type { RecordKind } from '../../src/storage/record-object.ts'
import {
  byNameAndRevision,
  type ChooseRecords,
  type ReleaseStorage,
} from '../../src/storage/storage.ts'
import { apiOk, freshNamespace, helm } from '../support/plane.ts'
import { planeTransport } from '../support/plane-transport.ts'
import { releaseOf } from '../support/releases.ts'
import { configMap, lineOf } from '../support/target.ts'

const NOW = new Date('2026-01-01T00:00:00.500Z')
const all: ChooseRecords = (heads) => heads.toSorted(byNameAndRevision)

function open(
  options: { kind?: RecordKind; notices?: string[]; token?: string } = {},
): ReleaseStorage {
  const { kind = 'secret', notices = [], token = newToken() } = options
  return openKubeStorage({
    transport: planeTransport(),
    kind,
    token,
    now: () => NOW,
    signal: new AbortController().signal,
    onNotice: (notice) => notices.push(notice),
  })
}

async function secretsIn(namespace: string): Promise<JsonObject[]> {
  const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/secrets`)
  return (items as JsonObject[]).toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))
}

function nameOf({ metadata }: JsonObject): string {
  return (metadata as { name: string }).name
}

describe.each(['secret', 'configmap'] as const)('releases in objects of kind %s', (kind) => {
  test('are created once, updated, listed and deleted', async () => {
    const namespace = await freshNamespace()
    const storage = open({ kind })
    const revisionOf = (revision: number) => releaseOf({ namespace, revision })
    for (const revision of [10, 9, 1]) await storage.create(revisionOf(revision))
    await storage.create(releaseOf({ namespace, name: 'web-2', labels: { team: 'a' } }))
    await expect(storage.create(revisionOf(9))).rejects.toMatchObject({
      code: 'RELEASE_EXISTS',
      message: 'release: already exists',
    })
    await storage.update({ ...revisionOf(9), status: 'failed', description: 'no' })

    const history = await open({ kind }).history(revisionOf(1))
    expect(history.map(lineOf)).toEqual([
      'web.v1 deployed: Install complete',
      'web.v9 failed: no',
      'web.v10 deployed: Install complete',
    ])
    const { releases } = await storage.list(namespace, all)
    expect(releases.map((each) => [lineOf(each), each.labels, each.chart.metadata.name])).toEqual([
      ['web.v1 deployed: Install complete', {}, 'web'],
      ['web.v9 failed: no', {}, 'web'],
      ['web.v10 deployed: Install complete', {}, 'web'],
      ['web-2.v1 deployed: Install complete', { team: 'a' }, 'web'],
    ])
    expect([
      await storage.delete(revisionOf(9), 9),
      await storage.delete(revisionOf(9), 9),
    ]).toEqual([true, false])
  })

  test('have a journal beside them that Helm does not see', async () => {
    const namespace = await freshNamespace()
    const release = releaseOf({ namespace })
    const storage = open({ kind })
    expect(await storage.readJournal(release)).toBeUndefined()
    await storage.writeJournal(release, { manifests: ['a: 1'] })
    await storage.writeJournal(release, { manifests: ['b: 1'] })
    await storage.create(release)
    const later = open({ kind })
    await later.history(release)
    expect(await later.readJournal(release)).toEqual({ manifests: ['b: 1'] })
    await later.deleteJournal(release)
    expect(await open({ kind }).readJournal(release)).toBeUndefined()
  })
})

test('a record is the Secret that Helm writes, but for the mark of the write', async () => {
  const namespace = await freshNamespace()
  const storage = open({ token: 't' })
  const release = releaseOf({ namespace, status: 'pending-install', labels: { team: 'a' } })
  await storage.create(release)
  const heads = async () =>
    (await secretsIn(namespace)).map(({ metadata, type }) => {
      const { name, labels, annotations } = metadata as JsonObject
      return { name, labels, annotations, type }
    })
  const common = { name: 'web', owner: 'helm', team: 'a', version: '1' }
  expect(await heads()).toEqual([
    {
      name: 'sh.helm.release.v1.web.v1',
      labels: { ...common, status: 'pending-install', createdAt: '1767225600' },
      annotations: { 'kubectl-pkg/write': 't.1' },
      type: 'helm.sh/release.v1',
    },
  ])
  await storage.update({ ...release, status: 'deployed' })
  expect(await heads()).toMatchObject([
    { labels: { ...common, status: 'deployed', modifiedAt: '1767225600' } },
  ])
})

test('a record that somebody else has changed is not replaced', async () => {
  const namespace = await freshNamespace()
  const release = releaseOf({ namespace })
  const [ours, others] = [open(), open()]
  await ours.create(release)
  await others.update({ ...release, description: 'theirs' })
  await expect(ours.update({ ...release, description: 'ours' })).rejects.toMatchObject({
    code: 'LOCK_LOST',
    message: 'somebody else has changed the record of revision 1 of release "web"',
  })
  expect((await ours.history(release)).map(lineOf)).toEqual(['web.v1 deployed: theirs'])
})

test('a damaged record is shown by a list and named by whoever reads it', async () => {
  const namespace = await freshNamespace()
  await open().create(releaseOf({ namespace }))
  await open().create(releaseOf({ namespace, revision: 2 }))
  const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.web.v2`
  const secret = await apiOk('GET', path)
  await apiOk('PUT', path, { ...secret, data: { release: Buffer.from('AAAA').toString('base64') } })

  const { releases, unreadable } = await open().list(namespace, all)
  expect(releases.map(lineOf)).toEqual(['web.v1 deployed: Install complete'])
  const place = `secret ${namespace}/sh.helm.release.v1.web.v2`
  expect(unreadable).toEqual([
    { name: 'web', namespace, revision: 2, place, reason: 'its JSON is damaged' },
  ])
  const history = await open().history(releaseOf({ namespace }))
  expect(history.map(({ revision, status }) => [revision, status])).toEqual([
    [1, 'deployed'],
    [2, 'deployed'],
  ])
  expect(() => history[1]?.manifest).toThrow(`${place} cannot be read: its JSON is damaged`)
})

describe('a record larger than a Secret', () => {
  const random = (bytes: number) => randomBytes(bytes).toString('base64')
  const large = (namespace: string, fields: Parameters<typeof releaseOf>[0] = {}) => {
    const release = releaseOf({ namespace, manifest: `---\n${configMap('a', '1')}`, ...fields })
    const files = [{ name: 'big.bin', data: Buffer.from(random(2_000_000), 'base64') }]
    return { ...release, chart: { ...release.chart, files } }
  }

  test('keeps the files of its chart beside it, shared by its revisions', async () => {
    const namespace = await freshNamespace()
    const notices: string[] = []
    const storage = open({ notices })
    const release = large(namespace)
    await storage.create(release)
    await storage.update({ ...release, status: 'superseded' })
    await storage.create({ ...release, revision: 2 })
    expect(notices).toHaveLength(1)
    expect((await secretsIn(namespace)).map(nameOf)).toEqual([
      expect.stringMatching(/^pkg\.part\.v1\.web\.[0-9a-f]{16}\.0$/),
      expect.stringMatching(/^pkg\.part\.v1\.web\.[0-9a-f]{16}\.1$/),
      expect.stringMatching(/^pkg\.part\.v1\.web\.[0-9a-f]{16}\.2$/),
      'sh.helm.release.v1.web.v1',
      'sh.helm.release.v1.web.v2',
    ])

    const later = open()
    const [first] = await later.history(release)
    expect(first?.chart.files).toEqual([])
    const whole = first && (await later.complete(first))
    const [file] = whole?.chart.files ?? []
    expect(file?.name).toBe('big.bin')
    expect(release.chart.files[0]?.data.equals(file?.data ?? Buffer.of())).toBe(true)
    expect((await helm(['list', '-n', namespace, '-q'])).stdout).toBe('web\n')

    await later.delete(release, 1)
    expect(await secretsIn(namespace)).toHaveLength(4)
    await later.delete(release, 2)
    expect(await secretsIn(namespace)).toEqual([])
  })

  test('keeps a large manifest beside it too, and gives it back whole', async () => {
    const namespace = await freshNamespace()
    const manifest = ['a', 'b']
      .map((name) => `---\n# Source: web/${name}.yaml\n${configMap(name, random(800_000))}`)
      .join('')
    const release = large(namespace, { manifest })
    await open().create(release)
    const [stored] = await open().history(release)
    expect(stored?.manifest === manifest).toBe(true)
    expect((await helm(['get', 'manifest', 'web', '-n', namespace])).stdout).toContain(
      '# Source: web/a.yaml\napiVersion: v1\nkind: ConfigMap\nleftOut: ',
    )
  })
})

test('tells how long nobody has changed a record', async () => {
  const namespace = await freshNamespace()
  const storage = open()
  expect(await storage.idleFor(releaseOf({ namespace }), 1)).toBeUndefined()
  await storage.create(releaseOf({ namespace }))
  expect(await storage.idleFor(releaseOf({ namespace }), 1)).toBeLessThan(5000)
})
