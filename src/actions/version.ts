import type { Value } from '../golang/value.ts'
import { renderOutput } from '../render/output-template.ts'

/** What `version` tells. */
export interface VersionFacts {
  /** With a `v` before it. */
  version: string
  nodeVersion: string
}

/**
 * Prints the version by a Go template. Helm's other fields are there and empty, so that
 * templates written for it do not fail.
 *
 * @throws PkgError TEMPLATE_SYNTAX, TEMPLATE_FAILED with Go's text
 */
export function formatVersion({ version, nodeVersion }: VersionFacts, template: string): string {
  const data = new Map<string, Value>([
    ['Version', version],
    ['NodeVersion', nodeVersion],
    ['GitCommit', ''],
    ['GitTreeState', ''],
    ['GoVersion', ''],
  ])
  return renderOutput(template, data)
}
