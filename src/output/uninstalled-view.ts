import type { Uninstalled } from '../actions/uninstall.ts'
import { describeObject } from '../manifest/object.ts'
import { term } from './term.ts'

/** What uninstall did or would do: what stays, what goes, and Helm's last line. */
export function viewUninstalled(
  name: string,
  { plan }: Uninstalled,
  { dryRun = false } = {},
): string {
  const kept = plan.changes
    .filter(({ op, isAdopted = false }) => op === 'keep' && !isAdopted)
    .map(({ object }) => describeObject(object))
  const lines =
    kept.length === 0 ? [] : ['These resources were kept due to the resource policy:', ...kept, '']
  if (!dryRun) return term([...lines, `release "${name}" uninstalled`, ''].join('\n'))
  const gone = plan.changes.filter(({ op }) => op === 'delete')
  const deletions = gone.map(({ object }) => `would delete ${describeObject(object)}`)
  return term([...deletions, ...lines, `release "${name}" would be uninstalled`, ''].join('\n'))
}
