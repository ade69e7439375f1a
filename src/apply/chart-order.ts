import { decodeSourced } from '../manifest/decode-objects.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import type { Sequence } from '../plan/plan.ts'
import { sequenceOf, subchartsBefore, type SequencedChart } from '../plan/sequence.ts'
import type { Release } from '../release/release.ts'

/**
 * Reads which objects of a release wait for which; undefined when its charts put nothing in
 * order.
 *
 * @param placed the objects of its manifest, in its order, as they are at the target
 * @throws PkgError SEQUENCE_CYCLE
 */
export function sequenceOfRelease(
  release: Release,
  placed: readonly KubeObject[],
  onNotice: (notice: string) => void,
): Sequence | undefined {
  const root = sequencedChart(release.chart, release.chart.metadata.name)
  if (!release.manifest.includes('helm.sh/') && !isOrdered(root)) return undefined
  const sources = decodeSourced(release.manifest, `release ${release.name}`)
  const charts = new Map(
    sources.flatMap(({ path }, at) => {
      const object = placed[at]
      return object === undefined ? [] : [[objectKey(object), chartOf(path, root.path)] as const]
    }),
  )
  const objects = placed.flatMap((object) => {
    const chart = charts.get(objectKey(object))
    return chart === undefined ? [] : [{ object, chart }]
  })
  return sequenceOf(root, objects, onNotice)
}

function sequencedChart(chart: Release['chart'], path: string): SequencedChart {
  const { name, annotations, dependencies = [] } = chart.metadata
  return {
    path,
    name,
    after: subchartsBefore(annotations),
    subcharts: chart.subcharts.map((each) =>
      sequencedChart(each, `${path}/charts/${each.metadata.name}`),
    ),
    dependsOn: new Map(
      dependencies.flatMap((each) =>
        each.dependsOn === undefined ? [] : [[each.alias ?? each.name, each.dependsOn] as const],
      ),
    ),
  }
}

function isOrdered({ after, dependsOn, subcharts }: SequencedChart): boolean {
  return after.length > 0 || dependsOn.size > 0 || subcharts.some(isOrdered)
}

/** The chart that a template belongs to: `web/charts/db/templates/a.yaml` is of `web/charts/db`. */
function chartOf(path: string, root: string): string {
  const end = path.lastIndexOf('/templates/')
  return end < 0 ? root : path.slice(0, end)
}
