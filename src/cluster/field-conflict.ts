import { PkgError } from '../base/errors.ts'

/** A field that an apply would have changed though somebody else manages it. */
export interface FieldConflict {
  /** As Kubernetes writes paths: `.spec.template.spec.containers[name="web"].image`. */
  field: string
  /** Name of the field manager, for example `kubectl-edit`. */
  manager: string
  /** How that manager wrote the field. */
  operation: 'Apply' | 'Update'
}

/** FIELD_CONFLICT with every field and its manager, for whoever decides what to do. */
export class FieldConflictError extends PkgError {
  readonly conflicts: readonly FieldConflict[]

  /** @param label of the object, for example `Deployment/web` */
  constructor(label: string, conflicts: readonly FieldConflict[]) {
    const count = conflicts.length === 1 ? 'a field' : `${conflicts.length} fields`
    super('FIELD_CONFLICT', `${label} has ${count} that somebody else manages`, {
      details: conflicts.map(({ field, manager }) => `${field} is managed by "${manager}"`),
      hint: 'Leave the fields out of the chart, or take them over with --force-conflicts.',
    })
    this.conflicts = conflicts
  }
}
