import { PkgError } from '../base/errors.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { assertAllowed } from '../plan/allow.ts'
import { valueAt } from '../plan/content.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { isAwaited, ownWebhooks, type OwnWebhooks } from './await-webhook.ts'
import { planDefinitions } from './crds.ts'
import { isDefinition } from './definitions.ts'
import { planDeployment, type Deployment } from './deploy.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import type { View } from './site.ts'
import { tellNotices } from './tell-notices.ts'

/**
 * Plans a deployment and tries out at an API server, without effect, what it would create too:
 * a real run meets that when it has begun to write.
 *
 * @throws PkgError what `deploy` would throw before its first write, and what the target refuses
 */
export async function rehearseDeployment(view: View, deployment: Deployment): Promise<Plan> {
  const { allowance = {}, prerequisites = [] } = deployment
  const crds = await planDefinitions(view, deployment.crds)
  const plan = await planDeployment(view, deployment)
  tellNotices(view, crds, plan)
  assertAllowed(plan, allowance)
  assertAllowed(crds, allowance)
  if (view.cluster.runsHooks)
    await tryCreations(view, [...crds.changes, ...plan.changes], prerequisites)
  return plan
}

/** What is to be in a namespace, or of a kind, that comes with the plan cannot be tried before. */
async function tryCreations(
  view: View,
  changes: readonly Change[],
  prerequisites: readonly KubeObject[],
): Promise<void> {
  const created = changes.filter(({ op }) => op === 'create').map(({ object }) => object)
  const namespaces = new Set(
    [...prerequisites, ...created]
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => metadata.name),
  )
  const kinds = new Set(created.filter(isDefinition).map(kindDefinedBy))
  const tried = created.filter(
    (object) => !namespaces.has(namespaceOf(object)) && !kinds.has(kindOf(object)),
  )
  const webhooks = ownWebhooks(changes)
  await inParallel(tried, PARALLEL, (object) => tryCreation(view, object, webhooks))
}

async function tryCreation(
  { cluster, signal, onNotice }: View,
  object: KubeObject,
  webhooks: OwnWebhooks,
): Promise<void> {
  try {
    await cluster.preview(object, { force: true, signal })
  } catch (error) {
    if (isAwaited(error, webhooks)) return
    if (!isRightMissing(error)) throw error
    onNotice(`${describeObject(object)} cannot be tried out: ${error.message}`)
  }
}

/** Who may only read can still see what would be done. */
function isRightMissing(error: unknown): error is PkgError {
  return (
    error instanceof PkgError && error.code === 'FORBIDDEN' && error.message.includes(': User "')
  )
}

function namespaceOf({ metadata: { namespace } }: KubeObject): string {
  return typeof namespace === 'string' ? namespace : ''
}

function kindDefinedBy(definition: KubeObject): string {
  return JSON.stringify([
    valueAt(definition, 'spec', 'group'),
    valueAt(definition, 'spec', 'names', 'kind'),
  ])
}

function kindOf({ apiVersion, kind }: KubeObject): string {
  return JSON.stringify([apiVersion.split('/')[0], kind])
}
