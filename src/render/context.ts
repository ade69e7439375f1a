import type { Chart } from '../chart/chart.ts'
import type { ChartMetadata, Dependency, Maintainer } from '../chart/metadata.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import { method } from '../golang/function.ts'
import { quote } from '../golang/strconv.ts'
import {
  GoError,
  GoNil,
  int,
  STRING_MAP,
  withType,
  type GoMap,
  type GoStruct,
  type GoType,
  type Value,
} from '../golang/value.ts'
import { capabilitiesValue, type Capabilities } from './capabilities.ts'
import { buildFiles } from './files.ts'
import { copyOfTable } from './traced-values.ts'

/** What `.Release` says. */
export interface ReleaseFacts {
  name: string
  namespace: string
  /** Counts from 1. */
  revision: number
  isUpgrade: boolean
  /** Whether it is an installation; by default when it is no upgrade. A lint is neither. */
  isInstall?: boolean
}

/** The data that the templates of one chart see, apart from `.Template`. */
export interface ChartScope {
  chart: Chart
  /** Go's `$`: Chart, Files, Release, Capabilities, Values, Subcharts and, per file, Template. */
  data: GoMap
  subcharts: ChartScope[]
}

/**
 * Builds what the templates of a chart and its subcharts see.
 *
 * A subchart's `.Values` is the part of its parent's under its name; `.Release` and
 * `.Capabilities` are shared, and `.Subcharts` leads to the scopes below.
 *
 * Source: Helm 4.1.4 pkg/engine/engine.go, recAllTpls; pkg/chart/common/util/values.go.
 */
export function buildScope(
  chart: Chart,
  values: GoMap,
  facts: { release: ReleaseFacts; capabilities: Capabilities },
): ChartScope {
  const shared = {
    release: releaseValue(facts.release),
    capabilities: capabilitiesValue(facts.capabilities),
  }
  return scopeOf(chart, asValues(values), shared)
}

/** The value of `.Template` for one file. */
export function templateValue(name: string, basePath: string): GoMap {
  return asValues(
    new Map<string, Value>([
      ['Name', name],
      ['BasePath', basePath],
    ]),
  )
}

/** Marks a map as Go's common.Values, whose methods templates may call. */
function asValues(map: GoMap): GoMap {
  return withType(map, VALUES)
}

function scopeOf(
  chart: Chart,
  values: GoMap,
  shared: { release: GoMap; capabilities: GoStruct },
): ChartScope {
  const below: GoMap = new Map()
  const data = asValues(
    new Map<string, Value>([
      ['Chart', metadataValue(chart.metadata, chart.parent === undefined)],
      ['Files', buildFiles(chart.files)],
      ['Release', shared.release],
      ['Capabilities', shared.capabilities],
      ['Values', values],
      ['Subcharts', below],
    ]),
  )
  const subcharts = chart.subcharts.map((subchart) => {
    const own = tableAt(values, subchart.metadata.name)
    // A copy, so that the parent's view of the same table keeps its own Go type.
    const scope = scopeOf(subchart, asValues(copyOfTable(own ?? new Map())), shared)
    below.set(subchart.metadata.name, scope.data)
    return scope
  })
  return { chart, data, subcharts }
}

function releaseValue(release: ReleaseFacts): GoMap {
  return new Map<string, Value>([
    ['Name', release.name],
    ['Namespace', release.namespace],
    ['IsUpgrade', release.isUpgrade],
    ['IsInstall', release.isInstall ?? !release.isUpgrade],
    ['Revision', int(release.revision)],
    ['Service', 'Helm'],
  ])
}

/** Chart.yaml under Go's field names; every field is there, also when the file lacks it. */
export function metadataValue(metadata: ChartMetadata, isRoot: boolean): GoMap {
  const { annotations } = metadata
  return new Map<string, Value>([
    ['Name', metadata.name],
    ['Home', metadata.home ?? ''],
    ['Sources', [...(metadata.sources ?? [])]],
    ['Version', metadata.version],
    ['Description', metadata.description ?? ''],
    ['Keywords', [...(metadata.keywords ?? [])]],
    ['Maintainers', (metadata.maintainers ?? []).map(maintainerValue)],
    ['Icon', metadata.icon ?? ''],
    ['APIVersion', metadata.apiVersion],
    ['Condition', metadata.condition ?? ''],
    ['Tags', metadata.tags ?? ''],
    ['AppVersion', metadata.appVersion ?? ''],
    ['Deprecated', metadata.deprecated ?? false],
    ['Annotations', annotations === undefined ? NO_STRINGS : stringMap(annotations)],
    ['KubeVersion', metadata.kubeVersion ?? ''],
    ['Dependencies', (metadata.dependencies ?? []).map(dependencyValue)],
    ['Type', metadata.type ?? ''],
    ['IsRoot', isRoot],
  ])
}

function maintainerValue(maintainer: Maintainer): GoMap {
  return new Map<string, Value>([
    ['Name', maintainer.name ?? ''],
    ['Email', maintainer.email ?? ''],
    ['URL', maintainer.url ?? ''],
  ])
}

function dependencyValue(dependency: Dependency): GoMap {
  return new Map<string, Value>([
    ['Name', dependency.name],
    ['Version', dependency.version ?? ''],
    ['Repository', dependency.repository],
    ['Condition', dependency.condition ?? ''],
    ['Tags', [...(dependency.tags ?? [])]],
    ['Enabled', dependency.enabled ?? false],
    ['ImportValues', [...(dependency.importValues ?? [])]],
    ['Alias', dependency.alias ?? ''],
  ])
}

const NO_STRINGS = new GoNil('map', STRING_MAP)

function stringMap(map: ReadonlyMap<string, string>): GoMap {
  return withType(new Map<string, Value>(map), STRING_MAP)
}

/**
 * Go's common.Values.
 *
 * Source: Helm 4.1.4 pkg/chart/common/values.go.
 */
const VALUES: GoType = {
  name: 'common.Values',
  methods: {
    AsMap: method([], (self) => new Map(asMap(self))),
    YAML: method([], (self) => encodeYaml(self)),
    Table: method(['string'], (self, path: string) =>
      asValues(new Map(tableOrThrow(asMap(self), path))),
    ),
    PathValue: method(['string'], (self, path: string) => valueAt(asMap(self), path)),
  },
}

/** The table at a path whose parts are separated by dots; undefined where there is none. */
function tableAt(values: GoMap, path: string): GoMap | undefined {
  let table: GoMap = values
  for (const part of path.split('.')) {
    const next = table.get(part)
    if (!(next instanceof Map)) return undefined
    table = next
  }
  return table
}

function tableOrThrow(values: GoMap, path: string): GoMap {
  let table = values
  for (const part of path.split('.')) {
    const next = table.get(part)
    if (!(next instanceof Map)) throw new GoError(`${quote(part)} is not a table`)
    table = next
  }
  return table
}

function valueAt(values: GoMap, path: string): Value {
  if (path === '') throw new GoError('YAML path cannot be empty')
  const dot = path.lastIndexOf('.')
  const key = path.slice(dot + 1)
  const table = dot < 0 ? values : tableAt(values, path.slice(0, dot))
  const value = table?.get(key)
  if (value === undefined || value instanceof Map) {
    throw new GoError(`${quote(key)} is not a value`)
  }
  return value
}

function asMap(value: Value): GoMap {
  return value instanceof Map ? value : new Map()
}
