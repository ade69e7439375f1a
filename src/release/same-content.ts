import { encodeJson } from '../encoding/json.ts'
import type { Release } from './release.ts'

/** Whether two revisions hold the same: chart, values, manifest, hooks, notes and labels. */
export function isSameContent(left: Release, right: Release): boolean {
  return (
    left.manifest === right.manifest &&
    left.notes === right.notes &&
    isSameSource(left, right) &&
    hooksText(left) === hooksText(right) &&
    encodeJson(left.labels) === encodeJson(right.labels)
  )
}

/** Whether two revisions are made of the same chart and values; templates may still differ. */
export function isSameSource(left: Release, right: Release): boolean {
  return (
    left.chart.metadata.name === right.chart.metadata.name &&
    left.chart.metadata.version === right.chart.metadata.version &&
    left.chart.metadata.appVersion === right.chart.metadata.appVersion &&
    encodeJson(left.config) === encodeJson(right.config)
  )
}

/** Without how they ran, and without policies that running them has filled in. */
function hooksText({ hooks }: Release): string {
  return JSON.stringify(hooks.map(({ name, kind, path, manifest }) => [name, kind, path, manifest]))
}
