import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { RbacRule } from '../../src/actions/rbac.ts'
import { newToken } from '../../src/base/folders.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { openKubeStorage } from '../../src/storage/kube-storage.ts'
import { auditedWrites, auditMark } from '../support/audit.ts'
import { startBuilt } from '../support/built-cli.ts'
import { describePoint, pointsOf, ruleAt, type FaultPoint } from '../support/fault-points.ts'
import { openLanes, workThrough, type Lane } from '../support/matrix-runs.ts'
import { accountToken, apiOk, freshNamespace, writeKubeconfig } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { planeTransport } from '../support/plane-transport.ts'
import { releaseOf } from '../support/releases.ts'
import { stateOf } from '../support/release-state.ts'
import { configMap } from '../support/target.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const TORN = Buffer.from('AAAA').toString('base64')

interface Secret {
  metadata: { name: string; labels: Record<string, string> }
  type: string
  data: Record<string, string>
}

let folder = ''
let count = 0
beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const recordOf = (release: string, revision: number): string =>
  `sh.helm.release.v1.${release}.v${revision}`

/** Makes a release with a record of each kind of damage, and gives its name. */
async function damagedRelease(namespace: string): Promise<string> {
  const release = `r${String(count++).padStart(3, '0')}`
  const storage = openKubeStorage({
    transport: planeTransport(),
    kind: 'secret',
    token: newToken(),
    now: () => new Date('2026-01-01T00:00:00Z'),
    signal: new AbortController().signal,
    onNotice: () => undefined,
  })
  for (const revision of [1, 2, 3, 4]) {
    const status = revision === 4 ? 'deployed' : 'superseded'
    const manifest = `---\n${configMap('a', String(revision))}`
    await storage.create(releaseOf({ name: release, namespace, revision, status, manifest }))
  }
  const root = `/api/v1/namespaces/${namespace}/secrets`
  const read = async (revision: number): Promise<Secret> =>
    (await apiOk('GET', `${root}/${recordOf(release, revision)}`)) as unknown as Secret
  const first = await read(1)
  const labels = { ...first.metadata.labels, version: '9' }
  const relabelled = { ...first, metadata: { ...first.metadata, labels } }
  await apiOk('PUT', `${root}/${recordOf(release, 1)}`, relabelled)
  await apiOk('PUT', `${root}/${recordOf(release, 2)}`, {
    ...(await read(2)),
    data: { release: TORN },
  })
  for (const [revision, change] of [
    [3, { type: 'Opaque' }],
    [4, { name: recordOf(release, 7) }],
  ] as const) {
    const { metadata, type, data } = await read(revision)
    const made = { metadata: { name: metadata.name, labels: metadata.labels }, type, data }
    await apiOk('DELETE', `${root}/${metadata.name}`)
    if ('name' in change) made.metadata.name = change.name
    else made.type = change.type
    await apiOk('POST', root, made)
  }
  return release
}

const backupOf = (release: string, run: number): string => join(folder, `${release}-${run}.json`)

/** What Secrets hold the records that can be read, by the first bytes of each. */
async function contents(namespace: string, release: string): Promise<string[]> {
  const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/secrets`)
  const own = (items as unknown as Secret[]).filter(({ metadata }) =>
    metadata.name.includes(`.${release}.`),
  )
  const all = own.map(({ data }) => data['release'] ?? '').filter((text) => text !== TORN)
  return [...new Set(all)].sort()
}

test('a repair that is killed at any write loses nothing, and the same command finishes', async () => {
  const lanes = await openLanes(4)
  const [{ namespace, proxy }] = lanes
  const run = async (lane: Lane, release: string) => {
    const words = ['repair', release, '--yes', '--backup', backupOf(release, 1), '-n', namespace]
    const env = { KUBECONFIG: lane.proxy.kubeconfig({ namespace }) }
    const { child, end } = startBuilt(words, { cwd: folder, env })
    lane.proxy.strike(child)
    return end
  }
  const release = await damagedRelease(namespace)
  proxy.begin()
  const { code, stderr } = await run(lanes[0], release)
  expect([code, code === 0 ? '' : stderr]).toEqual([0, expect.any(String)])
  const writes = pointsOf(proxy.calls, release).filter(({ isWrite }) => isWrite)
  expect(writes.map(describePoint)).toEqual([
    'POST leases',
    `DELETE secrets/${recordOf('RELEASE', 2)}`,
    `PUT secrets/${recordOf('RELEASE', 1)}`,
    'POST secrets',
    `DELETE secrets/${recordOf('RELEASE', 3)}`,
    'POST secrets (2)',
    `DELETE secrets/pkg.copy.${recordOf('RELEASE', 3)}`,
    'POST secrets (3)',
    `DELETE secrets/${recordOf('RELEASE', 7)}`,
    'DELETE leases/pkg-RELEASE',
  ])
  const wanted = await stateOf(namespace, release)
  expect(wanted.map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual([
    `secrets ${recordOf('RELEASE', 1)} 1 superseded;`,
    `secrets ${recordOf('RELEASE', 3)} 3 superseded;`,
    `secrets ${recordOf('RELEASE', 4)} 4 deployed;`,
  ])

  const killAndRepeat = async (lane: Lane, point: FaultPoint): Promise<string> => {
    const struck = await damagedRelease(namespace)
    const before = await contents(namespace, struck)
    lane.proxy.begin([ruleAt(point, struck, { mode: 'kill-before' })])
    const ended = await run(lane, struck)
    if (ended.signal !== 'SIGKILL') return `${describePoint(point)}: ended with ${ended.code}`
    const held = await contents(namespace, struck)
    if (held.join() !== before.join()) return `${describePoint(point)}: lost a record`
    const words = `repair ${struck} --yes --backup ${backupOf(struck, 2)}`
    const again = await pkg(namespace, words)
    if (again.code !== 0) return `${describePoint(point)}: then ${again.err}`
    const state = (await stateOf(namespace, struck)).join('\n')
    return state === wanted.join('\n') ? '' : `${describePoint(point)}: left ${state}`
  }
  expect(await workThrough('kills of repair', lanes, writes, killAndRepeat)).toEqual([])
})

test('an answer to a repair that is lost is no failure', async () => {
  const [{ namespace, proxy }] = await openLanes(1)
  onTestFinished(() => proxy.close())
  const run = async (release: string) => {
    const words = `repair ${release} --yes --backup ${backupOf(release, 1)}`
    return pkg(namespace, words, { KUBECONFIG: proxy.kubeconfig({ namespace }) })
  }
  const first = await damagedRelease(namespace)
  proxy.begin()
  await run(first)
  const wanted = await stateOf(namespace, first)
  const writes = pointsOf(proxy.calls, first).filter(({ isWrite }) => isWrite)
  expect(writes).toHaveLength(10)
  for (const point of writes) {
    const release = await damagedRelease(namespace)
    proxy.begin([ruleAt(point, release, { mode: 'reset-after' })])
    const { code, err } = await run(release)
    const isMet = proxy.calls.some(({ mode }) => mode === 'reset-after')
    const told = [describePoint(point), isMet, code, code === 0 ? '' : err]
    expect(told).toEqual([describePoint(point), true, 0, ''])
    expect(await stateOf(namespace, release)).toEqual(wanted)
  }
})

describe('the rights of a repair', () => {
  let namespace = ''
  let release = ''
  let rules: RbacRule[] = []
  beforeEach(async () => {
    namespace = await freshNamespace()
    release = await damagedRelease(namespace)
    const printed = await pkgOk(namespace, `rbac ${release} --for repair -o json`)
    rules = (JSON.parse(printed) as { rules: RbacRule[] }[]).flatMap((role) => role.rules)
  })

  const runAs = async (granted: readonly RbacRule[], words: string) => {
    const token = await accountToken(namespace, granted as unknown as JsonObject[])
    return pkg(namespace, words, { KUBECONFIG: writeKubeconfig({ token, namespace }) })
  }

  test('are printed though the newest record cannot be read, and are enough', async () => {
    const words = `repair ${release} --yes --backup ${backupOf(release, 1)}`
    const { code, err } = await runAs(rules, words)
    expect([code, code === 0 ? '' : err]).toEqual([0, ''])
  })

  test('are asked for before anything is written, and to look takes less', async () => {
    const withoutWrites = rules.map((rule) => ({
      ...rule,
      verbs: rule.verbs.filter((verb) => verb === 'get' || verb === 'list'),
    }))
    const granted = withoutWrites.filter(({ verbs }) => verbs.length > 0)
    const looked = await runAs(granted, `repair ${release}`)
    expect([looked.code, looked.out.split('\n').length]).toEqual([0, 6])

    for (const missing of ['create', 'update', 'delete']) {
      const others = rules.map((rule) => ({
        ...rule,
        verbs: rule.verbs.filter((verb) => verb !== missing || !rule.resources.includes('secrets')),
      }))
      const mark = auditMark()
      const words = `repair ${release} --yes --backup ${backupOf(release, 1)}`
      const { code, err } = await runAs(others, words)
      expect([code, err]).toEqual([8, expect.stringContaining(`${missing} Secret in namespace`)])
      expect(err).toContain(
        `"kubectl pkg rbac ${release} --for repair --namespace ${namespace}" prints the roles`,
      )
      const writes = await auditedWrites(
        mark,
        (call) => call.namespace === namespace && call.userAgent.startsWith('kubectl-pkg'),
      )
      expect(writes).toEqual([])
    }
  })
})
