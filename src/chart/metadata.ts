import type { Value } from '../golang/value.ts'
import {
  firstUnknownKey,
  readStruct,
  unknownFields,
  type StructFields,
  type StructSpec,
} from './go-struct.ts'

/** Chart.yaml, field by field as Helm reads it; a field that is empty is left out. */
export interface ChartMetadata {
  name: string
  home?: string
  sources?: string[]
  version: string
  description?: string
  keywords?: string[]
  maintainers?: Maintainer[]
  icon?: string
  apiVersion: string
  condition?: string
  tags?: string
  appVersion?: string
  deprecated?: boolean
  annotations?: Map<string, string>
  kubeVersion?: string
  dependencies?: Dependency[]
  type?: string
  /** Fields that Helm does not know, as read; Helm drops them. */
  extra?: Map<string, Value>
}

export interface Maintainer {
  name?: string
  email?: string
  url?: string
}

export interface Dependency {
  name: string
  version?: string
  repository: string
  condition?: string
  tags?: string[]
  enabled?: boolean
  /** Strings, or maps with the keys `child` and `parent`; Helm lets anything else pass. */
  importValues?: Value[]
  alias?: string
  /** Siblings that have to be ready before this one is begun; Helm does not know it. */
  dependsOn?: string[]
}

/**
 * Reads a decoded Chart.yaml, or requirements.yaml over what Chart.yaml gave; nothing is
 * checked yet but the types of the fields.
 *
 * @param earlier what an earlier file of the same chart gave
 * @throws GoError with Go's text when a field is of the wrong type
 */
export function readMetadata(document: Value, earlier?: ChartMetadata): ChartMetadata {
  const fields: StructFields = { ...earlier }
  readStruct(document, METADATA, fields)
  const { name = '', version = '', apiVersion = '' } = fields as Partial<ChartMetadata>
  const extra = document instanceof Map ? unknownFields(document, METADATA) : new Map()
  const metadata = { ...withoutEmpty(fields), name, version, apiVersion } as ChartMetadata
  if (extra.size > 0 && earlier === undefined) metadata.extra = extra
  return metadata
}

/**
 * Reads the dependencies of a decoded Chart.lock or requirements.lock.
 *
 * @returns undefined for an empty file
 * @throws GoError with Go's text when a field is of the wrong type
 */
export function readLock(document: Value) {
  if (document === null) return undefined
  const fields: StructFields = {}
  readStruct(document, LOCK, fields)
  const { generated = '0001-01-01T00:00:00Z', digest = '' } = fields as Record<string, string>
  const { dependencies } = withDependencies(fields) as { dependencies?: Dependency[] }
  if (dependencies === undefined) return { generated, digest, dependencies: [], lacksList: true }
  return { generated, digest, dependencies }
}

/** The first key of a decoded Chart.yaml that Helm does not know, at any depth. */
export function unknownMetadataKey(document: Value): string | undefined {
  return firstUnknownKey(document, METADATA)
}

/**
 * The apiVersion of a decoded Chart.yaml, before anything else in it is looked at.
 *
 * @throws GoError with Go's text when the document or the field is of the wrong type
 */
export function readApiVersion(document: Value): string {
  const fields: StructFields = {}
  readStruct(document, CHART_BASE, fields)
  return (fields['apiVersion'] as string | undefined) ?? ''
}

/** Helm's own types and their fields, for messages that name them. */
const MAINTAINER: StructSpec = {
  type: 'v2.Maintainer',
  fields: ['name', 'email', 'url'].map((json) => ({ json, property: json, kind: 'string' })),
}

const DEPENDENCY: StructSpec = {
  type: 'v2.Dependency',
  fields: [
    { json: 'name', property: 'name', kind: 'string' },
    { json: 'version', property: 'version', kind: 'string' },
    { json: 'repository', property: 'repository', kind: 'string' },
    { json: 'condition', property: 'condition', kind: 'string' },
    { json: 'tags', property: 'tags', kind: 'strings' },
    { json: 'enabled', property: 'enabled', kind: 'bool' },
    { json: 'import-values', property: 'importValues', kind: 'values' },
    { json: 'alias', property: 'alias', kind: 'string' },
    { json: 'depends-on', property: 'dependsOn', kind: 'strings' },
    { json: 'dependsOn', property: 'dependsOn', kind: 'strings' },
  ],
}

const METADATA: StructSpec = {
  type: 'v2.Metadata',
  fields: [
    { json: 'name', property: 'name', kind: 'string' },
    { json: 'home', property: 'home', kind: 'string' },
    { json: 'sources', property: 'sources', kind: 'strings' },
    { json: 'version', property: 'version', kind: 'string' },
    { json: 'description', property: 'description', kind: 'string' },
    { json: 'keywords', property: 'keywords', kind: 'strings' },
    { json: 'maintainers', property: 'maintainers', kind: { each: MAINTAINER } },
    { json: 'icon', property: 'icon', kind: 'string' },
    { json: 'apiVersion', property: 'apiVersion', kind: 'string' },
    { json: 'condition', property: 'condition', kind: 'string' },
    { json: 'tags', property: 'tags', kind: 'string' },
    { json: 'appVersion', property: 'appVersion', kind: 'string' },
    { json: 'deprecated', property: 'deprecated', kind: 'bool' },
    { json: 'annotations', property: 'annotations', kind: 'string-map' },
    { json: 'kubeVersion', property: 'kubeVersion', kind: 'string' },
    { json: 'dependencies', property: 'dependencies', kind: { each: DEPENDENCY } },
    { json: 'type', property: 'type', kind: 'string' },
  ],
}

const LOCK: StructSpec = {
  type: 'v2.Lock',
  fields: [
    { json: 'generated', property: 'generated', kind: 'time' },
    { json: 'digest', property: 'digest', kind: 'string' },
    { json: 'dependencies', property: 'dependencies', kind: { each: DEPENDENCY } },
  ],
}

const CHART_BASE: StructSpec = {
  type: 'loader.chartBase',
  fields: [{ json: 'apiVersion', property: 'apiVersion', kind: 'string' }],
}

/**
 * Leaves out what Go's encoder leaves out with `omitempty`, in lists of structs too. An empty
 * list of dependencies stays, as Helm looks into subcharts for theirs below such a list alone.
 */
function withoutEmpty(fields: StructFields): StructFields {
  const kept = Object.entries(withDependencies(fields)).filter(
    ([key, value]) => key === 'dependencies' || !isEmpty(value),
  )
  return Object.fromEntries(kept)
}

/** Gives each dependency the two fields it always has, and leaves out its empty ones. */
function withDependencies(fields: StructFields): StructFields {
  const dependencies = fields['dependencies'] as (StructFields | null)[] | undefined
  if (dependencies === undefined) return fields
  const complete = dependencies.map((each) => {
    if (each === null) return null
    const kept = Object.entries(each).filter(([, value]) => !isEmpty(value))
    return { name: '', repository: '', ...Object.fromEntries(kept) }
  })
  return { ...fields, dependencies: complete }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '' || value === false) return true
  return Array.isArray(value) ? value.length === 0 : value instanceof Map && value.size === 0
}
