import type { ChartNode, Graph } from './graph.ts'

/** Sizes in pixels. */
const LINE = 20
const PADDING = 12
const GAP = 24
const CHARACTER = 7.3

interface Column {
  title: string
  lines: string[]
}

/** The graph as an SVG picture: a column for the charts, one for each wave, one for hooks. */
export function viewSvg({ title, chart, waves, hooks }: Graph): string {
  const columns: Column[] = [
    { title: 'charts', lines: chartLines(chart, 0) },
    ...waves.map(({ kind, objects }, at) => ({ title: `wave ${at + 1}: ${kind}`, lines: objects })),
  ]
  if (hooks.length > 0) {
    columns.push({
      title: 'hooks',
      lines: hooks.map(({ label, events }) => `${label} (${events.join(', ')})`),
    })
  }
  const boxes = place(columns)
  const width = Math.max(...boxes.map(({ x, width }) => x + width)) + GAP
  const height = Math.max(...boxes.map(({ height }) => height)) + 3 * GAP
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="monospace" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${GAP}" y="${GAP}" font-weight="bold">${escaped(title)}</text>`,
    ...boxes.flatMap(drawBox),
    ...boxes.slice(1).map(({ x }, at) => arrow(boxes[at]?.right ?? 0, x)),
    '</svg>',
  ].join('\n')
}

interface Box extends Column {
  x: number
  width: number
  height: number
  right: number
}

const TOP = 2 * GAP

function place(columns: readonly Column[]): Box[] {
  let x = GAP
  return columns.map((column) => {
    const longest = Math.max(column.title.length, ...column.lines.map((line) => line.length))
    const width = Math.ceil(longest * CHARACTER) + 2 * PADDING
    const box = {
      ...column,
      x,
      width,
      height: (column.lines.length + 1) * LINE + PADDING,
      right: x + width,
    }
    x += width + GAP
    return box
  })
}

function drawBox({ title, lines, x, width, height }: Box): string[] {
  const text = (line: string, at: number, attributes = '') =>
    `<text x="${x + PADDING}" y="${TOP + LINE * (at + 1)}"${attributes} xml:space="preserve">${escaped(line)}</text>`
  return [
    `<rect x="${x}" y="${TOP}" width="${width}" height="${height}" rx="4" fill="#f3f6fa" stroke="#7a8ba0"/>`,
    text(title, 0, ' font-weight="bold"'),
    ...lines.map((line, at) => text(line, at + 1)),
  ]
}

function arrow(from: number, to: number): string {
  const y = TOP + LINE
  return `<path d="M ${from} ${y} L ${to} ${y} m -6 -4 l 6 4 l -6 4" fill="none" stroke="#7a8ba0"/>`
}

function chartLines({ name, version, subcharts }: ChartNode, depth: number): string[] {
  return [
    `${'  '.repeat(depth)}${name} ${version}`,
    ...subcharts.flatMap((subchart) => chartLines(subchart, depth + 1)),
  ]
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
