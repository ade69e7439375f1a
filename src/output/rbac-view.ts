import type { Rbac, RbacRole } from '../actions/rbac.ts'
import { encodeYamlPlain } from '../encoding/yaml-encode.ts'
import { term } from './term.ts'

/** Roles as manifests that kubectl can apply. */
export function viewRbac({ roles, granting }: Rbac): string {
  const documents = roles.map((role) => `---\n${encodeYamlPlain({ ...roleDocument(role) })}`)
  const advice =
    granting.length === 0
      ? ''
      : `# The release grants rights itself, and whoever makes these objects must have them:\n` +
        granting.map((label) => `# - ${label}\n`).join('')
  return term(advice + documents.join(''))
}

/** A Role, or a ClusterRole for what lies in no namespace. */
export function roleDocument({ name, namespace, rules }: RbacRole) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    rules: rules.map((rule) => ({ ...rule })),
  }
}
