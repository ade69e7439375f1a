import type { Json, JsonObject } from '../base/json.ts'
import { itemsAt } from './field-path.ts'
import type { Migration } from './migration.ts'

/** Rewrites a webhook configuration for admissionregistration.k8s.io/v1; old defaults stay. */
export function migrateWebhooks(object: JsonObject, migration: Migration): JsonObject {
  for (const { item: webhook, at } of itemsAt(object, 'webhooks')) {
    migrateWebhook(webhook, `webhooks[${at}]`, migration)
  }
  return object
}

function migrateWebhook(webhook: JsonObject, path: string, { note }: Migration): void {
  const write = (key: string, value: Json): void => {
    if (webhook[key] !== undefined && webhook[key] !== null) return
    webhook[key] = value
    note('rewritten', `${path}.${key}`, `the old default, ${JSON.stringify(value)}, written out`)
  }
  write('failurePolicy', 'Ignore')
  write('matchPolicy', 'Exact')
  write('timeoutSeconds', 30)
  write('admissionReviewVersions', ['v1beta1'])
  const { sideEffects } = webhook
  if (sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    webhook['sideEffects'] = sideEffects === 'Some' ? 'NoneOnDryRun' : 'None'
    note('needed', `${path}.sideEffects`, 'nothing told whether the webhook changes anything else')
  }
  for (const { item: rule, at } of itemsAt(webhook, 'rules')) {
    const groups = rule['apiGroups']
    if (!Array.isArray(groups) || !groups.includes('v1')) continue
    rule['apiGroups'] = groups.map((group) => (group === 'v1' ? '' : group))
    note('rewritten', `${path}.rules[${at}].apiGroups`, '"v1" is no group; pods are in ""')
  }
}
