import type { ChartNode, Graph } from './graph.ts'

/** The graph as a Mermaid flow chart, which Markdown viewers draw. */
export function viewMermaid({ chart, waves, hooks }: Graph): string {
  const lines = ['flowchart LR', '  subgraph charts', ...chartLines(chart, 'c'), '  end']
  for (const [at, { kind, objects }] of waves.entries()) {
    lines.push(`  subgraph w${at}["wave ${at + 1}: ${quoted(kind)}"]`)
    lines.push(
      ...objects.map((label, number) => `    w${at}o${number}["${quoted(label)}"]`),
      '  end',
    )
    lines.push(`  ${at === 0 ? 'charts' : `w${at - 1}`} --> w${at}`)
  }
  if (hooks.length > 0) {
    const labels = hooks.map(({ label, events }) => `${label}<br>${events.join(', ')}`)
    lines.push('  subgraph hooks')
    lines.push(...labels.map((label, at) => `    h${at}(["${quoted(label)}"])`), '  end')
  }
  return lines.join('\n')
}

function chartLines({ name, version, subcharts }: ChartNode, id: string): string[] {
  const lines = [`    ${id}["${quoted(`${name} ${version}`)}"]`]
  for (const [at, subchart] of subcharts.entries()) {
    const below = `${id}_${at}`
    lines.push(...chartLines(subchart, below), `    ${id} --> ${below}`)
  }
  return lines
}

/** Mermaid writes quotes in a label as an entity. */
function quoted(label: string): string {
  return label.replaceAll('"', '#quot;')
}
