import type { NginxReport } from '../actions/nginx-report.ts'
import { viewTable } from './table.ts'

/** What becomes of each setting, and a line that sums it up. */
export function viewNginxReport(report: NginxReport): string {
  const { items } = report
  if (items.length === 0) return nginxSummary(report)
  const table = viewTable([
    ['INGRESS', 'SETTING', 'OUTCOME', 'NOTE'],
    ...items.map(({ ingress, setting, outcome, note }) => [ingress, setting, outcome, note]),
  ])
  return `${table}\n\n${nginxSummary(report)}`
}

/** How many settings there are of each outcome, in words. */
export function nginxSummary({ ingresses, items }: NginxReport): string {
  const counts = (['supported', 'limited', 'ignored', 'refused'] as const)
    .map((outcome) => ({ outcome, count: items.filter((each) => each.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`)
  const objects = `${ingresses} Ingress object${ingresses === 1 ? '' : 's'}`
  return `${objects}: ${counts.join(', ') || 'no annotations of ingress-nginx'}`
}
