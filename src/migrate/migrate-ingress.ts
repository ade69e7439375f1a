import type { Json, JsonObject } from '../base/json.ts'
import { itemsAt, objectAt, textAt } from './field-path.ts'
import type { Migration } from './migration.ts'
import { putBefore, replace, take } from './reshape.ts'

const CLASS = 'kubernetes.io/ingress.class'

/**
 * Rewrites an Ingress for networking.k8s.io/v1: backends name a service, paths have a type, and
 * the class is a field.
 */
export function migrateIngress(object: JsonObject, migration: Migration): JsonObject {
  const spec = objectAt(object, 'spec')
  if (spec === undefined) return object
  moveClass(object, spec, migration)
  const backend = objectAt(spec, 'backend')
  if (backend !== undefined) {
    replace(spec, 'backend', ['defaultBackend', newBackend(backend, migration, 'spec.backend')])
    migration.note('rewritten', 'spec.defaultBackend', 'was spec.backend')
  }
  for (const { item: rule, at } of itemsAt(spec, 'rules')) {
    for (const { item: path, at: position } of itemsAt(rule, 'http', 'paths')) {
      migratePath(path, `spec.rules[${at}].http.paths[${position}]`, migration)
    }
  }
  moveIssuer(object, migration)
  return object
}

function moveClass(object: JsonObject, spec: JsonObject, { note }: Migration): void {
  const metadata = objectAt(object, 'metadata')
  const annotations = objectAt(metadata, 'annotations')
  const name = annotations?.[CLASS]
  if (metadata === undefined || annotations === undefined || typeof name !== 'string') return
  delete annotations[CLASS]
  if (Object.keys(annotations).length === 0) delete metadata['annotations']
  if (spec['ingressClassName'] !== undefined) return
  putBefore(spec, Object.keys(spec)[0] ?? '', ['ingressClassName', name])
  note('rewritten', 'spec.ingressClassName', `was the annotation ${CLASS}`)
  note('needed', 'spec.ingressClassName', `an IngressClass "${name}" must be in the cluster`)
}

function migratePath(path: JsonObject, place: string, migration: Migration): void {
  const backend = objectAt(path, 'backend')
  if (backend !== undefined) path['backend'] = newBackend(backend, migration, `${place}.backend`)
  if (path['pathType'] !== undefined) return
  path['pathType'] = 'ImplementationSpecific'
  migration.note('rewritten', `${place}.pathType`, 'ImplementationSpecific, as it was')
}

function newBackend(backend: JsonObject, { note }: Migration, path: string): Json {
  const name = take(backend, 'serviceName')
  const port = take(backend, 'servicePort')
  if (name === undefined && port === undefined) return backend
  const service: JsonObject = { name: name ?? null }
  if (port !== undefined && port !== null) service['port'] = newPort(port)
  note('rewritten', `${path}.service`, 'was serviceName and servicePort')
  return { service, ...backend }
}

/** Digits in quotes were a number to most controllers; a name has at least one letter. */
function newPort(port: Json): Json {
  const isNumber = typeof port === 'number' || (typeof port === 'string' && /^\d+$/.test(port))
  return isNumber ? { number: Number(port) } : { name: port }
}

/** cert-manager reads annotations of another name today. */
function moveIssuer(object: JsonObject, { note }: Migration): void {
  const annotations = objectAt(object, 'metadata', 'annotations')
  for (const key of Object.keys(annotations ?? {})) {
    if (annotations === undefined || !key.startsWith('certmanager.k8s.io/')) continue
    const name = key.replace('certmanager.k8s.io/', 'cert-manager.io/')
    replace(annotations, key, [name, textAt(annotations, key)])
    note('rewritten', `metadata.annotations["${name}"]`, `was ${key}`)
  }
}
