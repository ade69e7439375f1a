import type { FieldConflict } from './field-conflict.ts'

/**
 * Reads fields and managers from the causes of a refused apply.
 *
 * `conflict with "kubectl-edit" using apps/v1 at 2026-01-02T03:04:05Z` names a manager; so does
 * `conflict with "m" with subresource "scale" using apps/v1`.
 *
 * Source: Kubernetes 1.35 apiserver, managedfields/internal/conflict.go, printManager.
 */
export function readConflicts(
  causes: readonly { message: string; field: string }[],
): FieldConflict[] {
  return causes.map(({ message, field }) => {
    const [, quoted] = /^conflict with ("(?:[^"\\]|\\.)*")/.exec(message) ?? []
    const manager = quoted === undefined ? message : unquoted(quoted)
    // Only a manager that wrote in another way than by apply is told with its version.
    return { field, manager, operation: message.includes(' using ') ? 'Update' : 'Apply' }
  })
}

/** Go's quoting is that of JSON, but for bytes and control characters, which stay as they are. */
function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1')
}
