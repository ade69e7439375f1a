import { expect, test } from 'vitest'
import { onceAnswered, ownWebhooks } from '../../../src/apply/await-webhook.ts'
import type { Site } from '../../../src/apply/site.ts'
import { WebhookError } from '../../../src/cluster/webhook-error.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import type { Change } from '../../../src/plan/plan.ts'

const OBJECT: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'checked' } }

const WEBHOOKS = [
  configuration('create', 'ValidatingWebhookConfiguration', ['a.example.com', 'b.example.com']),
  configuration('unchanged', 'MutatingWebhookConfiguration', ['c.example.com']),
  configuration('delete', 'MutatingWebhookConfiguration', ['d.example.com']),
]

test('the webhooks of a plan are those that it leaves at the target', () => {
  expect([...ownWebhooks(WEBHOOKS).names]).toEqual([
    'a.example.com',
    'b.example.com',
    'c.example.com',
  ])
})

test('a write is made again until the webhook can be asked, which is told once', async () => {
  expect(await outcome({ failures: 2, webhook: 'a.example.com', timeout: 60_000 })).toEqual({
    tries: 3,
    error: undefined,
    notices: [
      'ConfigMap/checked waits, for up to 60 s, until webhook "a.example.com" can be asked',
    ],
  })
})

test('it is given up when time is up', async () => {
  const { tries, error } = await outcome({ failures: 9, webhook: 'a.example.com', timeout: 1500 })
  expect({ tries, error }).toEqual({ tries: 2, error: 'WEBHOOK_FAILED' })
})

test('nobody waits for a webhook that the plan does not bring, or takes away', async () => {
  for (const webhook of ['d.example.com', 'other.example.com']) {
    expect(await outcome({ failures: 1, webhook, timeout: 60_000 })).toEqual({
      tries: 1,
      error: 'WEBHOOK_FAILED',
      notices: [],
    })
  }
})

/** Makes a write that fails a number of times, because the webhook cannot be asked. */
async function outcome(given: { failures: number; webhook: string; timeout: number }) {
  const notices: string[] = []
  const site = {
    wait: { timeout: given.timeout },
    signal: new AbortController().signal,
    lock: { assertHeld: () => Promise.resolve() },
    onNotice: (notice: string) => notices.push(notice),
  } as unknown as Site
  let tries = 0
  const write = (): Promise<void> => {
    tries += 1
    if (tries > given.failures) return Promise.resolve()
    return Promise.reject(new WebhookError('cannot apply ConfigMap/checked', given.webhook))
  }
  const choice = { object: OBJECT, webhooks: ownWebhooks(WEBHOOKS) }
  const error = await onceAnswered(site, choice, write).then(
    () => undefined,
    (failure: WebhookError) => failure.code,
  )
  return { tries, error, notices }
}

function configuration(op: Change['op'], kind: string, names: string[]): Change {
  const webhooks = names.map((name) => ({ name }))
  const apiVersion = 'admissionregistration.k8s.io/v1'
  return { op, object: { apiVersion, kind, metadata: { name: kind }, webhooks }, live: undefined }
}
