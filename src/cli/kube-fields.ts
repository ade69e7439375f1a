import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './package-root.ts'

/** The table of the fields of Kubernetes' own kinds, which comes with the program. */
export function readFieldTable(): string {
  return readFileSync(join(packageRoot(), 'schemas/kubernetes-1.35-fields.txt'), 'utf8')
}
