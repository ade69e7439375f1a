import { encodeJson } from '../encoding/json.ts'
import type { Release } from './release.ts'

/** Whether two revisions hold the same: chart, values, manifest, hooks, notes and labels. */
export function isSameContent(left: Release, right: Release): boolean {
  return (
    left.manifest === right.manifest &&
    left.notes === right.notes &&
    left.chart.metadata.name === right.chart.metadata.name &&
    left.chart.metadata.version === right.chart.metadata.version &&
    left.chart.metadata.appVersion === right.chart.metadata.appVersion &&
    encodeJson(left.config) === encodeJson(right.config) &&
    JSON.stringify(left.hooks) === JSON.stringify(right.hooks) &&
    encodeJson(left.labels) === encodeJson(right.labels)
  )
}
