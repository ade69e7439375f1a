import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { describeObject, type KubeObject } from '../../src/manifest/object.ts'

/** A value far inside an object: `at(pod, 'spec', 'containers', 0)`; null where there is none. */
export function at(value: Json, ...path: (string | number)[]): Json {
  let found: Json = value
  for (const key of path) {
    if (Array.isArray(found)) found = found[Number(key)] ?? null
    else found = isJsonObject(found) ? (found[key] ?? null) : null
  }
  return found
}

/** A list inside an object; empty where there is none. */
export function listAt(value: Json, ...path: (string | number)[]): JsonObject[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(isJsonObject) : []
}

/** A text inside an object; empty where there is none. */
function textAt(value: Json, ...path: (string | number)[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** Pods of an object: a Pod itself, or what a workload makes pods of. */
export function podsOf(object: KubeObject): { spec: Json; labels: Json }[] {
  if (object.kind === 'Pod')
    return [{ spec: at(object, 'spec'), labels: at(object, 'metadata', 'labels') }]
  const spec = at(object, 'spec', 'template', 'spec')
  return spec === null
    ? []
    : [{ spec, labels: at(object, 'spec', 'template', 'metadata', 'labels') }]
}

/**
 * Measures where pods break the Pod Security Standards' level "restricted".
 *
 * Source: kubernetes.io/docs/concepts/security/pod-security-standards, baseline and restricted.
 */
export function podSecurityOffences(objects: readonly KubeObject[]): string[] {
  return objects.flatMap((object) =>
    podsOf(object).flatMap(({ spec }) =>
      [
        ...podOffences(spec),
        ...containersOf(spec).flatMap((each) => containerOffences(each, spec)),
      ].map((offence) => `${describeObject(object)}: ${offence}`),
    ),
  )
}

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

function podOffences(spec: Json): string[] {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => at(spec, name) === true)
  const volumes = listAt(spec, 'volumes').flatMap((volume) =>
    Object.keys(volume).filter((key) => key !== 'name' && !VOLUMES.has(key)),
  )
  return [...shared, ...volumes.map((kind) => `volume ${kind}`)]
}

function containersOf(spec: Json): JsonObject[] {
  const lists = ['containers', 'initContainers', 'ephemeralContainers']
  return lists.flatMap((name) => listAt(spec, name))
}

function containerOffences(container: JsonObject, spec: Json): string[] {
  const own = (name: string): Json => at(container, 'securityContext', name)
  const eitherWay = (name: string): Json => own(name) ?? at(spec, 'securityContext', name)
  const drop = at(container, 'securityContext', 'capabilities', 'drop')
  const add = at(container, 'securityContext', 'capabilities', 'add')
  const seccomp = at(eitherWay('seccompProfile'), 'type')
  const offences: Record<string, boolean> = {
    privileged: own('privileged') === true,
    allowPrivilegeEscalation: own('allowPrivilegeEscalation') !== false,
    runAsNonRoot: eitherWay('runAsNonRoot') !== true,
    'runAsUser 0': eitherWay('runAsUser') === 0,
    seccompProfile: seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost',
    'capabilities kept': !(Array.isArray(drop) && drop.includes('ALL')),
    'capabilities added': Array.isArray(add) && add.some((name) => name !== 'NET_BIND_SERVICE'),
    hostPort: listAt(container, 'ports').some(({ hostPort = 0 }) => hostPort !== 0),
  }
  return Object.keys(offences).filter((name) => offences[name])
}

/** Rules that let somebody do more than a reader of the chart would expect. */
export function rbacOffences(objects: readonly KubeObject[]): string[] {
  return objects.flatMap((object) =>
    listAt(object, 'rules').flatMap((rule) => {
      const words = ['apiGroups', 'resources', 'verbs'].flatMap(
        (name) => at(rule, name) as string[],
      )
      const reads = words.includes('secrets') && object.kind === 'ClusterRole'
      return [
        ...(words.includes('*') ? [`${describeObject(object)}: *`] : []),
        ...(reads ? [`${describeObject(object)}: secrets of all namespaces`] : []),
      ]
    }),
  )
}

/** References from one object to another of the same render that lead nowhere. */
export function brokenReferences(objects: readonly KubeObject[]): string[] {
  return objects.flatMap((object) =>
    [
      ...selectorOffences(object, objects),
      ...portOffences(object, objects),
      ...volumeOffences(object),
      ...targetOffences(object, objects),
    ].map((offence) => `${describeObject(object)}: ${offence}`),
  )
}

/** A Service, workload or budget must select pods of a workload, and no other pods. */
function selectorOffences(object: KubeObject, objects: readonly KubeObject[]): string[] {
  const selector = at(object, 'spec', 'selector', 'matchLabels') ?? at(object, 'spec', 'selector')
  // A ServiceMonitor selects Services.
  if (!isJsonObject(selector) || object.kind === 'ServiceMonitor') return []
  const chosen = objects.filter((each) =>
    podsOf(each).some(({ labels }) => hasAll(labels, selector)),
  )
  const wrong = chosen.filter(({ kind }) => kind === 'Pod')
  return [
    ...(chosen.length === wrong.length ? ['selects no workload'] : []),
    ...wrong.map((pod) => `selects ${describeObject(pod)}`),
  ]
}

function hasAll(labels: Json, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([key, value]) => at(labels, key) === value)
}

/** Ports called by name must be ports of a container. */
function portOffences(object: KubeObject, objects: readonly KubeObject[]): string[] {
  const named = (pods: Json[]): Set<Json> =>
    new Set(
      pods.flatMap((spec) =>
        containersOf(spec).flatMap((each) => listAt(each, 'ports').map(({ name }) => name ?? null)),
      ),
    )
  const everywhere = named(objects.flatMap((each) => podsOf(each).map(({ spec }) => spec)))
  const own = podsOf(object).map(({ spec }) => spec)
  const probes = own.flatMap((spec) =>
    containersOf(spec).flatMap((each) =>
      ['readinessProbe', 'livenessProbe', 'startupProbe'].map((probe) =>
        at(each, probe, 'httpGet', 'port'),
      ),
    ),
  )
  const services =
    object.kind === 'Service'
      ? listAt(object, 'spec', 'ports').map(({ targetPort }) => targetPort ?? null)
      : []
  const lost = [
    ...services.filter((port) => typeof port === 'string' && !everywhere.has(port)),
    ...probes.filter((port) => typeof port === 'string' && !named(own).has(port)),
  ]
  return lost.map((port) => `no container has a port ${JSON.stringify(port)}`)
}

function volumeOffences(object: KubeObject): string[] {
  return podsOf(object).flatMap(({ spec }) => {
    const volumes = [
      ...listAt(spec, 'volumes').map((volume) => textAt(volume, 'name')),
      ...listAt(object, 'spec', 'volumeClaimTemplates').map((claim) =>
        textAt(claim, 'metadata', 'name'),
      ),
    ]
    const mounts = containersOf(spec).flatMap((each) =>
      listAt(each, 'volumeMounts').map((mount) => textAt(mount, 'name')),
    )
    return [
      ...mounts.filter((name) => !volumes.includes(name)).map((name) => `mounts no volume ${name}`),
      ...volumes.filter((name) => !mounts.includes(name)).map((name) => `${name} is not mounted`),
    ]
  })
}

/** Roles of bindings and targets of autoscalers must be there. */
function targetOffences(object: KubeObject, objects: readonly KubeObject[]): string[] {
  const targets = [at(object, 'roleRef'), at(object, 'spec', 'scaleTargetRef')].filter(isJsonObject)
  const namespace = object.metadata['namespace']
  return targets
    .filter(
      ({ kind, name }) =>
        !objects.some(
          (each) =>
            each.kind === kind &&
            each.metadata.name === name &&
            each.metadata['namespace'] === namespace,
        ),
    )
    .map((target) => `there is no ${textAt(target, 'kind')} ${textAt(target, 'name')}`)
}
