import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import type { Chart } from '../chart/chart.ts'
import { readMetadata } from '../chart/metadata.ts'
import { loadChartDirectory } from '../chart/read-directory.ts'
import { decodeDocument } from '../chart/read-yaml.ts'
import type { IndexEntry } from '../index/entry.ts'
import { pickVersion } from '../index/resolve.ts'

/** The repository that is part of this program. */
export const BUILT_IN = 'addons'

/** Names of the charts in the folder of add-ons, sorted. */
export function builtInNames(folder: string): string[] {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(folder)
    : []
  return names.filter((name) => hasChart(join(folder, name))).sort()
}

function hasChart(folder: string): boolean {
  return statSync(join(folder, 'Chart.yaml'), { throwIfNoEntry: false })?.isFile() === true
}

/** What an index would say of an add-on; of each there is the one version of this program. */
export function builtInEntry(folder: string, name: string): IndexEntry {
  const file = 'Chart.yaml'
  const metadata = readMetadata(decodeDocument(readFileSync(join(folder, name, file)), file))
  const { version, appVersion = '', description = '', keywords = [], deprecated = false } = metadata
  return {
    name: metadata.name,
    version,
    appVersion,
    description,
    keywords: keywords.join(' '),
    urls: [],
    digest: '',
    created: '',
    deprecated,
  }
}

/**
 * Loads an add-on.
 *
 * @param range a version or a range of versions; empty for any
 * @throws PkgError CHART_NOT_FOUND, VERSION_NOT_FOUND
 */
export function loadBuiltIn(folder: string, name: string, range: string): Chart {
  const names = builtInNames(folder)
  if (!names.includes(name)) {
    const guess = nearest(name, names)
    throw new PkgError(
      'CHART_NOT_FOUND',
      `chart "${name}" not found in the ${BUILT_IN} repository`,
      {
        hint:
          guess === undefined
            ? `Run "kubectl pkg search repo ${BUILT_IN}/" to see what there is.`
            : `Did you mean "${BUILT_IN}/${guess}"?`,
      },
    )
  }
  const chart = loadChartDirectory(join(folder, name))
  const { version } = chart.metadata
  if (pickVersion([{ version }], range) === undefined) {
    throw new PkgError(
      'VERSION_NOT_FOUND',
      `chart "${name}" matching ${range} not found in the ${BUILT_IN} repository, which has ${version}`,
      { hint: 'Leave --version out: add-ons come with the program, one version of each.' },
    )
  }
  return { ...chart, origin: `${BUILT_IN}/${name}` }
}
