import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { itemsAt, objectAt, textAt } from './field-path.ts'
import type { Migration } from './migration.ts'
import { rename, take } from './reshape.ts'

/**
 * Rewrites a CustomResourceDefinition for apiextensions.k8s.io/v1: everything is said version by
 * version, and a schema, open as the old default was, is there.
 */
export function migrateDefinition(object: JsonObject, migration: Migration): JsonObject {
  const spec = objectAt(object, 'spec')
  if (spec === undefined) return object
  if (take(object, 'status') !== undefined) {
    migration.note('dropped', 'status', 'the API server writes it')
  }
  if (spec['scope'] === undefined) spec['scope'] = 'Namespaced'
  const versions = versionsOf(spec, migration)
  const shared = takeShared(spec)
  const isOpen = take(spec, 'preserveUnknownFields') !== false
  for (const { item: version, at } of versions) {
    moveIntoVersion(version, shared)
    for (const { item: column } of itemsAt(version, 'additionalPrinterColumns')) {
      if ('JSONPath' in column) rename(column, 'JSONPath', 'jsonPath')
    }
    openSchema(version, isOpen, { migration, path: `spec.versions[${at}]` })
  }
  moveConversion(spec, migration)
  noteApproval(object, migration)
  return object
}

function versionsOf(spec: JsonObject, { note }: Migration): { item: JsonObject; at: number }[] {
  const name = spec['version']
  if (Array.isArray(spec['versions'])) {
    delete spec['version']
    return itemsAt(spec, 'versions')
  }
  if (typeof name !== 'string') return []
  rename(spec, 'version', 'versions')
  spec['versions'] = [{ name, served: true, storage: true }]
  note('rewritten', 'spec.versions', 'was spec.version')
  return itemsAt(spec, 'versions')
}

interface SharedParts {
  schema: Json | undefined
  subresources: Json | undefined
  additionalPrinterColumns: Json | undefined
}

function takeShared(spec: JsonObject): SharedParts {
  return {
    schema: take(spec, 'validation'),
    subresources: take(spec, 'subresources'),
    additionalPrinterColumns: take(spec, 'additionalPrinterColumns'),
  }
}

function moveIntoVersion(version: JsonObject, shared: SharedParts): void {
  for (const [key, value] of Object.entries(shared)) {
    const isThere = version[key] !== undefined && version[key] !== null
    if (!isThere && value !== undefined && value !== null) version[key] = structuredClone(value)
  }
}

/** The old default kept fields that no schema names, so the new schema keeps them too. */
function openSchema(
  version: JsonObject,
  isOpen: boolean,
  { migration, path }: { migration: Migration; path: string },
): void {
  const schema = objectAt(version, 'schema', 'openAPIV3Schema') ?? {}
  const place = `${path}.schema.openAPIV3Schema`
  if (schema['type'] === undefined) schema['type'] = 'object'
  if (isOpen) {
    schema['x-kubernetes-preserve-unknown-fields'] = true
    migration.note('rewritten', place, 'keeps unknown fields, as the old default did')
  }
  version['schema'] = { openAPIV3Schema: schema }
  const untyped = firstUntyped(schema, place)
  if (untyped !== undefined) migration.note('needed', untyped, 'every field needs a type')
}

/** A structural schema gives every field a type. */
function firstUntyped(schema: JsonObject, path: string): string | undefined {
  const isAny = schema['x-kubernetes-preserve-unknown-fields'] === true
  const isEither = schema['x-kubernetes-int-or-string'] === true
  if (schema['type'] === undefined && !isAny && !isEither) return path
  for (const [name, property] of Object.entries(objectAt(schema, 'properties') ?? {})) {
    const found = isJsonObject(property) && firstUntyped(property, `${path}.properties.${name}`)
    if (typeof found === 'string') return found
  }
  const items = objectAt(schema, 'items')
  return items === undefined ? undefined : firstUntyped(items, `${path}.items`)
}

function moveConversion(spec: JsonObject, { note }: Migration): void {
  const conversion = objectAt(spec, 'conversion')
  if (conversion === undefined) return
  const clientConfig = take(conversion, 'webhookClientConfig')
  const conversionReviewVersions = take(conversion, 'conversionReviewVersions')
  if (conversion['strategy'] !== 'Webhook') return
  conversion['webhook'] = {
    ...(clientConfig !== undefined && { clientConfig }),
    conversionReviewVersions: conversionReviewVersions ?? ['v1beta1'],
  }
  note('rewritten', 'spec.conversion.webhook', 'was spec.conversion.webhookClientConfig')
}

function noteApproval(object: JsonObject, { note }: Migration): void {
  const group = textAt(object, 'spec', 'group')
  if (!/(?:^|\.)k8s\.io$|(?:^|\.)kubernetes\.io$/.test(group)) return
  const key = 'api-approved.kubernetes.io'
  if (textAt(object, 'metadata', 'annotations', key) !== '') return
  note('needed', `metadata.annotations["${key}"]`, `the group ${group} is Kubernetes' own`)
}
