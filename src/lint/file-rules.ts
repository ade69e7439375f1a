import { nearest } from '../base/nearest.ts'
import type { Chart } from '../chart/chart.ts'
import type { ChartFolder } from '../chart/chart-folder.ts'
import { spanIn } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import { missingFiles } from '../render/missing-files.ts'
import type { Findings } from './finding.ts'

/** Tells of files that templates read by name and the chart does not have: they print nothing. */
export function lintFileReads(chart: Chart, folder: ChartFolder, findings: Findings): void {
  const names = chart.files.map(({ name }) => name)
  for (const { template, line, column, name } of missingFiles(chart).slice(0, MOST)) {
    const source = chart.templates.find((each) => each.name === template)
    const text = fromBytes(source?.data ?? new Uint8Array())
    const span = spanIn({ name: template, text }, line, column)
    const advice = adviseOn(name, names, folder)
    const message = `line ${line}: "${name}" is read, but the chart has no such file; ${advice}`
    findings.check({ severity: 'warning', path: template, span }, message)
  }
}

/** So many are told of. */
const MOST = 100

function adviseOn(name: string, names: readonly string[], folder: ChartFolder): string {
  if (name.startsWith('/') || name.split('/').includes('..')) {
    const meant = ofSameBase(name, names)
    const rule = 'names begin below the chart’s folder'
    return meant === undefined ? rule : `${rule}; did you mean "${meant}"?`
  }
  const plain = name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')
  if (names.some((each) => each.startsWith(`${plain}/`))) {
    return `it is a folder, whose files "${plain}/*" stands for in a glob`
  }
  const meant = names.includes(plain)
    ? plain
    : (nearestName(name, names) ?? ofSameBase(name, names))
  if (meant !== undefined) return `did you mean "${meant}"?`
  if (plain.trim() === '') return 'write the name of one'
  if (!canBeName(plain)) return 'no file can have that name'
  if (folder.kindOf(plain) !== 'file') return 'put it there, outside of templates/'
  if (isRead(plain)) return 'templates cannot read what the chart is made of; copy it'
  return '.helmignore leaves it out'
}

/** Of long names and of many not all are held against each other. */
function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > 200) return undefined
  const alike = names.filter((each) => Math.abs(each.length - name.length) <= 2)
  return nearest(name, alike.slice(0, 100))
}

/** Whether a file system takes it. */
function canBeName(name: string): boolean {
  const isShort = name.split('/').every((part) => Buffer.byteLength(part) <= 255)
  return isShort && name.length <= 1000 && !name.includes('\0')
}

/** The only file that has the same name in another folder. */
function ofSameBase(name: string, names: readonly string[]): string | undefined {
  const base = baseOf(name).toLowerCase()
  const same = names.filter((each) => baseOf(each).toLowerCase() === base)
  return same.length === 1 ? same[0] : undefined
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** Whether a file is read as a part of the chart, and so is none of those that templates see. */
function isRead(name: string): boolean {
  return (
    /^(?:templates|charts)\//.test(name) ||
    ['Chart.yaml', 'Chart.lock', 'values.yaml', 'values.schema.json'].includes(name)
  )
}
