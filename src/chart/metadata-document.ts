import { encodeJson } from '../encoding/json.ts'
import { GoStruct, strings, type GoMap, type GoType, type Value } from '../golang/value.ts'
import type { ChartLock } from './chart.ts'
import type { ChartMetadata, Dependency, Maintainer } from './metadata.ts'

/** A Chart.yaml as data; empty fields are left out, those that Helm does not know are kept. */
export function metadataDocument(metadata: ChartMetadata): GoMap {
  const { maintainers, annotations, dependencies, sources, keywords, extra, ...rest } = metadata
  const isListed = dependencies !== undefined && dependencies.length > 0
  const document: GoMap = new Map([...(extra ?? []), ...Object.entries(rest)])
  if (sources !== undefined) document.set('sources', strings([...sources]))
  if (keywords !== undefined) document.set('keywords', strings([...keywords]))
  if (annotations !== undefined) document.set('annotations', new Map(annotations))
  if (maintainers !== undefined) {
    const each = maintainers.map((maintainer) => new Map(Object.entries(maintainer)))
    document.set('maintainers', each)
  }
  // A chart of apiVersion v1 has its dependencies in requirements.yaml.
  if (isListed && metadata.apiVersion !== 'v1') {
    document.set('dependencies', dependencies.map(orderedStruct))
  }
  for (const [key, value] of document) if (value === '') document.delete(key)
  return document
}

/** A Chart.yaml as the JSON that Helm keeps beside charts in registries: fields in Go's order. */
export function metadataJson(metadata: ChartMetadata): string {
  return encodeJson(metadataStruct(metadata))
}

/** A Chart.yaml as the struct that Go encodes; fields that Helm does not know are left out. */
export function metadataStruct(metadata: ChartMetadata): GoStruct {
  const { sources, keywords, maintainers, annotations, dependencies } = metadata
  const values: [field: string, value: Value | undefined][] = METADATA_FIELDS.map(
    ([field, key]) => [field, metadata[key]],
  )
  values.push(
    ['Sources', sources && strings([...sources])],
    ['Keywords', keywords && strings([...keywords])],
    ['Maintainers', maintainers?.map(maintainerStruct)],
    ['Annotations', annotations && new Map(annotations)],
    // A chart of apiVersion v1 has its dependencies in requirements.yaml.
    ['Dependencies', dependencies?.map(orderedStruct)],
  )
  return new GoStruct(METADATA, new Map(values.map(([field, value]) => [field, value ?? null])))
}

function maintainerStruct({ name = '', email = '', url = '' }: Maintainer): GoStruct {
  return new GoStruct(
    MAINTAINER,
    new Map<string, Value>([
      ['Name', name],
      ['Email', email],
      ['URL', url],
    ]),
  )
}

const METADATA_FIELDS = [
  ['Name', 'name'],
  ['Home', 'home'],
  ['Version', 'version'],
  ['Description', 'description'],
  ['Icon', 'icon'],
  ['APIVersion', 'apiVersion'],
  ['Condition', 'condition'],
  ['Tags', 'tags'],
  ['AppVersion', 'appVersion'],
  ['Deprecated', 'deprecated'],
  ['KubeVersion', 'kubeVersion'],
  ['Type', 'type'],
] as const

const METADATA: GoType = {
  name: '*v2.Metadata',
  kind: 'ptr',
  fields: [
    { name: 'Name', json: 'name', omitEmpty: true },
    { name: 'Home', json: 'home', omitEmpty: true },
    { name: 'Sources', json: 'sources', omitEmpty: true },
    { name: 'Version', json: 'version', omitEmpty: true },
    { name: 'Description', json: 'description', omitEmpty: true },
    { name: 'Keywords', json: 'keywords', omitEmpty: true },
    { name: 'Maintainers', json: 'maintainers', omitEmpty: true },
    { name: 'Icon', json: 'icon', omitEmpty: true },
    { name: 'APIVersion', json: 'apiVersion', omitEmpty: true },
    { name: 'Condition', json: 'condition', omitEmpty: true },
    { name: 'Tags', json: 'tags', omitEmpty: true },
    { name: 'AppVersion', json: 'appVersion', omitEmpty: true },
    { name: 'Deprecated', json: 'deprecated', omitEmpty: true },
    { name: 'Annotations', json: 'annotations', omitEmpty: true },
    { name: 'KubeVersion', json: 'kubeVersion', omitEmpty: true },
    { name: 'Dependencies', json: 'dependencies', omitEmpty: true },
    { name: 'Type', json: 'type', omitEmpty: true },
  ],
}

const MAINTAINER: GoType = {
  name: '*v2.Maintainer',
  kind: 'ptr',
  fields: [
    { name: 'Name', json: 'name', omitEmpty: true },
    { name: 'Email', json: 'email', omitEmpty: true },
    { name: 'URL', json: 'url', omitEmpty: true },
  ],
}

/** A Chart.lock as data. */
export function lockDocument({ generated, digest, dependencies }: ChartLock): GoMap {
  const each: Value = dependencies.map(dependencyStruct)
  return new Map<string, Value>([
    ['dependencies', each],
    ['digest', digest],
    ['generated', generated],
  ])
}

/** A dependency as the struct that Go encodes, with its fields in Go's order. */
export function dependencyStruct(dependency: Dependency): GoStruct {
  const { name, version = '', repository, condition = '', enabled = false, alias = '' } = dependency
  return new GoStruct(
    DEPENDENCY,
    new Map<string, Value>([
      ['Name', name],
      ['Version', version],
      ['Repository', repository],
      ['Condition', condition],
      ['Tags', strings([...(dependency.tags ?? [])])],
      ['Enabled', enabled],
      ['ImportValues', dependency.importValues ?? []],
      ['Alias', alias],
    ]),
  )
}

/** The struct with what Helm does not know, where the chart has it. */
function orderedStruct(dependency: Dependency): GoStruct {
  const struct = dependencyStruct(dependency)
  const { dependsOn = [] } = dependency
  if (dependsOn.length === 0) return struct
  const fields = [...DEPENDENCY.fields, { name: 'DependsOn', json: 'depends-on', omitEmpty: true }]
  return new GoStruct(
    { ...DEPENDENCY, fields },
    new Map<string, Value>([...struct.fields, ['DependsOn', strings(dependsOn)]]),
  )
}

const DEPENDENCY = {
  name: '*v2.Dependency',
  kind: 'ptr',
  fields: [
    { name: 'Name', json: 'name' },
    { name: 'Version', json: 'version', omitEmpty: true },
    { name: 'Repository', json: 'repository' },
    { name: 'Condition', json: 'condition', omitEmpty: true },
    { name: 'Tags', json: 'tags', omitEmpty: true },
    { name: 'Enabled', json: 'enabled', omitEmpty: true },
    { name: 'ImportValues', json: 'import-values', omitEmpty: true },
    { name: 'Alias', json: 'alias', omitEmpty: true },
  ],
} satisfies GoType
