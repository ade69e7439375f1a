import type { JsonObject } from '../base/json.ts'
import type { Chart, ChartFile } from '../chart/chart.ts'
import type { ChartMetadata, Dependency } from '../chart/metadata.ts'
import type { Hook, HookRun } from '../manifest/manifest.ts'
import { listText, objectText, valueText, type Field, type RawJson } from './record-text.ts'
import type { Release } from './release.ts'

/** What Go writes for a time that was never set. */
const NO_TIME = '0001-01-01T00:00:00Z'

/**
 * Writes the JSON of a release, field by field in Helm's order.
 *
 * Subcharts are not part of it: Helm does not store them either.
 *
 * Source: Helm 4.1.4 pkg/release/v1/release.go, info.go, hook.go; pkg/chart/v2/chart.go.
 */
export function recordText(release: Release): string {
  const { extra, labels } = release
  return objectText([
    ['name', filled(release.name)],
    ['info', infoText(release)],
    ['chart', chartText(release.chart, extra?.chart)],
    ['config', release.config.size === 0 ? undefined : valueText(release.config)],
    ['manifest', filled(release.manifest)],
    ['hooks', hooksText(release.hooks, extra?.hooks)],
    ['version', release.revision === 0 ? undefined : release.revision],
    ['namespace', filled(release.namespace)],
    ['apply_method', filled(release.applyMethod)],
    ['labels', Object.keys(labels).length === 0 ? undefined : labels],
    ['run', release.run],
    ['cancelled', release.cancelled && { ...release.cancelled }],
    ...unknownFields(extra?.record),
  ]).text
}

function infoText(release: Release): RawJson {
  return objectText([
    ['first_deployed', filled(release.firstDeployed)],
    ['last_deployed', filled(release.lastDeployed)],
    ['deleted', filled(release.deleted)],
    ['description', filled(release.description)],
    ['status', release.status],
    ['notes', filled(release.notes)],
    ...unknownFields(release.extra?.info),
  ])
}

function chartText(chart: Chart, extra: JsonObject | undefined): RawJson {
  const { schemamodtime = NO_TIME, ...unknown } = extra ?? {}
  return objectText([
    ['metadata', metadataText(chart.metadata)],
    ['lock', lockText(chart)],
    ['templates', filesText(chart.templates)],
    [
      'values',
      chart.lacksValues === true && chart.values.size === 0 ? null : valueText(chart.values),
    ],
    ['schema', chart.schema === undefined ? null : base64(chart.schema)],
    ['schemamodtime', schemamodtime],
    ['files', filesText(chart.files)],
    ...unknownFields(unknown),
  ])
}

function metadataText(metadata: ChartMetadata): RawJson {
  const { annotations, dependencies, maintainers } = metadata
  return objectText([
    ['name', filled(metadata.name)],
    ['home', filled(metadata.home)],
    ['sources', filledList(metadata.sources)],
    ['version', filled(metadata.version)],
    ['description', filled(metadata.description)],
    ['keywords', filledList(metadata.keywords)],
    [
      'maintainers',
      maintainers === undefined || maintainers.length === 0
        ? undefined
        : listText(
            maintainers.map(({ name, email, url }) =>
              objectText([
                ['name', filled(name)],
                ['email', filled(email)],
                ['url', filled(url)],
              ]),
            ),
          ),
    ],
    ['icon', filled(metadata.icon)],
    ['apiVersion', filled(metadata.apiVersion)],
    ['condition', filled(metadata.condition)],
    ['tags', filled(metadata.tags)],
    ['appVersion', filled(metadata.appVersion)],
    ['deprecated', metadata.deprecated === true ? true : undefined],
    [
      'annotations',
      annotations === undefined || annotations.size === 0 ? undefined : valueText(annotations),
    ],
    ['kubeVersion', filled(metadata.kubeVersion)],
    [
      'dependencies',
      dependencies === undefined || dependencies.length === 0
        ? undefined
        : listText(dependencies.map((dependency) => dependencyText(dependency))),
    ],
    ['type', filled(metadata.type)],
  ])
}

function lockText({ lock }: Chart): RawJson | null {
  if (lock === undefined) return null
  const { generated, digest, dependencies, lacksList = false } = lock
  return objectText([
    ['generated', generated === '' ? NO_TIME : generated],
    ['digest', digest],
    [
      'dependencies',
      lacksList ? null : listText(dependencies.map((dependency) => dependencyText(dependency))),
    ],
  ])
}

/** A dependency as Helm's JSON has it. */
export function dependencyJson(dependency: Dependency): JsonObject {
  return JSON.parse(dependencyText(dependency).text) as JsonObject
}

function dependencyText(dependency: Dependency): RawJson {
  const { importValues } = dependency
  return objectText([
    ['name', dependency.name],
    ['version', filled(dependency.version)],
    ['repository', dependency.repository],
    ['condition', filled(dependency.condition)],
    ['tags', filledList(dependency.tags)],
    ['enabled', dependency.enabled === true ? true : undefined],
    [
      'import-values',
      importValues === undefined || importValues.length === 0 ? undefined : valueText(importValues),
    ],
    ['alias', filled(dependency.alias)],
    ['depends-on', filledList(dependency.dependsOn)],
  ])
}

function filesText(files: readonly ChartFile[]): RawJson | null {
  if (files.length === 0) return null
  return listText(
    files.map(({ name, data }) =>
      objectText([
        ['name', name],
        ['data', base64(data)],
      ]),
    ),
  )
}

function hooksText(hooks: readonly Hook[], extra: JsonObject[] | undefined): RawJson | undefined {
  if (hooks.length === 0) return undefined
  return listText(hooks.map((hook, at) => hookText(hook, extra?.[at])))
}

function hookText(hook: Hook, extra: JsonObject | undefined): RawJson {
  return objectText([
    ['name', filled(hook.name)],
    ['kind', filled(hook.kind)],
    ['path', filled(hook.path)],
    ['manifest', filled(hook.manifest)],
    ['events', filledList(hook.events)],
    ['last_run', hookRunText(hook.lastRun)],
    ['weight', hook.weight === 0 ? undefined : hook.weight],
    ['delete_policies', filledList(hook.deletePolicies)],
    ['output_log_policies', filledList(hook.outputLogPolicies)],
    ...unknownFields(extra),
  ])
}

function hookRunText(run: HookRun | undefined): RawJson {
  return objectText([
    ['started_at', filled(run?.startedAt)],
    ['completed_at', filled(run?.completedAt)],
    ['phase', run?.phase ?? ''],
    ['event', filled(run?.event)],
    ['run', filled(run?.run)],
  ])
}

/** Go leaves empty strings out where a field says `omitempty`. */
function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function filledList(list: readonly string[] | undefined): string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...list]
}

function unknownFields(fields: JsonObject | undefined): Field[] {
  return fields === undefined ? [] : Object.entries(fields)
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}
