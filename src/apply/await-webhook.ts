import { isJsonObject } from '../base/json.ts'
import { steadyNow } from '../base/steady-clock.ts'
import { WebhookError } from '../cluster/webhook-error.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { valueAt } from '../plan/content.ts'
import type { Change } from '../plan/plan.ts'
import { STAGE_TIMEOUT } from './await-wave.ts'
import { sleep } from './sleep.ts'
import type { Site } from './site.ts'

/** Between two tries, in milliseconds. */
const PAUSE = 1000

/** The webhooks that a plan brings along, by their names, and which of them were told of. */
export interface OwnWebhooks {
  names: ReadonlySet<string>
  told: Set<string>
}

/** Finds the webhooks that are there once the changes are made. */
export function ownWebhooks(changes: readonly Change[]): OwnWebhooks {
  const configurations = changes.filter(
    ({ op, object }) => op !== 'delete' && CONFIGURATIONS.has(object.kind),
  )
  const names = configurations.flatMap(({ object }) => webhookNames(object))
  return { names: new Set(names), told: new Set() }
}

const CONFIGURATIONS: ReadonlySet<string> = new Set([
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
])

function webhookNames(configuration: KubeObject): string[] {
  const webhooks = valueAt(configuration, 'webhooks')
  return (Array.isArray(webhooks) ? webhooks : [])
    .map((webhook) => (isJsonObject(webhook) ? webhook['name'] : undefined))
    .filter((name) => typeof name === 'string')
}

/**
 * Makes a write, and makes it again for as long as a stage may take while a webhook of the same
 * plan cannot be asked: its pods may just have begun, and whoever writes its authority into its
 * configuration comes after that. A webhook of somebody else is not waited for.
 *
 * @throws PkgError WEBHOOK_FAILED when time is up; whatever else the write throws
 */
export async function onceAnswered(
  site: Site,
  { object, webhooks }: { object: KubeObject; webhooks: OwnWebhooks },
  write: () => Promise<void>,
): Promise<void> {
  const timeout = site.wait?.timeout ?? STAGE_TIMEOUT
  const began = steadyNow()
  for (;;) {
    try {
      await write()
      return
    } catch (error) {
      if (!isAwaited(error, webhooks)) throw error
      if (steadyNow() - began + PAUSE > timeout) throw error
      tell(site, { object, webhooks, error, timeout })
    }
    await sleep(PAUSE, site.signal)
    await site.lock.assertHeld()
  }
}

/** Whether a write failed only because a webhook that the plan brings along was not to be asked. */
export function isAwaited(error: unknown, { names }: OwnWebhooks): error is WebhookError {
  return error instanceof WebhookError && names.has(error.webhook)
}

interface Silence {
  object: KubeObject
  webhooks: OwnWebhooks
  error: WebhookError
  timeout: number
}

/** Once for each webhook: all that it checks waits for the same. */
function tell(site: Site, { object, webhooks: { told }, error, timeout }: Silence): void {
  if (told.has(error.webhook)) return
  told.add(error.webhook)
  const seconds = Math.round(timeout / 1000)
  site.onNotice(
    `${describeObject(object)} waits, for up to ${seconds} s, until webhook "${error.webhook}" can be asked`,
  )
}
