import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { assembleChart } from '../../src/chart/assemble-chart.ts'
import { openBudget } from '../../src/chart/budget.ts'
import type { Chart } from '../../src/chart/chart.ts'

/** Files by their paths below the chart's root. */
export type ChartFiles = Record<string, string | Uint8Array>

/** A Chart.yaml with the three fields that every chart has, and what is added. */
export function chartYaml(name = 'web', more = ''): string {
  return `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}`
}

/** A chart in memory, as if a folder held these files; Chart.yaml is added when it is not given. */
export function chartOf(files: ChartFiles): Chart {
  const all = { 'Chart.yaml': chartYaml(), ...files }
  const list = Object.entries(all).map(([name, data]) => ({ name, data: Buffer.from(data) }))
  return assembleChart({ files: list, origin: './web', budget: openBudget() })
}

/** Writes the files below a folder, which is made; nothing is added. */
export function writeChart(folder: string, files: ChartFiles): string {
  for (const [name, data] of Object.entries(files)) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, data)
  }
  return folder
}
