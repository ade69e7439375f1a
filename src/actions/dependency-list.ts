import type { Chart } from '../chart/chart.ts'
import { parseVersion, VersionError } from '../base/versions.ts'
import type { Dependency } from '../chart/metadata.ts'
import { chartsBelow, looseArchives, type LooseArchive } from '../dependencies/charts-folder.ts'
import { fits, readConstraint } from '../index/resolve.ts'

/** A declared dependency and whether charts/ holds it, with Helm's words. */
export interface DependencyStatus {
  name: string
  version: string
  repository: string
  status: string
}

export interface DependencyListing {
  /** Path of the folder that they belong into. */
  place: string
  dependencies: DependencyStatus[] | undefined
  /** Paths below charts/ that are no chart, or not declared. */
  notCharts: string[]
  notDeclared: string[]
}

/**
 * Compares the dependencies that a chart declares with what it holds.
 *
 * Source: Helm 4.1.4 pkg/action/dependency.go.
 *
 * @param folder of the chart, or its archive
 */
export function listDependencies(chart: Chart, folder: string): DependencyListing {
  const { dependencies } = chart.metadata
  const place = chartsBelow(folder)
  if (dependencies === undefined) return { place, dependencies, notCharts: [], notDeclared: [] }
  const archives = looseArchives(folder)
  const names = new Set(dependencies.map(({ name }) => name))
  const present = archives.filter(({ isListed }) => isListed)
  return {
    place,
    dependencies: dependencies.map((dependency) => ({
      name: dependency.name,
      version: dependency.version ?? '',
      repository: dependency.repository,
      status: statusOf(dependency, chart, archives),
    })),
    notCharts: present.filter(({ chart }) => chart === undefined).map(({ path }) => path),
    notDeclared: present
      .filter((each) => each.chart !== undefined && !names.has(each.chart.metadata.name))
      .map(({ path }) => path),
  }
}

function statusOf(
  dependency: Dependency,
  parent: Chart,
  archives: readonly LooseArchive[],
): string {
  const { name } = dependency
  const matching = archives.filter(
    ({ file }) => file.startsWith(`${name}-`) && file.endsWith('.tgz'),
  )
  const found =
    matching.length > 1
      ? matching.filter(({ file }) => isVersion(file.slice(name.length + 1, -'.tgz'.length)))
      : matching
  if (matching.length > 1 && found.length > 1) return 'too many matches'
  const [archive] = found
  if (archive !== undefined) return archiveStatus(archive, dependency)
  const subchart = parent.subcharts.findLast(({ metadata }) => metadata.name === name)
  if (subchart === undefined) return 'missing'
  return versionStatus(subchart.metadata.version, dependency) ?? 'unpacked'
}

function archiveStatus({ chart }: LooseArchive, dependency: Dependency): string {
  if (chart === undefined) return 'corrupt'
  if (chart.metadata.name !== dependency.name) return 'misnamed'
  return versionStatus(chart.metadata.version, dependency) ?? 'ok'
}

function versionStatus(version: string, { version: range = '' }: Dependency): string | undefined {
  if (version === range) return undefined
  try {
    parseVersion(version)
    return fits(readConstraint(range), version) ? undefined : 'wrong version'
  } catch (error) {
    if (error instanceof Error) return 'invalid version'
    throw error
  }
}

/** Three numbers and no `v`, as semver itself has it. */
function isVersion(text: string): boolean {
  if (!/^\d+\.\d+\.\d+/.test(text)) return false
  try {
    parseVersion(text)
    return true
  } catch (error) {
    if (error instanceof VersionError) return false
    throw error
  }
}

/** A chart and what it depends on. */
export interface DependencyNode {
  name: string
  version: string
  repository: string
  /** `missing`, or `wrong version`; empty when all is well. */
  problem: string
  dependencies: DependencyNode[]
}

/** The tree of what a chart and its subcharts declare and hold. */
export function dependencyTree(chart: Chart, repository = ''): DependencyNode {
  const { name, version, dependencies = [] } = chart.metadata
  const declared = dependencies.map((dependency) => {
    const present = chart.subcharts.filter(({ metadata }) => metadata.name === dependency.name)
    const constraint = readConstraint(dependency.version || '*')
    const fitting = present.find(({ metadata }) => fits(constraint, metadata.version))
    const found = fitting ?? present[0]
    if (found === undefined) {
      const { version: range = '' } = dependency
      return node(dependency.name, range, dependency.repository, 'missing')
    }
    const tree = dependencyTree(found, dependency.repository)
    return fitting === undefined ? { ...tree, problem: 'wrong version' } : tree
  })
  const names = new Set(dependencies.map((dependency) => dependency.name))
  const others = chart.subcharts
    .filter(({ metadata }) => !names.has(metadata.name))
    .map((subchart) => ({ ...dependencyTree(subchart), problem: 'not declared' }))
  return { ...node(name, version, repository, ''), dependencies: [...declared, ...others] }
}

function node(name: string, version: string, repository: string, problem: string): DependencyNode {
  return { name, version, repository, problem, dependencies: [] }
}
