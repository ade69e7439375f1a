import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newToken } from '../../src/base/folders.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { openKubeStorage } from '../../src/storage/kube-storage.ts'
import type { ReleaseSummary } from '../../src/release/summary.ts'
import type { RecordKind } from '../../src/storage/record-object.ts'
import {
  byNameAndRevision,
  type ChooseRecords,
  type ReleaseStorage,
} from '../../src/storage/storage.ts'
import { auditedCalls, auditMark } from '../support/audit.ts'
import { apiOk, freshNamespace, helm } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { planeTransport } from '../support/plane-transport.ts'
import { releaseOf } from '../support/releases.ts'
import { configMap, lineOf } from '../support/target.ts'

const NOW = new Date('2026-01-01T00:00:00.500Z')
const SUMMARY =
  '{"updated":"2026-01-01T00:00:00Z","chart":"web","version":"1.0.0","appVersion":"9.9"}'
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

function rowOf({ name, revision, status, chart: { metadata } }: ReleaseSummary): string {
  return `${name}.v${revision} ${status} ${metadata.name}-${metadata.version}`
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
    expect(releases.map((each) => [rowOf(each), each.labels])).toEqual([
      ['web.v1 deployed web-1.0.0', {}],
      ['web.v9 failed web-1.0.0', {}],
      ['web.v10 deployed web-1.0.0', {}],
      ['web-2.v1 deployed web-1.0.0', { team: 'a' }],
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

test('a record is the Secret that Helm writes, but for the marks', async () => {
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
      annotations: { 'kubectl-pkg/write': 't.1', 'kubectl-pkg/summary': SUMMARY },
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

/** Replaces a record as Helm would, without annotations. */
async function replaceRecord(namespace: string, name: string, changed: JsonObject): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.${name}`
  const { metadata, ...secret } = await apiOk('GET', path)
  const { annotations: _marks, ...rest } = metadata as JsonObject
  await apiOk('PUT', path, { ...secret, metadata: rest, ...changed })
}

test('a damaged record is shown by a list and named by whoever reads it', async () => {
  const namespace = await freshNamespace()
  await open().create(releaseOf({ namespace }))
  await open().create(releaseOf({ namespace, revision: 2 }))
  const data = { release: Buffer.from('AAAA').toString('base64') }
  await replaceRecord(namespace, 'web.v2', { data })

  const { releases, unreadable } = await open().list(namespace, all)
  expect(releases.map(rowOf)).toEqual(['web.v1 deployed web-1.0.0'])
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

  const { code, out, err } = await pkg(namespace, 'history web -o json')
  const hint = `hint: "kubectl pkg repair web --namespace ${namespace}" shows what is wrong, and with --yes mends or removes it\n`
  expect([code, err]).toEqual([0, `warning: ${place} cannot be read: its JSON is damaged\n${hint}`])
  expect((await pkg(namespace, 'list')).err).toBe(
    `warning: the record ${place} of release "${namespace}/web" cannot be read: its JSON is damaged\n${hint}`,
  )
  expect(JSON.parse(out)).toMatchObject([
    { revision: 1, status: 'deployed' },
    { revision: 2, status: 'unreadable', updated: '' },
  ])
  expect((await pkg(namespace, 'history web')).out).toMatch(/^2 +\t +\tunreadable/m)
})

describe('a list of the newest revisions', () => {
  const newest: ChooseRecords = (heads) => heads.toSorted(byNameAndRevision)
  const rowsOf = async (namespace: string) =>
    (await open().list(namespace, newest, 'newest')).releases.map(rowOf)

  test('asks for metadata alone where this program has written the records', async () => {
    const namespace = await freshNamespace()
    const storage = open()
    await storage.create(releaseOf({ namespace, status: 'superseded' }))
    await storage.create(releaseOf({ namespace, revision: 2 }))
    await storage.create(releaseOf({ namespace, name: 'other', status: 'failed' }))
    const mark = auditMark()
    expect(await rowsOf(namespace)).toEqual([
      'other.v1 failed web-1.0.0',
      'web.v2 deployed web-1.0.0',
    ])
    const calls = await auditedCalls(mark, (call) => call.namespace === namespace)
    expect(calls.map(({ verb }) => verb)).toEqual(['list', 'list'])
  })

  test('offers the newest of each release alone, also of all namespaces', async () => {
    const [one, two] = [await freshNamespace(), await freshNamespace()]
    const storage = open()
    await storage.create(releaseOf({ namespace: one, status: 'superseded' }))
    await storage.create(releaseOf({ namespace: one, revision: 2 }))
    await storage.create(releaseOf({ namespace: two, status: 'superseded' }))
    const offered: string[] = []
    const keepNone: ChooseRecords = (heads) => {
      for (const { namespace, name, revision } of heads) {
        const place = [one, two].indexOf(namespace)
        if (place >= 0) offered.push(`${place} ${name}.v${revision}`)
      }
      return []
    }
    await open().list(undefined, keepNone, 'newest')
    expect(offered.sort()).toEqual(['0 web.v2', '1 web.v1'])
  })

  test('reads many records of Helm by one call, and lone ones by themselves', async () => {
    const namespace = await freshNamespace()
    const storage = open()
    for (const name of ['a', 'b', 'c']) {
      await storage.create(releaseOf({ namespace, name, status: 'superseded' }))
      await storage.create(releaseOf({ namespace, name, revision: 2 }))
      await replaceRecord(namespace, `${name}.v2`, {})
    }
    const mark = auditMark()
    expect(await rowsOf(namespace)).toEqual([
      'a.v2 deployed web-1.0.0',
      'b.v2 deployed web-1.0.0',
      'c.v2 deployed web-1.0.0',
    ])
    const verbsSince = async (from: number) =>
      (await auditedCalls(from, (call) => call.namespace === namespace)).map(({ verb }) => verb)
    expect(await verbsSince(mark)).toEqual(['list', 'list', 'list'])
    // Helm's own query by label finds it no more.
    await replaceRecord(namespace, 'c.v2', {
      metadata: { name: 'sh.helm.release.v1.c.v2', labels: { owner: 'helm', status: 'deployed' } },
    })
    const again = auditMark()
    expect(await rowsOf(namespace)).toHaveLength(3)
    expect(await verbsSince(again)).toEqual(['list', 'list', 'list', 'get'])
  })

  test.each([1, 51])('shows %i releases of which only superseded ones are left', async (count) => {
    const namespace = await freshNamespace()
    const storage = open()
    const status = 'superseded'
    const names = Array.from({ length: count }, (_, at) => `app-${10 + at}`)
    await storage.create(releaseOf({ namespace }))
    for (const name of names) {
      await storage.create(releaseOf({ namespace, name, status: 'failed' }))
      for (const revision of [2, 3]) {
        await storage.create(releaseOf({ namespace, name, revision, status }))
      }
    }
    const rows = await rowsOf(namespace)
    for (const name of names) expect(rows).toContain(`${name}.v3 superseded web-1.0.0`)
    expect(rows).toContain('web.v1 deployed web-1.0.0')
    // As Helm lists them, each by its newest revision.
    const shown = await pkgOk(namespace, 'list --short')
    expect(shown).toBe(await helmOk(namespace, 'list --short'))
  })
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
  expect(await storage.idleFor(releaseOf({ namespace }), 1)).toBeLessThan(120_000)
})
