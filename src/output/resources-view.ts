import type { ResourceState } from '../actions/resources.ts'
import { viewTable } from './table.ts'
import { term } from './term.ts'

/** Objects of a release as `status --show-resources` prints them. */
export function viewResources(resources: readonly ResourceState[]): string {
  const rows = resources.map(({ kind, namespace, name, state, text }) => [
    `${kind}/${name}`,
    namespace === '' ? '-' : namespace,
    state,
    text,
  ])
  return `RESOURCES:\n${term(viewTable([['OBJECT', 'NAMESPACE', 'STATE', 'DETAIL'], ...rows]))}\n`
}
