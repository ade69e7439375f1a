import type { SourcedObject } from '../manifest/decode-objects.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import type { Sequence } from '../plan/plan.ts'
import { sequenceOf, subchartsBefore, type SequencedChart } from '../plan/sequence.ts'
import type { Release } from '../release/release.ts'

/** The objects of a release's manifest, in its order. */
export interface OrderedObjects {
  /** As they are at the target. */
  placed: readonly KubeObject[]
  /** As they were read. */
  sources: readonly SourcedObject[]
}

/**
 * Reads which objects of a release wait for which; undefined when its charts put nothing in
 * order.
 *
 * @throws PkgError SEQUENCE_CYCLE
 */
export function sequenceOfRelease(
  release: Release,
  { placed, sources }: OrderedObjects,
  onNotice: (notice: string) => void,
): Sequence | undefined {
  const { chart, manifest } = release
  if (!manifest.includes('helm.sh/') && !isOrdered(chart)) return undefined
  const paths = new Set(sources.map(({ path }) => path))
  const root = sequencedChart(chart, {
    name: chart.metadata.name,
    path: chart.metadata.name,
    paths,
  })
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

interface Place {
  name: string
  path: string
  /** Templates that gave objects. */
  paths: ReadonlySet<string>
}

/** Records hold no subcharts: of an old revision only the templates tell that they were there. */
function sequencedChart(chart: Release['chart'] | undefined, place: Place): SequencedChart {
  const { name, path, paths } = place
  const { annotations, dependencies = [] } = chart?.metadata ?? {}
  const subcharts = new Map(chart?.subcharts.map((each) => [each.metadata.name, each]))
  const names = new Set([...subcharts.keys(), ...namesBelow(`${path}/charts/`, paths)])
  return {
    path,
    name,
    after: subchartsBefore(annotations),
    subcharts: [...names].map((each) =>
      sequencedChart(subcharts.get(each), { name: each, path: `${path}/charts/${each}`, paths }),
    ),
    dependsOn: new Map(
      dependencies.flatMap((each) =>
        each.dependsOn === undefined ? [] : [[each.alias ?? each.name, each.dependsOn] as const],
      ),
    ),
  }
}

function namesBelow(folder: string, paths: ReadonlySet<string>): string[] {
  return [...paths]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).split('/')[0] ?? '')
}

function isOrdered({ metadata, subcharts }: Release['chart']): boolean {
  const { annotations, dependencies = [] } = metadata
  return (
    subchartsBefore(annotations).length > 0 ||
    dependencies.some(({ dependsOn }) => dependsOn !== undefined) ||
    subcharts.some(isOrdered)
  )
}

/** The chart that a template belongs to: `web/charts/db/templates/a.yaml` is of `web/charts/db`. */
function chartOf(path: string, root: string): string {
  const end = path.lastIndexOf('/templates/')
  return end < 0 ? root : path.slice(0, end)
}
