import { beforeAll, expect, test } from 'vitest'
import { uidOf } from '../../src/cluster/cluster.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { auditedCalls, auditMark } from '../support/audit.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { api, apiOk, freshNamespace, kubectlOk } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A ConfigMap, and a hook that a finalizer keeps. */
let chart = ''
beforeAll(() => {
  chart = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml('web'),
    'templates/all.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { text: {{ .Values.text | default "one" }} }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: hook
  annotations: { helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: hook-succeeded }
  finalizers: [example.com/hold]
`,
  })
})

/** Upgrades while somebody else does something right before the ConfigMap is written. */
async function upgradeWhile(namespace: string, others: (path: string) => Promise<unknown>) {
  const proxy = await startFaultProxy(() => false)
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const write = (): Promise<unknown> => others(path)
  const match = { verb: 'PATCH', path: /configmaps\/web\?(?!.*dryRun)/ }
  proxy.begin([{ match, mode: 'second-writer', write }])
  const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
  const ended = await pkg(namespace, `upgrade web ${chart} --set text=two --no-hooks`, env)
  expect(proxy.calls.filter(({ mode }) => mode === 'second-writer')).toHaveLength(1)
  await proxy.close()
  return ended
}

test('an object that was made anew since it was planned is left as it is, and told', async () => {
  const namespace = await freshNamespace()
  await pkgOk(namespace, `install web ${chart}`)
  const { code, err } = await upgradeWhile(namespace, async (path) => {
    await apiOk('DELETE', `${path}/web`)
    await apiOk('POST', path, { metadata: { name: 'web' }, data: { of: 'somebody else' } })
  })
  expect([code, err]).toEqual([4, expect.stringContaining('code: OBJECT_CHANGED')])
  expect(err).toContain('ConfigMap/web was deleted, or made anew by somebody else')
  const { data } = await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps/web`)
  expect(data).toEqual({ of: 'somebody else' })

  // The same command plans for the object that is there now; it is one of the release, as with Helm.
  await pkgOk(namespace, `upgrade web ${chart} --set text=two --no-hooks`)
  const after = await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps/web`)
  expect(after['data']).toEqual({ of: 'somebody else', text: 'two' })
})

test('an object that was deleted since it was planned comes back', async () => {
  const namespace = await freshNamespace()
  await pkgOk(namespace, `install web ${chart}`)
  const { code } = await upgradeWhile(namespace, (path) => apiOk('DELETE', `${path}/web`))
  const { data } = await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps/web`)
  expect([code, data]).toEqual([0, { text: 'two' }])
})

test('what is slow to go is watched, and not asked for again and again', async () => {
  const namespace = await freshNamespace()
  await pkgOk(namespace, `install web ${chart}`)
  const mark = auditMark()
  const path = `/api/v1/namespaces/${namespace}/configmaps/hook`
  const letGo = setInterval(async () => {
    const { body } = await api('GET', path)
    const { deletionTimestamp } = (body['metadata'] ?? {}) as { deletionTimestamp?: string }
    const isLongGoing = Date.parse(deletionTimestamp ?? '') < Date.now() - 2500
    if (!isLongGoing) return
    const type = 'application/merge-patch+json'
    await api('PATCH', path, { metadata: { finalizers: null } }, { type })
  }, 500)
  await pkgOk(namespace, `upgrade web ${chart} --set text=two`)
  clearInterval(letGo)
  const calls = await auditedCalls(
    mark,
    ({ namespace: place, resource, userAgent }) =>
      place === namespace && resource === 'configmaps' && userAgent.startsWith('kubectl-pkg'),
  )
  const count = (verb: string, name: string): number =>
    calls.filter((call) => call.verb === verb && call.name === name).length
  // Before it is made, before it is deleted, and after.
  expect(count('get', 'hook')).toBe(3)
  expect(calls.filter(({ verb }) => verb === 'list')).toHaveLength(1)
  expect(new Set(calls.filter(({ verb }) => verb === 'watch').map(({ path }) => path)).size).toBe(1)
})

test('a pod that ends is waited for, and made anew', async () => {
  const namespace = await freshNamespace()
  // On a node that is not there nobody ends it.
  const pod = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml('pod'),
    'templates/pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { nodeName: nowhere, containers: [{ name: web, image: web }] }\n',
  })
  await pkgOk(namespace, `install web ${pod}`)
  const path = `/api/v1/namespaces/${namespace}/pods/web`
  const before = (await apiOk('GET', path)) as KubeObject
  await apiOk('DELETE', path)
  expect(await pkgOk(namespace, `plan web ${pod}`)).toContain(
    'it is being deleted, and is made anew when it is gone',
  )

  const upgrade = pkgOk(namespace, `upgrade web ${pod}`)
  await apiOk('DELETE', path, { gracePeriodSeconds: 0 })
  await upgrade
  const { metadata } = await apiOk('GET', path)
  expect(metadata).not.toMatchObject({ uid: uidOf(before) })
  expect(metadata).not.toHaveProperty('deletionTimestamp')
})

test('an object that a finalizer holds takes along what is applied to it, which is told', async () => {
  const namespace = await freshNamespace()
  await pkgOk(namespace, `install web ${chart}`)
  const finalizers = ['example.com/hold']
  const path = `/api/v1/namespaces/${namespace}/configmaps/web`
  await kubectlOk(['patch', 'configmap/web', '-n', namespace, '-p', hold(finalizers)])
  await apiOk('DELETE', path)
  const { code, err } = await pkg(namespace, `upgrade web ${chart} --set text=two --no-hooks`)
  expect([code, err]).toEqual([
    0,
    expect.stringContaining('ConfigMap/web is being deleted, and waits for example.com/hold'),
  ])

  await kubectlOk(['patch', 'configmap/web', '-n', namespace, '-p', hold([])])
  await pkgOk(namespace, `upgrade web ${chart} --set text=two --no-hooks`)
  expect((await apiOk('GET', path))['data']).toEqual({ text: 'two' })
})

function hold(finalizers: readonly string[]): string {
  return JSON.stringify({ metadata: { finalizers: finalizers.length === 0 ? null : finalizers } })
}
