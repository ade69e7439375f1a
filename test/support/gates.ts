import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { podOffences } from '../../src/lint/pod-security.ts'
import { rbacOffences as roleOffences } from '../../src/lint/rbac-rules.ts'
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
  return textOf(at(value, ...path))
}

/** A value as a text; empty when it is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
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

/** Where pods break the Pod Security Standards' level "restricted". */
export function podSecurityOffences(objects: readonly KubeObject[]): string[] {
  return objects.flatMap((object) =>
    podOffences(object).map(({ offence }) => `${describeObject(object)}: ${offence}`),
  )
}

/** Rules that let somebody do more than a reader of the chart would expect. */
export function rbacOffences(objects: readonly KubeObject[]): string[] {
  const words = { 'rbac-wildcard': '*', 'rbac-secrets': 'secrets of all namespaces' }
  return objects.flatMap((object) =>
    roleOffences(object).map(({ rule }) => `${describeObject(object)}: ${words[rule]}`),
  )
}

function containersOf(spec: Json): JsonObject[] {
  const lists = ['containers', 'initContainers', 'ephemeralContainers']
  return lists.flatMap((name) => listAt(spec, name))
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
  const expressions = listAt(object, 'spec', 'selector', 'matchExpressions')
  const chosen = objects.filter((each) =>
    podsOf(each).some(
      ({ labels }) => hasAll(labels, selector) && expressions.every((one) => isOneOf(labels, one)),
    ),
  )
  const wrong = chosen.filter(({ kind }) => kind === 'Pod')
  return [
    ...(chosen.length === wrong.length ? ['selects no workload'] : []),
    ...wrong.map((pod) => `selects ${describeObject(pod)}`),
  ]
}

/** The only operator that add-ons use. */
function isOneOf(labels: Json, { key, operator, values }: JsonObject): boolean {
  const label = at(labels, textOf(key))
  return operator === 'In' && Array.isArray(values) && label !== null && values.includes(label)
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
