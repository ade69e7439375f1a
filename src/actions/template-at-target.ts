import type { Connections } from './connections.ts'
import { answeringLookups, capabilitiesOf } from './render-at-target.ts'
import { template, type TemplateRequest, type TemplateResult } from './template.ts'

/**
 * Renders a chart as `template` does, for the Kubernetes version and API versions of the
 * target, whose objects templates may look up.
 *
 * @throws PkgError as `template`
 */
export async function templateAtTarget(
  { cluster, signal }: Connections,
  request: TemplateRequest,
): Promise<TemplateResult> {
  const capabilities = await capabilitiesOf(cluster, signal)
  return answeringLookups(cluster, signal, (lookup) =>
    template({ ...request, capabilities, lookup }),
  )
}
