import type { Chart } from '../chart/chart.ts'
import { parseTime, timeValue, UTC, ZERO_TIME } from '../golang/time.ts'
import { int, type GoMap, type Value } from '../golang/value.ts'
import type { Hook } from '../manifest/manifest.ts'
import type { Release } from '../release/release.ts'
import { metadataValue } from '../render/context.ts'
import { renderOutput } from '../render/output-template.ts'

/**
 * Prints a release by a Go template that sees it as `.Release`, under Helm's field names.
 *
 * Source: Helm 4.1.4 pkg/cmd/get_all.go; pkg/release/v1/release.go.
 *
 * @throws PkgError TEMPLATE_SYNTAX, TEMPLATE_FAILED with Go's text
 */
export function formatRelease(release: Release, template: string): string {
  return renderOutput(template, fields({ Release: releaseValue(release) }))
}

function releaseValue(release: Release): Value {
  return fields({
    Name: release.name,
    Namespace: release.namespace,
    Version: int(release.revision),
    Info: fields({
      FirstDeployed: moment(release.firstDeployed),
      LastDeployed: moment(release.lastDeployed),
      Deleted: moment(release.deleted),
      Description: release.description,
      Status: release.status,
      Notes: release.notes,
    }),
    Chart: chartValue(release.chart),
    Config: release.config,
    Manifest: release.manifest,
    Hooks: release.hooks.map(hookValue),
    Labels: new Map<string, Value>(Object.entries(release.labels)),
    ApplyMethod: release.applyMethod,
  })
}

function chartValue(chart: Chart): Value {
  return fields({
    Metadata: metadataValue(chart.metadata, chart.parent === undefined),
    Values: chart.values,
  })
}

function hookValue({ name, kind, path, manifest, events, weight }: Hook): Value {
  return fields({
    Name: name,
    Kind: kind,
    Path: path,
    Manifest: manifest,
    Events: [...events],
    Weight: int(weight),
  })
}

/** A time of Go, with its methods; what never happened is its zero time. */
function moment(text: string): Value {
  return timeValue(text === '' ? ZERO_TIME : parseTime(RFC3339, text, UTC))
}

const RFC3339 = '2006-01-02T15:04:05Z07:00'

function fields(entries: Record<string, Value>): GoMap {
  return new Map(Object.entries(entries))
}
