import type { Chart } from '../chart/chart.ts'
import type { Dependency } from '../chart/metadata.ts'
import { sprintf } from '../golang/format.ts'
import { STRING_MAP, withType, type GoMap, type Value } from '../golang/value.ts'
import { coalesceValues, mergeTables, type OnWarning } from './coalesce.ts'
import { copyMap } from './copy-values.ts'
import { findTable } from './value-paths.ts'

/**
 * Gives each chart, from the innermost out, the values it imports from its subcharts as
 * defaults of its own; what it says itself wins. Changes `values` of the charts, in place.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/util/dependencies.go, `processDependencyImportValues`.
 */
export function importValues(chart: Chart, onWarning: OnWarning): void {
  for (const subchart of chart.subcharts) importValues(subchart, onWarning)
  const { dependencies } = chart.metadata
  if (dependencies === undefined) return

  // Helm replaces the defaults even where nothing is imported, and nulls move with that.
  const defaults = coalesceValues(chart, new Map(), { keepNulls: true, onWarning })
  let imported: GoMap = new Map()
  for (const dependency of dependencies) {
    const wishes = importsOf(dependency)
    for (const wish of wishes) {
      const table = findTable(defaults, `${dependency.name}.${wish.child}`)
      if (typeof table === 'string') onWarning(wish.missing(table))
      else imported = mergeTables(imported, nestAt(wish.parent, ownIfEmpty(table)), onWarning)
    }
    // Templates see `.Chart.Dependencies` with both forms written as maps.
    if (dependency.importValues !== undefined) dependency.importValues = wishes.map(asMap)
  }
  chart.values = mergeTables(copyMap(defaults), imported, onWarning)
}

interface Import {
  child: string
  /** Where it goes; `.` is the top. */
  parent: string
  missing: (part: string) => string
}

/** Both forms: a name below `exports`, or a map with `child` and `parent`; others are dropped. */
function importsOf(dependency: Dependency): Import[] {
  const wishes: Import[] = []
  for (const each of dependency.importValues ?? []) {
    if (typeof each === 'string') {
      wishes.push({
        child: `exports.${each}`,
        parent: '.',
        missing: (part) => sprintf('ImportValues missing table error="%q is not a table"', part),
      })
    } else if (each instanceof Map) {
      wishes.push({
        child: textOf(each.get('child')),
        parent: textOf(each.get('parent')),
        missing: (part) =>
          sprintf(
            'ImportValues missing table from chart chart=%s error="%q is not a table"',
            dependency.name,
            part,
          ),
      })
    }
  }
  return wishes
}

function asMap({ child, parent }: Import): Value {
  const map: GoMap = new Map([
    ['child', child],
    ['parent', parent],
  ])
  return withType(map, STRING_MAP)
}

function textOf(value: Value | undefined): string {
  return sprintf('%v', value ?? null)
}

/** Nulls move into what is merged, but Helm keeps an empty table of the subchart out of it. */
function ownIfEmpty(table: GoMap): GoMap {
  return table.size === 0 ? new Map() : table
}

function nestAt(path: string, table: GoMap): GoMap {
  if (path === '.') return table
  return path
    .split('.')
    .reverse()
    .reduce<GoMap>((inner, name) => new Map([[name, inner]]), table)
}
