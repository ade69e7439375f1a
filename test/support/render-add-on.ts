import { join } from 'node:path'
import { template } from '../../src/actions/template.ts'
import type { Chart } from '../../src/chart/chart.ts'
import { loadChartDirectory } from '../../src/chart/read-directory.ts'
import { processIo } from '../../src/cli/io.ts'
import { loadValues, type GivenValues } from '../../src/cli/read-values.ts'
import { decodeObjects } from '../../src/manifest/decode-objects.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { shareKeys } from './shared-keys.ts'

shareKeys()

const CHARTS = join(import.meta.dirname, '..', '..', 'charts')

/** What an add-on gives for a person's values. */
export interface RenderedAddOn {
  /** What `template` prints. */
  text: string
  /** The objects of that text, hooks among them. */
  objects: KubeObject[]
  notes: string
}

/** Loads a chart of charts/ by its name. */
export function loadAddOn(name: string): Chart {
  return loadChartDirectory(join(CHARTS, name))
}

/** Renders an add-on as release "edge" in namespace "edge"; its schema checks the values. */
export async function renderAddOn(chart: Chart, given: GivenValues): Promise<RenderedAddOn> {
  const valuesFor = await loadValues(given, processIo())
  const { output, rendered } = template({
    chart,
    values: valuesFor(chart),
    release: { name: 'edge', namespace: 'edge' },
    options: {},
  })
  return {
    text: output,
    objects: decodeObjects(output, chart.metadata.name),
    notes: rendered.notes,
  }
}
