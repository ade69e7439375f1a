import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readKubeFields, type KubeFields } from '../../src/migrate/kube-fields.ts'
import type { MigrationTarget } from '../../src/migrate/migrate-object.ts'

let fields: KubeFields | undefined

/** The fields of Kubernetes' own kinds, as the program has them. */
export function kubeFields(): KubeFields {
  const file = join(import.meta.dirname, '../../schemas/kubernetes-1.35-fields.txt')
  fields ??= readKubeFields(readFileSync(file, 'utf8'))
  return fields
}

/** What the program migrates for when nothing else is said. */
export function migrationTarget(changes: Partial<MigrationTarget> = {}): MigrationTarget {
  return {
    minor: 35,
    rookNamespace: 'rook-ceph',
    withDeprecated: false,
    fields: kubeFields(),
    ...changes,
  }
}
