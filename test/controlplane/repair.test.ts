import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newToken } from '../../src/base/folders.ts'
import { openKubeStorage } from '../../src/storage/kube-storage.ts'
import type { RecordKind } from '../../src/storage/record-object.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { api, apiOk, freshNamespace, kubectlOk } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { planeTransport } from '../support/plane-transport.ts'
import { releaseOf } from '../support/releases.ts'
import { configMap } from '../support/target.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const TORN = Buffer.from('AAAA').toString('base64')
const SAVED = 'saved the damaged records as they were to'

let namespace: string
let folder: string
let backup: string

beforeEach(async () => {
  namespace = await freshNamespace()
  folder = temporaryFolder()
  backup = join(folder, 'backup.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Stores revisions 1 to 3 of `web`, the last of which is deployed. */
async function storeHistory(kind: RecordKind = 'secret'): Promise<void> {
  const storage = open(kind)
  for (const revision of [1, 2, 3]) {
    const status = revision === 3 ? 'deployed' : 'superseded'
    const manifest = `---\n${configMap('a', '1')}`
    await storage.create(releaseOf({ namespace, revision, status, manifest }))
  }
}

function open(kind: RecordKind = 'secret') {
  return openKubeStorage({
    transport: planeTransport(),
    kind,
    token: newToken(),
    now: () => new Date('2026-01-01T00:00:00Z'),
    signal: new AbortController().signal,
    onNotice: () => undefined,
  })
}

function pathOf(name: string): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`
}

const nameOf = (revision: number): string => `sh.helm.release.v1.web.v${revision}`

async function record(revision: number): Promise<Secret> {
  return (await apiOk('GET', pathOf(nameOf(revision)))) as unknown as Secret
}

async function replace(revision: number, change: (secret: Secret) => object): Promise<void> {
  const secret = await record(revision)
  await apiOk('PUT', pathOf(nameOf(revision)), { ...secret, ...change(secret) })
}

async function create(secret: Partial<Secret>, name: string): Promise<void> {
  const { labels } = secret.metadata ?? {}
  const metadata = { name, ...(labels && { labels }) }
  const path = `/api/v1/namespaces/${namespace}/secrets`
  await apiOk('POST', path, { ...secret, metadata })
}

interface Secret {
  metadata: { name: string; uid: string; labels: Record<string, string> }
  type: string
  data: Record<string, string>
}

interface Revision {
  revision: number
  status: string
}

interface Report {
  records: number
  damaged: { record: string; problems: string[]; remedy: string }[]
  repaired: boolean
  backup: string
}

async function examined(options = ''): Promise<string[]> {
  const words = `repair web -o json ${options}`.trim()
  const { damaged } = JSON.parse(await pkgOk(namespace, words)) as Report
  return damaged.map(
    ({ record, problems, remedy }) =>
      `${remedy} ${record.replace(`secret ${namespace}/`, '')}: ${problems.join('; ')}`,
  )
}

const revisions = async (): Promise<string[]> =>
  (JSON.parse(await helmOk(namespace, 'history web -o json')) as Revision[]).map(
    ({ revision, status }) => `${revision} ${status}`,
  )

test('a release without damage is told to be sound, and none is not found', async () => {
  await storeHistory()
  expect(await pkg(namespace, 'repair web --yes')).toEqual({
    code: 0,
    out: 'release "web": all 3 records are sound\n',
    err: '',
  })
  expect(await pkg(namespace, 'repair wbe')).toMatchObject({
    code: 1,
    err: expect.stringContaining('code: RELEASE_NOT_FOUND') as string,
  })
})

test('a record that cannot be read is saved, removed, and can be put back', async () => {
  const chart = writeChart(folder, {
    'Chart.yaml': chartYaml(),
    'templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
  })
  await pkgOk(namespace, ['install', 'web', chart])
  await pkgOk(namespace, ['upgrade', 'web', chart, '--set', 'a=1', '--always-record'])
  await replace(2, () => ({ data: { release: TORN } }))
  const place = `secret ${namespace}/${nameOf(2)}`
  const failed = await pkg(namespace, ['upgrade', 'web', chart])
  expect(failed.code).toBe(6)
  expect(failed.err).toContain(`${place} cannot be read: its JSON is damaged`)
  expect(failed.err).toContain(`"kubectl pkg repair web --namespace ${namespace}" shows`)

  const dry = await pkg(namespace, 'repair web')
  expect(dry.code).toBe(0)
  expect(dry.out).toMatch(/web\.v2 *\tits JSON is damaged *\tremove it/)
  expect(dry.err).toBe('nothing was changed; --yes saves these records to a file and does it\n')
  const before = await record(2)

  expect(await pkg(namespace, `repair web --yes --backup ${backup}`)).toMatchObject({
    code: 0,
    err: `${SAVED} ${backup}\nrepaired; one record is left\n`,
  })
  expect(statSync(backup).mode & 0o777).toBe(0o600)
  expect((await api('GET', pathOf(nameOf(2)))).status).toBe(404)
  expect(await pkgOk(namespace, 'list --short')).toBe('web\n')
  expect(await examined()).toEqual([])

  await kubectlOk(['create', '--namespace', namespace, '--filename', backup])
  const { metadata, type, data } = await record(2)
  expect({ labels: metadata.labels, type, data }).toEqual({
    labels: before.metadata.labels,
    type: before.type,
    data: before.data,
  })
  const again = await pkg(namespace, `repair web --yes --backup ${backup}`)
  expect([again.code, again.err]).toEqual([
    1,
    expect.stringContaining(`${backup} is there already`) as string,
  ])
  expect(await examined()).toHaveLength(1)
  await pkgOk(namespace, `repair web --yes --backup ${backup}.2`)

  await pkgOk(namespace, ['upgrade', 'web', chart, '--set', 'a=2', '--always-record'])
  expect(await revisions()).toEqual(['1 superseded', '2 deployed'])
})

test.each([
  ['no base64', { release: Buffer.from('!!').toString('base64') }, 'it is empty or no base64'],
  [
    'torn gzip',
    { release: Buffer.from('H4sIAAAAAAAAA/////8=').toString('base64') },
    'its gzip data is damaged',
  ],
  ['no JSON', { release: TORN }, 'its JSON is damaged'],
  ['nothing', {}, 'it holds no release'],
])('a record of %s goes', async (_what, data, reason) => {
  await storeHistory()
  await replace(2, () => ({ data }))
  expect(await examined(`--yes --backup ${backup}`)).toEqual([`remove ${nameOf(2)}: ${reason}`])
  expect(await revisions()).toEqual(['1 superseded', '3 deployed'])
})

test('labels and type are put right from what the record says', async () => {
  await storeHistory()
  await replace(1, ({ metadata }) => ({
    metadata: { ...metadata, labels: { team: 'a', name: 'web', status: 'superseded' } },
  }))
  await replace(2, ({ metadata }) => ({
    metadata: { ...metadata, labels: { ...metadata.labels, version: '9' } },
  }))
  const third = await record(3)
  await apiOk('DELETE', pathOf(nameOf(3)))
  await create({ ...third, type: 'Opaque' }, nameOf(3))
  const second = await record(2)

  expect(await examined(`--yes --backup ${backup}`)).toEqual([
    `relabel ${nameOf(1)}: it lacks label owner; it lacks label version`,
    `relabel ${nameOf(2)}: its label version is "9"`,
    `recreate ${nameOf(3)}: its type is "Opaque"`,
  ])
  expect(await examined()).toEqual([])
  expect((await record(1)).metadata.labels).toEqual({
    team: 'a',
    name: 'web',
    owner: 'helm',
    status: 'superseded',
    version: '1',
  })
  const now = await record(2)
  expect([now.metadata.uid, now.data]).toEqual([second.metadata.uid, second.data])
  expect(await record(3)).toMatchObject({ type: 'helm.sh/release.v1', data: third.data })
  expect(await revisions()).toEqual(['1 superseded', '2 superseded', '3 deployed'])
})

test('of two records of a revision one stays, and a record at another name finds its own', async () => {
  await storeHistory()
  const [first, second, third] = [await record(1), await record(2), await record(3)]
  await create(third, 'copy-of-web')
  await apiOk('DELETE', pathOf(nameOf(1)))
  await replace(2, () => ({ data: first.data }))
  await create({ ...second, metadata: third.metadata }, 'sh.helm.release.v1.other.v1')

  expect(await examined(`--yes --backup ${backup}`)).toEqual([
    'remove copy-of-web: it is a second record of revision 3',
    `rename ${nameOf(2)}: it holds revision 1; its label version is "2"`,
  ])
  expect(await examined()).toEqual([])
  expect((await record(1)).data).toEqual(first.data)
  // It bears the name of another release, which is not touched.
  expect((await api('GET', pathOf('sh.helm.release.v1.other.v1'))).status).toBe(200)
  const saved = JSON.parse(readFileSync(backup, 'utf8')) as { items: Secret[] }
  expect(saved.items.map(({ metadata }) => metadata.name)).toEqual(['copy-of-web', nameOf(2)])
})

test('of a record whose parts are lost stays what can be read', async () => {
  const random = (bytes: number) => randomBytes(bytes).toString('base64')
  const files = [{ name: 'big.bin', data: Buffer.from(random(1_500_000), 'base64') }]
  const storage = open()
  const split = releaseOf({
    namespace,
    status: 'superseded',
    manifest: `---\n${configMap('a', '1')}`,
  })
  await storage.create({ ...split, chart: { ...split.chart, files } })
  const manifest = `---\n# Source: web/a.yaml\n${configMap('a', random(1_200_000))}`
  await storage.create({ ...split, revision: 2, status: 'deployed', manifest })
  const parts = `/api/v1/namespaces/${namespace}/secrets?labelSelector=owner%3Dkubectl-pkg-part`
  await apiOk('DELETE', parts)
  expect((await pkg(namespace, 'history web')).err).toContain(
    `secret ${namespace}/${nameOf(2)} cannot be read: its part `,
  )

  expect(await examined(`--yes --backup ${backup}`)).toEqual([
    expect.stringMatching(/^remove sh\.helm\.release\.v1\.web\.v2: its part \S+ is missing$/),
    expect.stringMatching(/^detach sh\.helm\.release\.v1\.web\.v1: its part \S+ is missing$/),
  ])
  expect(await examined()).toEqual([])
  expect(await pkgOk(namespace, 'get manifest web')).toContain('name: a')
  await pkgOk(namespace, 'rollback web 1')
})

test('records in ConfigMaps are repaired as well', async () => {
  await storeHistory('configmap')
  const path = `/api/v1/namespaces/${namespace}/configmaps/${nameOf(2)}`
  const object = await apiOk('GET', path)
  await apiOk('PUT', path, { ...object, data: { release: 'AAAA' } })
  const out = await pkgOk(namespace, `repair web --storage configmap --yes --backup ${backup}`)
  expect(out).toContain(`configmap ${namespace}/${nameOf(2)}`)
  expect((await api('GET', path)).status).toBe(404)
})

test('a record that changes after it was examined is left alone', async () => {
  await storeHistory()
  await replace(2, () => ({ data: { release: TORN } }))
  await replace(1, ({ metadata }) => ({
    metadata: { ...metadata, labels: { ...metadata.labels, version: '9' } },
  }))
  const { damaged } = await open().examine({ name: 'web', namespace })
  for (const revision of [1, 2]) {
    await replace(revision, ({ metadata }) => ({
      metadata: { ...metadata, annotations: { seen: 'yes' } },
    }))
  }
  for (const each of damaged) {
    await expect(each.mend()).rejects.toMatchObject({ code: 'OBJECT_CHANGED' })
  }
  expect((await record(2)).data['release']).toBe(TORN)
})

test('the lock of another run keeps the records as they are', async () => {
  await storeHistory()
  await replace(2, () => ({ data: { release: TORN } }))
  const now = new Date().toISOString().replace('Z', '000Z')
  await apiOk('POST', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, {
    metadata: { name: 'pkg-web' },
    spec: { holderIdentity: 'another', acquireTime: now, renewTime: now, leaseDurationSeconds: 30 },
  })
  const { code, err } = await pkg(
    namespace,
    `repair web --yes --lock-timeout 0s --backup ${backup}`,
  )
  expect([code, err]).toEqual([4, expect.stringContaining('code: RELEASE_LOCKED') as string])
  expect(await examined()).toHaveLength(1)
})
