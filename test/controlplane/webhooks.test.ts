import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { freePorts } from '../support/free-ports.ts'
import { eventually, freshNamespace, kubectl, kubectlOk } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { makeAuthority, makeCertificate } from './certificates.mjs'

/*
 * A chart brings a webhook and an object that it checks, as cert-manager does with its issuers. The
 * API server asks the webhook by a URL, for there is no network of Services here.
 */

const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-webhooks-'))
const servers: Server[] = []
/** Objects that the webhook was asked of. */
const asked: string[] = []

beforeAll(async () => {
  await makeAuthority(folder)
  await makeCertificate(folder, 'webhook', { user: 'webhook', hosts: ['IP:127.0.0.1'] })
})

afterAll(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true })
})

test.concurrent('what a webhook of the chart checks waits until that answers', async () => {
  const namespace = await freshNamespace()
  const [port = 0] = await freePorts(1)
  const install = pkg(namespace, `install shop ${chart(namespace, port)} --timeout 10m`)
  await configured(namespace)
  await sleep(1500)
  await startWebhook(port)

  expect(await install).toMatchObject({ code: 0 })
  expect(asked).toContain(`${namespace}/checked`)
  expect(JSON.parse(await pkgOk(namespace, 'status shop -o json'))).toMatchObject({
    info: { status: 'deployed' },
  })
  await pkgOk(namespace, 'uninstall shop')
})

test.concurrent(
  'when it never does, its name, the cause and what to look at are told',
  async () => {
    const namespace = await freshNamespace()
    const [port = 0] = await freePorts(1)
    const folder = chart(namespace, port)
    const { code, err } = await pkg(namespace, `install shop ${folder} --timeout 3s`)
    expect(code).toBe(7)
    expect(err).toContain(
      `INSTALLATION FAILED: cannot apply ConfigMap/checked: webhook "${namespace}.example.com" cannot be asked: Post "https://127.0.0.1:${port}/?timeout=2s": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    )
    expect(err).toContain('code: WEBHOOK_FAILED')

    // The change that mends it is not held up by what cannot be tried out before it.
    await kubectlOk(['delete', 'validatingwebhookconfiguration', namespace])
    await pkgOk(namespace, `upgrade shop ${folder} --set failurePolicy=Ignore`)
    await pkgOk(namespace, `upgrade shop ${folder} --set failurePolicy=Fail`)
    const stuck = await pkg(namespace, `upgrade shop ${folder} --timeout 3s --set mood=new`)
    expect(stuck.code).toBe(7)
    await pkgOk(namespace, `upgrade shop ${folder} --set failurePolicy=Ignore,mood=new`)
    await pkgOk(namespace, 'uninstall shop')
  },
)

test.concurrent('a webhook of somebody else is not waited for', async () => {
  const namespace = await freshNamespace()
  const [port = 0] = await freePorts(1)
  await pkg(namespace, `install shop ${chart(namespace, port)} --timeout 1s`)
  const other = writeChart(join(folder, `other-${namespace}`), {
    'Chart.yaml': chartYaml('other'),
    'templates/checked.yaml': CHECKED,
  })
  const began = performance.now()
  const { code } = await pkg(namespace, `install other ${other} --timeout 10m`)
  expect(code).toBe(7)
  expect(performance.now() - began).toBeLessThan(300_000)
  await pkgOk(namespace, 'uninstall shop')
})

const CHECKED = `apiVersion: v1
kind: ConfigMap
metadata:
  name: checked
  labels: { checked: 'true' }
  annotations:
    helm.sh/resource-group: checked
data:
  mood: {{ .Values.mood | default "calm" }}
`

/** Writes a chart whose webhook, named after the namespace, is at a port of this machine. */
function chart(namespace: string, port: number): string {
  const authority = readFileSync(join(folder, 'ca.crt')).toString('base64')
  return writeChart(join(folder, `shop-${namespace}`), {
    'Chart.yaml': chartYaml('shop'),
    'templates/checked.yaml': CHECKED.replace(
      'helm.sh/resource-group: checked',
      `helm.sh/resource-group: checked\n    helm.sh/depends-on/resource-groups: '["webhook"]'`,
    ),
    'templates/webhook.yaml': `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: ${namespace}
  annotations:
    helm.sh/resource-group: webhook
webhooks:
  - name: ${namespace}.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    timeoutSeconds: 2
    failurePolicy: {{ .Values.failurePolicy | default "Fail" }}
    clientConfig:
      url: https://127.0.0.1:${port}/
      caBundle: ${authority}
    namespaceSelector:
      matchLabels: { kubernetes.io/metadata.name: ${namespace} }
    objectSelector:
      matchLabels: { checked: 'true' }
    rules:
      - apiGroups: ['']
        apiVersions: [v1]
        operations: [CREATE, UPDATE]
        resources: [configmaps]
`,
  })
}

async function configured(namespace: string): Promise<void> {
  await eventually(async () => {
    const words = ['get', 'validatingwebhookconfiguration', namespace]
    return (await kubectl(words)).code === 0
  })
}

/** Starts a webhook that has nothing against anything. */
async function startWebhook(port: number): Promise<void> {
  const [key, cert] = ['webhook.key', 'webhook.crt'].map((name) => readFileSync(join(folder, name)))
  const server = createServer({ key, cert }, (request, response) => void answer(request, response))
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve)
  })
}

async function answer(question: IncomingMessage, response: ServerResponse): Promise<void> {
  const { apiVersion, kind, request } = JSON.parse(await text(question)) as JsonObject
  const { uid, namespace, name } = request as Record<string, string>
  asked.push(`${namespace}/${name}`)
  response.end(JSON.stringify({ apiVersion, kind, response: { uid, allowed: true } }))
}
