import type { DependencyListing, DependencyNode } from '../actions/dependency-list.ts'
import type { DependencyNotice } from '../actions/dependencies.ts'
import { shownAddress } from '../base/shown-address.ts'
import { viewTable } from './table.ts'

/** Declared dependencies as Helm lists them. */
export function viewDependencies({ dependencies = [] }: DependencyListing, widest: number): string {
  const rows = dependencies.map(({ name, version, repository, status }) => [
    name,
    version,
    shownAddress(repository),
    status,
  ])
  return viewTable([['NAME', 'VERSION', 'REPOSITORY', 'STATUS'], ...rows], widest)
}

/** What is odd in charts/, a line each. */
export function viewLoose({ notCharts, notDeclared }: DependencyListing): string[] {
  return [
    ...notCharts.map((path) => `WARNING: "${path}" is not a chart.`),
    ...notDeclared.map((path) => `WARNING: "${path}" is not in Chart.yaml.`),
  ]
}

/** A chart and what it depends on, indented. */
export function viewTree(node: DependencyNode): string {
  return [labelOf(node), ...branches(node.dependencies, '')].join('\n')
}

function branches(nodes: readonly DependencyNode[], indent: string): string[] {
  return nodes.flatMap((node, at) => {
    const isLast = at === nodes.length - 1
    const line = `${indent}${isLast ? '└── ' : '├── '}${labelOf(node)}`
    return [line, ...branches(node.dependencies, `${indent}${isLast ? '    ' : '│   '}`)]
  })
}

function labelOf({ name, version, repository, problem }: DependencyNode): string {
  const from = repository === '' ? '' : ` (${shownAddress(repository)})`
  return `${name} ${version}${from}${problem === '' ? '' : `  ${problem.toUpperCase()}`}`
}

/** One line on a dependency that is being fetched, in Helm's words. */
export function viewDependencyNotice(notice: DependencyNotice): string {
  switch (notice.kind) {
    case 'refreshed':
      return `...Successfully got an update from the "${notice.repository}" chart repository`
    case 'unreachable':
      return `...Unable to get an update from the "${notice.repository}" chart repository:\n\t${notice.reason ?? ''}`
    case 'downloading':
      return `Downloading ${notice.name} from repo ${shownAddress(notice.repository)}`
    case 'again':
      return `Already downloaded ${notice.name} from repo ${shownAddress(notice.repository)}`
    default:
      return `Archiving ${notice.name} from repo ${shownAddress(notice.repository)}`
  }
}
