import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { template } from '../../src/actions/template.ts'
import type { Chart } from '../../src/chart/chart.ts'
import { loadChartDirectory } from '../../src/chart/read-directory.ts'
import { processIo } from '../../src/cli/io.ts'
import { loadValues, type GivenValues } from '../../src/cli/read-values.ts'
import { decodeObjects } from '../../src/manifest/decode-objects.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { RUN_FOLDER } from './run-folder.ts'
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

/**
 * Gives what an add-on of charts/ renders, as `renderAddOn` does, but renders it only once in a run:
 * suites look at the same rows for different things, and rendering is most of their work.
 *
 * @returns a copy of the caller's own
 */
export async function renderOnce(
  name: string,
  given: Pick<GivenValues, 'preset' | 'set'>,
): Promise<RenderedAddOn> {
  const key = createHash('sha256')
    .update(JSON.stringify([name, given]))
    .digest('hex')
  const file = join(RUN_FOLDER, `${key}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as RenderedAddOn
  const rendered = await renderAddOn(loadedOnce(name), given)
  const temporary = `${file}.${threadId}`
  writeFileSync(temporary, JSON.stringify(rendered))
  renameSync(temporary, file)
  return rendered
}

const charts = new Map<string, Chart>()

function loadedOnce(name: string): Chart {
  const chart = charts.get(name) ?? loadAddOn(name)
  charts.set(name, chart)
  return chart
}
