/** What waits for what; every id that is named is a node. */
export interface Graph {
  nodes: Map<string, GraphNode>
  /** Ids of a node and of all that come directly before it. */
  before: Map<string, Set<string>>
}

export interface GraphNode {
  /** For people: `group db of chart web`. */
  label: string
  /** Whether the node stands for something; others only tie nodes together. */
  isReal: boolean
}

export interface Order {
  /** How many real nodes the longest chain before a node has. */
  rankOf: Map<string, number>
  /** Real nodes that another real node waits for. */
  awaited: Set<string>
  /** Labels of nodes that wait for each other in a circle, once each. */
  cycle: string[] | undefined
}

/** Puts the nodes of a graph into an order in which each comes after what it waits for. */
export function orderOf(graph: Graph): Order {
  const order: Order = { rankOf: new Map(), awaited: new Set(), cycle: undefined }
  const open: string[] = []
  for (const id of graph.nodes.keys()) {
    rank({ graph, order, open }, id)
    if (order.cycle !== undefined) break
  }
  if (order.cycle === undefined) markAwaited(graph, order.awaited)
  return order
}

interface Walk {
  graph: Graph
  order: Order
  /** Nodes whose chain is being followed, in its order. */
  open: string[]
}

function rank({ graph, order, open }: Walk, id: string): number {
  const known = order.rankOf.get(id)
  if (known !== undefined) return known
  if (open.includes(id)) {
    order.cycle ??= labelsOf(graph, open.slice(open.indexOf(id)))
    return 0
  }
  open.push(id)
  let highest = 0
  for (const before of graph.before.get(id) ?? []) {
    const own = rank({ graph, order, open }, before)
    const isReal = graph.nodes.get(before)?.isReal === true
    highest = Math.max(highest, isReal ? own + 1 : own)
    if (order.cycle !== undefined) return 0
  }
  open.pop()
  order.rankOf.set(id, highest)
  return highest
}

/** The circle in the order in which it is gone through, each label once. */
function labelsOf(graph: Graph, ids: readonly string[]): string[] {
  const labels = ids.toReversed().map((id) => graph.nodes.get(id)?.label ?? id)
  return [...new Set(labels)]
}

function markAwaited(graph: Graph, awaited: Set<string>): void {
  const seen = new Set<string>()
  const mark = (id: string): void => {
    for (const before of graph.before.get(id) ?? []) {
      if (graph.nodes.get(before)?.isReal === true) awaited.add(before)
      if (seen.has(before)) continue
      seen.add(before)
      mark(before)
    }
  }
  for (const [id, { isReal }] of graph.nodes) if (isReal) mark(id)
}
