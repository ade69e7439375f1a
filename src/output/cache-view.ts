import type { CacheEntry, CacheReport } from '../actions/cache.ts'
import { viewTable } from './table.ts'

/** What the caches hold, a line each. */
export function viewCache(entries: readonly CacheEntry[]): string {
  if (entries.length === 0) return 'The cache is empty.'
  return viewTable([
    ['KIND', 'NAME', 'SIZE', 'LAST USED', 'ID'],
    ...entries.map(({ kind, name, bytes, used, id }) => [
      kind,
      name,
      viewBytes(bytes),
      used.slice(0, 10),
      id.slice(0, 12),
    ]),
  ])
}

/** What was removed, or would be, and what was looked at. */
export function viewCacheReport(report: CacheReport, { dryRun }: { dryRun: boolean }): string {
  const { checked, bytes, removed, strays } = report
  const verb = dryRun ? 'would be removed' : 'removed'
  const lines = removed.map(
    ({ kind, name, id, bytes: size }) =>
      `${kind} ${name === '' ? id.slice(0, 12) : name} (${viewBytes(size)}) ${verb}`,
  )
  if (strays > 0) lines.push(`${count(strays, 'temporary file')} ${verb}`)
  const gone = removed.reduce((sum, each) => sum + each.bytes, 0)
  const sum = `${removed.length} of ${count(checked, 'item')} ${verb}`
  return [...lines, `${sum}, ${viewBytes(gone)} of ${viewBytes(bytes)}`].join('\n')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

function viewBytes(bytes: number): string {
  let [size, unit] = [bytes, 0]
  for (; size >= 1024 && unit < UNITS.length - 1; unit++) size /= 1024
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`
}
