import { PkgError } from '../base/errors.ts'
import { parseJson } from '../base/json.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { orderOf, type Graph } from './graph.ts'
import type { Sequence } from './plan.ts'

/*
 * Helm's HIP-0025: charts say what waits for what. An object is of a group of its chart
 * (`helm.sh/resource-group`) and may wait for other groups of that chart
 * (`helm.sh/depends-on/resource-groups`, a JSON list). A dependency in Chart.yaml may wait
 * for its siblings (`dependsOn`), and a chart's own objects for its subcharts (annotation
 * `helm.sh/depends-on/subcharts` of Chart.yaml). What has no order goes last in its chart.
 */

const GROUP = 'helm.sh/resource-group'
const GROUPS_BEFORE = 'helm.sh/depends-on/resource-groups'
const SUBCHARTS_BEFORE = 'helm.sh/depends-on/subcharts'

/** What the order of charts is read from. */
export interface SequencedChart {
  /** As in `# Source:` lines: `web/charts/db`. */
  path: string
  name: string
  /** Subcharts that the chart's own objects wait for. */
  after: readonly string[]
  subcharts: readonly SequencedChart[]
  /** Subcharts by name, and the siblings that each waits for. */
  dependsOn: ReadonlyMap<string, readonly string[]>
}

/** An object with the path of the chart it came from. */
export interface SourcedObject {
  object: KubeObject
  chart: string
}

/**
 * Reads from charts and annotations which objects wait for which.
 *
 * @param onNotice told what is asked for and cannot be: groups and charts that are not there
 * @throws PkgError SEQUENCE_CYCLE that names the circle
 */
export function sequenceOf(
  root: SequencedChart,
  objects: readonly SourcedObject[],
  onNotice: (notice: string) => void,
): Sequence {
  const units = unitsOf(objects, onNotice)
  const graph: Graph = { nodes: new Map(), before: new Map() }
  addChart({ graph, units, onNotice }, root)
  const order = orderOf(graph)
  if (order.cycle !== undefined) throw inCircle(order.cycle)

  const stageOf = new Map<string, number>()
  const awaited = new Set<string>()
  for (const [id, unit] of units.entries()) {
    for (const object of unit.objects) {
      const stage = isFirst(object) ? 0 : (order.rankOf.get(id) ?? 0)
      if (stage > 0) stageOf.set(objectKey(object), stage)
      if (order.awaited.has(id)) awaited.add(objectKey(object))
    }
  }
  return { stageOf, awaited }
}

/** The object without the annotation that an API server refuses: its key has two slashes. */
export function withoutSequence<T extends KubeObject>(object: T): T {
  const annotations = object.metadata['annotations']
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) {
    return object
  }
  if (!Object.hasOwn(annotations, GROUPS_BEFORE)) return object
  const { [GROUPS_BEFORE]: _removed, ...kept } = annotations
  return { ...object, metadata: { ...object.metadata, annotations: kept } }
}

/** Names of a JSON list in Chart.yaml's annotations. */
export function subchartsBefore(annotations: ReadonlyMap<string, string> | undefined): string[] {
  return namesIn(annotations?.get(SUBCHARTS_BEFORE)) ?? []
}

/** The objects of one group of a chart, or those of no group. */
interface Unit {
  chart: string
  /** Empty for objects of no group. */
  group: string
  objects: KubeObject[]
  /** Groups that have to be ready before. */
  after: Set<string>
}

type Units = Map<string, Unit>

interface Building {
  graph: Graph
  units: Units
  onNotice: (notice: string) => void
}

function unitsOf(objects: readonly SourcedObject[], onNotice: (notice: string) => void): Units {
  const units: Units = new Map()
  for (const { object, chart } of objects) {
    const group = annotation(object, GROUP) ?? ''
    const unit = unitAt(units, chart, group)
    unit.objects.push(object)
    const before = namesIn(annotation(object, GROUPS_BEFORE))
    if (before === undefined)
      onNotice(`${GROUPS_BEFORE} of ${labelOf(object)} is no JSON list of names`)
    for (const name of before ?? []) unit.after.add(name)
  }
  return units
}

function unitAt(units: Units, chart: string, group: string): Unit {
  const id = unitId(chart, group)
  const unit = units.get(id) ?? { chart, group, objects: [], after: new Set<string>() }
  units.set(id, unit)
  return unit
}

function addChart({ graph, units, onNotice }: Building, chart: SequencedChart): void {
  const { path, name } = chart
  const [start, end, own] = [`start ${path}`, `end ${path}`, `own ${path}`]
  for (const id of [start, own, end]) addNode(graph, id, { label: `chart ${name}`, isReal: false })
  addEdge(graph, start, own)
  addEdge(graph, own, end)
  addGroups({ graph, units, onNotice }, chart)

  for (const child of chart.subcharts) {
    addChart({ graph, units, onNotice }, child)
    addEdge(graph, start, `start ${child.path}`)
    addEdge(graph, `end ${child.path}`, end)
  }
  const pathOf = (wanted: string): string | undefined =>
    chart.subcharts.find((child) => child.name === wanted)?.path
  for (const wanted of chart.after) {
    const before = pathOf(wanted)
    if (before !== undefined) addEdge(graph, `end ${before}`, own)
  }
  for (const [child, siblings] of chart.dependsOn) {
    const waiting = pathOf(child)
    for (const sibling of siblings) {
      const before = pathOf(sibling)
      // A dependency that is switched off has nothing to wait for.
      if (waiting !== undefined && before !== undefined) {
        addEdge(graph, `end ${before}`, `start ${waiting}`)
      }
    }
  }
}

function addGroups({ graph, units, onNotice }: Building, { path, name }: SequencedChart): void {
  const mine = [...units].filter(([, unit]) => unit.chart === path)
  const groups = new Set(mine.map(([, { group }]) => group).filter((group) => group !== ''))
  const waits = mine.map(([id, { group, after }]) => {
    const label = group === '' ? `chart ${name}` : `group ${group} of chart ${name}`
    for (const each of after) {
      if (!groups.has(each)) onNotice(`group "${each}" that ${label} waits for is not in the chart`)
    }
    return { id, label, group, after: [...after].filter((each) => groups.has(each)) }
  })
  const named = new Set(waits.flatMap(({ after }) => after))
  const isOrdered = ({ group, after }: { group: string; after: readonly string[] }): boolean =>
    after.length > 0 || named.has(group)
  const ordered = waits.filter(isOrdered)
  for (const each of waits) {
    addNode(graph, each.id, { label: each.label, isReal: true })
    addEdge(graph, `own ${path}`, each.id)
    addEdge(graph, each.id, `end ${path}`)
    for (const group of each.after) addEdge(graph, unitId(path, group), each.id)
    if (!isOrdered(each)) for (const { id } of ordered) addEdge(graph, id, each.id)
  }
}

function addNode(graph: Graph, id: string, node: { label: string; isReal: boolean }): void {
  graph.nodes.set(id, node)
  if (!graph.before.has(id)) graph.before.set(id, new Set())
}

function addEdge(graph: Graph, before: string, after: string): void {
  const found = graph.before.get(after) ?? new Set<string>()
  graph.before.set(after, found.add(before))
}

/** Namespaces and CRDs are there before all else, unless they are of a group. */
function isFirst(object: KubeObject): boolean {
  const isPrerequisite = ['Namespace', 'CustomResourceDefinition'].includes(object.kind)
  return isPrerequisite && annotation(object, GROUP) === undefined
}

function inCircle(labels: readonly string[]): PkgError {
  const circle = [...labels, labels[0]].join(' → ')
  return new PkgError(
    'SEQUENCE_CYCLE',
    `what the chart puts in order waits for itself: ${circle}`,
    {
      hint: `Take one of them out of ${GROUPS_BEFORE}, ${SUBCHARTS_BEFORE} or dependsOn.`,
    },
  )
}

function unitId(chart: string, group: string): string {
  return `unit ${chart} ${group}`
}

function labelOf(object: KubeObject): string {
  return `${object.kind}/${object.metadata.name}`
}

function annotation(object: KubeObject, key: string): string | undefined {
  const annotations = object.metadata['annotations']
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) {
    return undefined
  }
  const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The names of a JSON list; undefined when the text is none. */
function namesIn(text: string | undefined): string[] | undefined {
  if (text === undefined) return []
  const names = parseJson(text)
  return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined
}
