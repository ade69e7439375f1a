import { PkgError } from '../base/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { isNative, type Chart, type ChartFile, type ChartLock } from '../chart/chart.ts'
import type { ChartMetadata, Dependency } from '../chart/metadata.ts'
import type { Hook, HookDeletePolicy, HookEvent, HookPhase, HookRun } from '../manifest/manifest.ts'
import { valueFrom, type Numbers } from './record-text.ts'
import type { RecordExtra, Release, ReleaseStatus } from './release.ts'
import { isReleaseStatus } from './status.ts'

const RECORD_FIELDS = namesIn(
  'name info chart config manifest hooks version namespace apply_method labels run cancelled',
)
const INFO_FIELDS = namesIn('first_deployed last_deployed deleted description status notes')
const CHART_FIELDS = namesIn('metadata lock templates values schema files')
const HOOK_FIELDS = namesIn(
  'name kind path manifest events last_run weight delete_policies output_log_policies',
)

/**
 * Reads Helm's JSON of a release.
 *
 * Fields that are missing are empty, as in Go; only a record without name or revision is
 * refused.
 *
 * @throws PkgError RELEASE_UNREADABLE
 */
export function parseRecord(record: JsonObject): Release {
  const name = textIn(record, 'name')
  const revision = record['version']
  if (name === '' || typeof revision !== 'number' || !Number.isSafeInteger(revision)) {
    throw new PkgError('RELEASE_UNREADABLE', 'it has no name or no version')
  }
  const info = objectIn(record, 'info')
  const chart = objectIn(record, 'chart')
  const parsed = parseChart(chart)
  const hooks = objectsIn(record, 'hooks')
  const run = textIn(record, 'run')
  const { verb, request } = objectIn(record, 'cancelled')
  const isCancelled = typeof verb === 'string' && typeof request === 'string'
  return {
    name,
    namespace: textIn(record, 'namespace'),
    revision,
    status: statusOf(info),
    firstDeployed: textIn(info, 'first_deployed'),
    lastDeployed: textIn(info, 'last_deployed'),
    deleted: textIn(info, 'deleted'),
    description: textIn(info, 'description'),
    notes: textIn(info, 'notes'),
    chart: parsed,
    config: mapIn(record, 'config', numbersOf(parsed)),
    manifest: textIn(record, 'manifest'),
    hooks: hooks.map(parseHook),
    labels: stringMapIn(record, 'labels'),
    applyMethod: textIn(record, 'apply_method'),
    ...(run !== '' && { run }),
    ...(isCancelled && { cancelled: { verb, request } }),
    ...extraOf({ record, info, chart, hooks }),
  }
}

function extraOf(parts: {
  record: JsonObject
  info: JsonObject
  chart: JsonObject
  hooks: JsonObject[]
}): { extra?: RecordExtra } {
  const extra: Required<RecordExtra> = {
    record: without(parts.record, RECORD_FIELDS),
    info: without(parts.info, INFO_FIELDS),
    chart: without(parts.chart, CHART_FIELDS),
    hooks: parts.hooks.map((hook) => without(hook, HOOK_FIELDS)),
  }
  const isEmpty = [extra.record, extra.info, extra.chart, ...extra.hooks].every(
    (fields) => Object.keys(fields).length === 0,
  )
  return isEmpty ? {} : { extra }
}

function parseChart(json: JsonObject): Chart {
  const schema = textIn(json, 'schema')
  const chart: Chart = {
    metadata: parseMetadata(objectIn(json, 'metadata')),
    lock: parseLock(json['lock']),
    templates: filesIn(json, 'templates'),
    values: new Map(),
    schema: schema === '' ? undefined : Buffer.from(schema, 'base64'),
    files: filesIn(json, 'files'),
    subcharts: [],
    parent: undefined,
    raw: [],
    origin: '',
    warnings: [],
  }
  return {
    ...chart,
    values: mapIn(json, 'values', numbersOf(chart)),
    ...(json['values'] === null && { lacksValues: true }),
  }
}

/** A native chart tells integers from floats, also when its values come from a record. */
function numbersOf(chart: Chart): Numbers {
  return isNative(chart) ? 'integers' : 'float64'
}

function parseMetadata(json: JsonObject): ChartMetadata {
  const annotations = Object.entries(stringMapIn(json, 'annotations'))
  const dependencies = objectsIn(json, 'dependencies')
  const maintainers = objectsIn(json, 'maintainers')
  const deprecated = json['deprecated'] === true
  return {
    name: textIn(json, 'name'),
    version: textIn(json, 'version'),
    apiVersion: textIn(json, 'apiVersion'),
    ...filledTexts(json, ['home', 'description', 'icon', 'condition', 'tags'] as const),
    ...filledTexts(json, ['appVersion', 'kubeVersion', 'type'] as const),
    ...filledLists(json, ['sources', 'keywords'] as const),
    ...(deprecated && { deprecated }),
    ...(annotations.length > 0 && { annotations: new Map(annotations) }),
    ...(dependencies.length > 0 && { dependencies: dependencies.map(parseDependency) }),
    ...(maintainers.length > 0 && {
      maintainers: maintainers.map((each) => filledTexts(each, ['name', 'email', 'url'] as const)),
    }),
  }
}

function parseDependency(json: JsonObject): Dependency {
  const importValues = json['import-values']
  return {
    name: textIn(json, 'name'),
    repository: textIn(json, 'repository'),
    ...filledTexts(json, ['version', 'condition', 'alias'] as const),
    ...filledLists(json, ['tags'] as const),
    ...(json['depends-on'] !== undefined && { dependsOn: textsIn(json, 'depends-on') }),
    ...(json['enabled'] === true && { enabled: true }),
    ...(Array.isArray(importValues) && {
      importValues: importValues.map((each) => valueFrom(each, 'float64')),
    }),
  }
}

function parseLock(json: Json | undefined): ChartLock | undefined {
  if (!isJsonObject(json)) return undefined
  return {
    generated: textIn(json, 'generated'),
    digest: textIn(json, 'digest'),
    dependencies: objectsIn(json, 'dependencies').map(parseDependency),
    ...(!Array.isArray(json['dependencies']) && { lacksList: true }),
  }
}

function parseHook(json: JsonObject): Hook {
  const weight = json['weight']
  const lastRun = parseHookRun(objectIn(json, 'last_run'))
  return {
    name: textIn(json, 'name'),
    kind: textIn(json, 'kind'),
    path: textIn(json, 'path'),
    manifest: textIn(json, 'manifest'),
    events: textsIn(json, 'events') as HookEvent[],
    weight: typeof weight === 'number' ? weight : 0,
    deletePolicies: textsIn(json, 'delete_policies') as HookDeletePolicy[],
    outputLogPolicies: textsIn(json, 'output_log_policies'),
    ...(lastRun !== undefined && { lastRun }),
  }
}

const PHASES: readonly HookPhase[] = ['Running', 'Succeeded', 'Failed']

/** Helm writes of a hook that never ran that its phase is empty. */
function parseHookRun(json: JsonObject): HookRun | undefined {
  const phase = textIn(json, 'phase')
  const startedAt = textIn(json, 'started_at')
  if (phase === '' && startedAt === '') return undefined
  const event = textIn(json, 'event')
  const run = textIn(json, 'run')
  return {
    phase: PHASES.find((known) => known === phase) ?? 'Unknown',
    startedAt,
    completedAt: textIn(json, 'completed_at'),
    ...(event !== '' && { event: event as HookEvent }),
    ...(run !== '' && { run }),
  }
}

function statusOf(info: JsonObject): ReleaseStatus {
  const status = textIn(info, 'status')
  return isReleaseStatus(status) ? status : 'unknown'
}

function filesIn(json: JsonObject, key: string): ChartFile[] {
  return objectsIn(json, key).map((file) => ({
    name: textIn(file, 'name'),
    data: Buffer.from(textIn(file, 'data'), 'base64'),
  }))
}

function filledTexts<K extends string>(
  json: JsonObject,
  keys: readonly K[],
): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {}
  for (const key of keys) {
    const text = textIn(json, key)
    if (text !== '') found[key] = text
  }
  return found
}

function filledLists<K extends string>(
  json: JsonObject,
  keys: readonly K[],
): Partial<Record<K, string[]>> {
  const found: Partial<Record<K, string[]>> = {}
  for (const key of keys) {
    const texts = textsIn(json, key)
    if (texts.length > 0) found[key] = texts
  }
  return found
}

function textIn(json: JsonObject, key: string): string {
  const value = ownValue(json, key)
  return typeof value === 'string' ? value : ''
}

function textsIn(json: JsonObject, key: string): string[] {
  const value = ownValue(json, key)
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : []
}

function objectIn(json: JsonObject, key: string): JsonObject {
  const value = ownValue(json, key)
  return isJsonObject(value) ? value : {}
}

function objectsIn(json: JsonObject, key: string): JsonObject[] {
  const value = ownValue(json, key)
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function mapIn(json: JsonObject, key: string, numbers: Numbers): Chart['values'] {
  const value = valueFrom(objectIn(json, key), numbers)
  return value instanceof Map ? value : new Map()
}

function stringMapIn(json: JsonObject, key: string): Record<string, string> {
  const entries = Object.entries(objectIn(json, key))
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function ownValue(json: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(json, key) ? json[key] : undefined
}

function without(json: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)))
}

function namesIn(text: string): string[] {
  return text.split(' ')
}
