import type { Json, JsonObject } from '../../src/base/json.ts'
import { at, listAt } from './gates.ts'
import { apiOk } from './plane.ts'

/** Tells in lines what is wrong in a namespace: its pods, Jobs, claims and warning events. */
export async function symptomsOf(namespace: string): Promise<string[]> {
  const items = async (path: string, plural: string): Promise<JsonObject[]> =>
    listAt(await apiOk('GET', `${path}/namespaces/${namespace}/${plural}`), 'items')
  const [pods, jobs, claims, events] = await Promise.all([
    items('/api/v1', 'pods'),
    items('/apis/batch/v1', 'jobs'),
    items('/api/v1', 'persistentvolumeclaims'),
    items('/api/v1', 'events'),
  ])
  return [
    ...pods.flatMap((pod) => [...badContainers(pod), ...conditions('Pod', pod, 'False')]),
    ...jobs.flatMap((job) => conditions('Job', job, 'True')),
    ...claims.map((claim) => `PersistentVolumeClaim: ${textAt(claim, 'status', 'phase')}`),
    ...events.filter((event) => event['type'] === 'Warning').map(eventLine),
  ]
}

function badContainers(pod: JsonObject): string[] {
  const containers = ['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
    listAt(pod, 'status', list),
  )
  return containers.flatMap((each) => {
    const reason = textAt(each, 'state', 'waiting', 'reason')
    const last = at(each, 'lastState', 'terminated')
    const after =
      last === null ? '' : ` after ${textAt(last, 'reason')} ${textAt(last, 'exitCode')}`
    return reason === '' ? [] : [`Pod: ${textAt(each, 'name')} waits, ${reason}${after}`]
  })
}

function conditions(kind: string, object: JsonObject, status: string): string[] {
  return listAt(object, 'status', 'conditions')
    .filter((condition) => condition['status'] === status)
    .map((each) => `${kind}: ${textAt(each, 'type')} is ${status}, ${textAt(each, 'reason')}`)
}

function eventLine(event: JsonObject): string {
  const why = /exceeded quota|violates PodSecurity/.exec(textAt(event, 'message'))
  const parts = [textAt(event, 'involvedObject', 'kind'), textAt(event, 'reason'), why?.[0] ?? '']
  return `Event: ${parts.filter(Boolean).join(' ')}`
}

function textAt(value: Json, ...path: string[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}
