import { GoStruct, strings, type GoMap, type GoType, type Value } from '../golang/value.ts'
import type { ChartLock } from './chart.ts'
import type { ChartMetadata, Dependency } from './metadata.ts'

/** A Chart.yaml as data; empty fields are left out, those that Helm does not know are kept. */
export function metadataDocument(metadata: ChartMetadata): GoMap {
  const { maintainers, annotations, dependencies, sources, keywords, extra, ...rest } = metadata
  const document: GoMap = new Map([...(extra ?? []), ...Object.entries(rest)])
  if (sources !== undefined) document.set('sources', strings([...sources]))
  if (keywords !== undefined) document.set('keywords', strings([...keywords]))
  if (annotations !== undefined) document.set('annotations', new Map(annotations))
  if (maintainers !== undefined) {
    const each = maintainers.map((maintainer) => new Map(Object.entries(maintainer)))
    document.set('maintainers', each)
  }
  // A chart of apiVersion v1 has its dependencies in requirements.yaml.
  if (dependencies !== undefined && metadata.apiVersion !== 'v1') {
    document.set('dependencies', dependencies.map(dependencyStruct))
  }
  for (const [key, value] of document) if (value === '') document.delete(key)
  return document
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

const DEPENDENCY: GoType = {
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
}
