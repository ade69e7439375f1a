import type { Chart } from '../chart/chart.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { Findings } from './finding.ts'
import type { ObjectHead } from './object-head.ts'
import { readObjects } from './object-stream.ts'

/**
 * Checks that what lies in crds/, here and in subcharts, are CustomResourceDefinitions.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/lint/rules/crds.go.
 */
export function lintCrds(chart: Chart, findings: Findings): void {
  for (const { name, data } of filesOf(chart)) {
    for (const part of readObjects(fromBytes(data))) {
      const rule = { severity: 'error', path: name, span: { file: name, line: part.line } } as const
      if (part.problem !== undefined) {
        findings.check(rule, `unable to parse YAML: ${part.problem}`)
        return
      }
      for (const problem of problemsOf(part.head)) findings.check(rule, problem)
    }
  }
}

interface CrdFile {
  /** Path below the root of its own chart. */
  name: string
  data: Uint8Array
}

function filesOf(chart: Chart): CrdFile[] {
  const own = chart.files.filter(
    ({ name }) => name.startsWith('crds/') && /\.(?:ya?ml|json)$/i.test(name),
  )
  return [...own, ...chart.subcharts.flatMap(filesOf)]
}

function problemsOf({ apiVersion, kind }: ObjectHead): string[] {
  const problems: string[] = []
  if (!apiVersion.startsWith('apiextensions.k8s.io')) {
    problems.push("apiVersion is not in 'apiextensions.k8s.io'")
  }
  if (kind !== 'CustomResourceDefinition') {
    problems.push("object kind is not 'CustomResourceDefinition'")
  }
  return problems
}
