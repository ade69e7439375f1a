import type { Repair } from '../actions/repair.ts'
import { viewTable } from './table.ts'
import { term } from './term.ts'

type Damaged = Repair['damaged'][number]

const REMEDIES: Record<Damaged['remedy'], string> = {
  relabel: 'put its labels right',
  detach: 'keep it without the files of its chart',
  recreate: 'make it anew with its type',
  rename: 'move it to the name of its revision',
  remove: 'remove it',
}

/** What `repair -o json` and `-o yaml` print. */
export function repairDocument({ release, count, damaged, backup }: Repair) {
  return {
    release: release.name,
    namespace: release.namespace,
    records: count,
    damaged: damaged.map(({ place, revision, problems, remedy }) => ({
      record: place,
      revision,
      problems: [...problems],
      remedy,
    })),
    repaired: backup !== undefined,
    backup: backup ?? '',
  }
}

/** Damaged records, a line each: what is wrong, and what is done about it. */
export function viewRepair({ release, count, damaged }: Repair): string {
  if (damaged.length === 0) {
    const records = count === 1 ? 'its record is' : `all ${count} records are`
    return term(`release "${release.name}": ${records} sound`)
  }
  const rows = damaged.map(({ place, problems, remedy }) => [
    place,
    problems.join('; '),
    REMEDIES[remedy],
  ])
  return viewTable([['RECORD', 'PROBLEM', 'REMEDY'], ...rows])
}

/** What a person should know besides, on standard error; empty for a release without damage. */
export function viewRepaired({ count, damaged, backup }: Repair): string {
  if (damaged.length === 0) return ''
  if (backup === undefined) {
    return 'nothing was changed; --yes saves these records to a file and does it'
  }
  return `repaired; ${viewLeft(count - damaged.filter(({ remedy }) => remedy === 'remove').length)}`
}

function viewLeft(count: number): string {
  if (count > 0) return count === 1 ? 'one record is left' : `${count} records are left`
  return 'no record is left; "kubectl pkg install" of the same chart takes the objects over'
}
