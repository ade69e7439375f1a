import type { Chart } from '../chart/chart.ts'
import type { Findings } from './finding.ts'

/**
 * Checks that the dependencies of Chart.yaml and the folder `charts` agree.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/lint/rules/dependencies.go.
 *
 * @param path of the chart, for the messages
 */
export function lintDependencies(chart: Chart, path: string, findings: Findings): void {
  const { dependencies = [] } = chart.metadata
  const declared = dependencies.map(({ name }) => name)
  const present = chart.subcharts.map(({ metadata }) => metadata.name)
  const keys = dependencies.map(({ name, alias }) => (alias ? alias : name))
  const span = { file: 'Chart.yaml' }
  findings.check(
    { severity: 'error', path, span },
    listed(
      'chart metadata is missing these dependencies',
      present.filter((name) => !declared.includes(name)),
    ),
  )
  findings.check(
    { severity: 'error', path, span },
    listed(
      'multiple dependencies with name or alias',
      keys.filter((key, at) => keys.indexOf(key) < at),
    ),
  )
  findings.check(
    { severity: 'warning', path, span },
    listed(
      'chart directory is missing these dependencies',
      declared.filter((name) => !present.includes(name)),
    ),
  )
}

function listed(problem: string, names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `${problem}: ${names.join(',')}`
}
