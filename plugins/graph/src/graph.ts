import {
  byInstallOrder,
  decodeObjects,
  describeObject,
  type Chart,
  type Hook,
  type KubeObject,
} from 'kubectl-pkg/plugin'

/** A chart or release as it is drawn. */
export interface Graph {
  /** What it is, for example `chart web 1.2.3`. */
  title: string
  chart: ChartNode
  /** What is applied together, one kind of object after the other. */
  waves: Wave[]
  /** Hooks by their events, in the order they run. */
  hooks: HookNode[]
}

export interface ChartNode {
  name: string
  version: string
  subcharts: ChartNode[]
}

export interface Wave {
  kind: string
  /** Labels of the objects: `Service/web`. */
  objects: string[]
}

export interface HookNode {
  label: string
  events: string[]
  weight: number
}

export interface GraphInput {
  title: string
  chart: Chart
  /** The objects as one YAML text. */
  manifest: string
  hooks: readonly Hook[]
}

/** Gathers what a chart or release consists of, in the order in which it is applied. */
export function buildGraph({ title, chart, manifest, hooks }: GraphInput): Graph {
  return {
    title,
    chart: chartNode(chart),
    waves: wavesOf(decodeObjects(manifest, title)),
    hooks: hooks
      .map(({ kind, name, events, weight }) => ({ label: `${kind}/${name}`, events, weight }))
      .sort((left, right) => left.weight - right.weight),
  }
}

function chartNode({ metadata, subcharts }: Chart): ChartNode {
  const { name, version } = metadata
  return { name, version, subcharts: subcharts.map(chartNode).sort(byName) }
}

function wavesOf(objects: readonly KubeObject[]): Wave[] {
  const waves: Wave[] = []
  for (const object of objects.toSorted((a, b) => byInstallOrder(a.kind, b.kind))) {
    const last = waves.at(-1)
    if (last?.kind === object.kind) last.objects.push(describeObject(object))
    else waves.push({ kind: object.kind, objects: [describeObject(object)] })
  }
  return waves
}

function byName(left: ChartNode, right: ChartNode): number {
  return left.name < right.name ? -1 : 1
}
