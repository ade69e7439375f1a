import type { ChartNode, Graph } from './graph.ts'

interface Branch {
  label: string
  children: Branch[]
}

/** The graph as a tree of lines. */
export function viewText(graph: Graph): string {
  const waves = graph.waves.map(({ kind, objects }, at) => ({
    label: `wave ${at + 1}: ${kind}`,
    children: objects.map(leaf),
  }))
  const hooks = graph.hooks.map(({ label, events, weight }) =>
    leaf(`${label} (${events.join(', ')}; weight ${weight})`),
  )
  const branches = [
    { label: 'charts', children: [chartBranch(graph.chart)] },
    { label: 'objects', children: waves },
    ...(hooks.length === 0 ? [] : [{ label: 'hooks', children: hooks }]),
  ]
  return [graph.title, ...draw(branches, '')].join('\n')
}

function chartBranch({ name, version, subcharts }: ChartNode): Branch {
  return { label: `${name} ${version}`, children: subcharts.map(chartBranch) }
}

function leaf(label: string): Branch {
  return { label, children: [] }
}

function draw(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ label, children }, at) => {
    const isLast = at === branches.length - 1
    const below = `${indent}${isLast ? '   ' : '│  '}`
    return [`${indent}${isLast ? '└─ ' : '├─ '}${label}`, ...draw(children, below)]
  })
}
