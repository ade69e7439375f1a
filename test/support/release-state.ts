import { createHash } from 'node:crypto'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { isGone, parseHolder } from '../../src/cluster/holder.ts'
import { decodeRelease } from '../../src/release/codec.ts'
import { metadataOf, textIn } from '../../src/storage/record-object.ts'
import { apiOk } from './plane.ts'
import { lineOf } from './target.ts'

/** Where whatever a release of the matrix makes can be. */
const COLLECTIONS = [
  ['/api/v1', 'configmaps'],
  ['/api/v1', 'secrets'],
  ['/api/v1', 'services'],
  ['/api/v1', 'pods'],
  ['/apis/batch/v1', 'jobs'],
  ['/apis/coordination.k8s.io/v1', 'leases'],
] as const

/**
 * Everything that the API server holds of a release, a line each, without what differs from run
 * to run: times, uids, versions, tokens and the release's name. Two runs that came to the same
 * end have the same lines; a lock or a journal that is left is one line more.
 */
export async function stateOf(namespace: string, release: string): Promise<string[]> {
  const lists = await Promise.all(
    COLLECTIONS.map(async ([root, plural]) => {
      const { items } = await apiOk('GET', `${root}/namespaces/${namespace}/${plural}`)
      const own = (items as JsonObject[]).filter((object) => isOf(object, release))
      const isHeld = await Promise.all(own.map(isNotExpired))
      return own.filter((_, at) => isHeld[at]).map((object) => `${plural} ${lineFor(object)}`)
    }),
  )
  return lists
    .flat()
    .map((line) => line.replaceAll(release, 'RELEASE').replaceAll(namespace, 'NAMESPACE'))
    .sort()
}

/** The revisions of a release that are recorded as deployed, and the newest of all. */
export async function deployedOf(
  namespace: string,
  release: string,
): Promise<{ deployed: number[]; newest: number }> {
  const query = `labelSelector=owner%3Dhelm%2Cname%3D${release}`
  const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/secrets?${query}`)
  const records = (items as JsonObject[]).map((secret) => mapIn(metadataOf(secret), 'labels'))
  const revisions = (of: JsonObject[]): number[] => of.map(({ version }) => Number(version))
  return {
    deployed: revisions(records.filter(({ status }) => status === 'deployed')),
    newest: Math.max(0, ...revisions(records)),
  }
}

/** What a controller makes of an object counts as part of that. */
function isOf(object: JsonObject, release: string): boolean {
  const { ownerReferences, deletionTimestamp } = metadataOf(object)
  if (ownerReferences !== undefined || deletionTimestamp !== undefined) return false
  return textIn(metadataOf(object), 'name').split(/[-.]/).includes(release)
}

/** A lock is none when the process that held it is no more. */
async function isNotExpired(object: JsonObject): Promise<boolean> {
  const holder = parseHolder(textIn(mapIn(metadataOf(object), 'annotations'), 'kubectl-pkg/holder'))
  return holder === undefined || !(await isGone(holder))
}

function lineFor(object: JsonObject): string {
  const { labels = {} } = metadataOf(object)
  const name = textIn(metadataOf(object), 'name')
  if (object['type'] === 'helm.sh/release.v1') return `${name} ${recordLine(object)}`
  const { 'kubectl-pkg/hook-run': _run, ...annotations } = mapIn(metadataOf(object), 'annotations')
  const isWorkload = 'spec' in object && ('template' in mapIn(object, 'spec') || isPod(object))
  const { clusterIP: _ip, clusterIPs: _ips, ...spec } = mapIn(object, 'spec')
  // Defaults and controllers fill the spec of a workload with what is never the same twice.
  const content = { labels: isWorkload ? {} : labels, annotations, spec: isWorkload ? {} : spec }
  return `${name} ${JSON.stringify({ ...content, data: object['data'] ?? {} })}`
}

function isPod(object: JsonObject): boolean {
  return 'containers' in mapIn(object, 'spec')
}

function recordLine(secret: JsonObject): string {
  const data = Buffer.from(textIn(mapIn(secret, 'data'), 'release'), 'base64')
  const release = decodeRelease(data.toString())
  const labels = mapIn(metadataOf(secret), 'labels')
  const head = `${textIn(labels, 'version')} ${textIn(labels, 'status')}`
  const hooks = release.hooks.map(
    ({ name, lastRun }) => `${name} ${lastRun?.event ?? ''} ${lastRun?.phase ?? 'never'}`,
  )
  const manifest = release.manifest.replaceAll(release.name, 'RELEASE')
  const digest = createHash('sha256').update(manifest).digest('hex').slice(0, 8)
  return `${head}; ${lineOf(release)}; ${hooks.join(', ')}; ${digest}`
}

function mapIn(object: JsonObject, key: string): JsonObject {
  const value: Json | undefined = object[key]
  return isJsonObject(value) ? value : {}
}
