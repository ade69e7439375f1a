import { PkgError } from '../base/errors.ts'
import type { Chart } from '../chart/chart.ts'
import { assertDependenciesPresent } from '../chart/lock.ts'

/**
 * Refuses a chart that cannot stand alone: a library, or one whose dependencies are not all
 * in charts/.
 *
 * Source: Helm 4.1.4 pkg/cmd/install.go, runInstall and checkIfInstallable.
 *
 * @throws PkgError CHART_INVALID, DEPENDENCY_MISSING
 */
export function assertInstallable(chart: Chart): void {
  const { type = '', name } = chart.metadata
  if (type !== '' && type !== 'application') {
    throw new PkgError('CHART_INVALID', `${type} charts are not installable`, {
      hint: `Take a chart that lists "${name}" among its dependencies.`,
    })
  }
  assertDependenciesPresent(chart, MISSING)
}

const MISSING =
  'an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: '
