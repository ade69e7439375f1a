import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { auditedWrites, auditMark } from '../support/audit.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { api, apiOk, freshNamespace, kubectlOk } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * What people do by mistake or in haste: the message must be true, and what it advises must work.
 */

let folder = ''
let chart = ''
let namespace = ''
beforeAll(() => {
  folder = temporaryFolder()
  chart = writeChart(join(folder, 'web'), {
    'Chart.yaml': chartYaml('web'),
    'templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-a\ndata:\n  text: {{ .Values.text | default "one" }}\n',
    'templates/far.yaml':
      '{{ if .Values.far }}\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: far, namespace: {{ .Values.far }} }\n{{ end }}\n',
    'templates/near.yaml':
      '{{ if .Values.near }}\napiVersion: v1\nkind: Namespace\nmetadata: { name: {{ .Values.near }} }\n{{ end }}\n',
    'templates/test.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-check\n  annotations: { helm.sh/hook: test }\n',
  })
})
beforeEach(async () => {
  namespace = await freshNamespace()
})

test('an object in a namespace that is not there is refused before anything is written', async () => {
  const mark = auditMark()
  const { code, err } = await pkg(namespace, `install web ${chart} --set far=${namespace}-no`)
  expect([code, err]).toEqual([
    1,
    expect.stringContaining(`namespaces "${namespace}-no" not found`) as string,
  ])
  expect(err).toContain(`Create namespace "${namespace}-no" first, or let the chart make it`)
  const isOurs = (call: { namespace: string; userAgent: string }): boolean =>
    call.namespace.startsWith(namespace) && call.userAgent.startsWith('kubectl-pkg')
  const writes = await auditedWrites(mark, isOurs)
  expect(writes.filter(({ resource }) => resource !== 'leases')).toEqual([])
  expect(await pkgOk(namespace, 'list -o json')).toBe('[]\n')
})

test('an upgrade to such a namespace does not tell that there is no release', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  const { code, err } = await pkg(namespace, `upgrade web ${chart} --set far=${namespace}-no`)
  expect([code, err]).toEqual([1, expect.stringContaining('code: NAMESPACE_MISSING') as string])
  expect(JSON.parse(await pkgOk(namespace, 'history web -o json'))).toHaveLength(1)
})

test('a namespace that the chart brings need not be there', async () => {
  const near = `${namespace}-near`
  await pkgOk(namespace, `install web ${chart} --set far=${near},near=${near}`)
  await apiOk('GET', `/api/v1/namespaces/${near}/configmaps/far`)
  await pkgOk(namespace, 'uninstall web')
})

test('what another release has adopted is left to it, which Helm deletes', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  const marks = ['meta.helm.sh/release-name=other']
  await kubectlOk(['annotate', 'configmap', 'web-a', '-n', namespace, ...marks, '--overwrite'])
  const told = `ConfigMap/web-a in namespace "${namespace}" is left in place: it belongs to release "other" in namespace "${namespace}" by now`

  const tried = await pkg(namespace, 'uninstall web --dry-run')
  expect([tried.code, tried.err]).toEqual([0, expect.stringContaining(told) as string])
  expect(tried.out).not.toContain('would delete ConfigMap/web-a')

  const { code, out, err } = await pkg(namespace, 'uninstall web')
  expect([code, out]).toEqual([0, 'release "web" uninstalled\n'])
  expect(err).toContain(told)
  await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps/web-a`)
})

test('a release that was uninstalled with its history is brought back as the hint tells', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  await pkgOk(namespace, 'uninstall web --keep-history')
  const { code, err } = await pkg(namespace, `upgrade web ${chart}`)
  expect([code, err]).toEqual([
    1,
    expect.stringContaining(
      `"kubectl pkg rollback web REVISION --namespace ${namespace}"`,
    ) as string,
  ])
  await pkgOk(namespace, 'rollback web 1')
  expect(await pkgOk(namespace, 'list --short')).toBe('web\n')
})

test('a test that is not there is named', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  const { code, err } = await pkg(namespace, 'test web --filter name=web-chekc')
  expect([code, err]).toEqual([
    0,
    'warning: release "web" has no test "web-chekc"; it has web-check\n',
  ])
})

test('a plan says itself in which namespace, and what it may do', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  const patch = JSON.stringify({ data: { text: 'mine' } })
  await kubectlOk(['patch', 'configmap', 'web-a', '-n', namespace, '--patch', patch])
  const file = join(folder, `${namespace}.json`)
  await pkgOk(namespace, `plan web ${chart} --set text=two -o ${file}`)

  const elsewhere = await pkg(`${namespace}-other`, `apply ${file}`)
  expect([elsewhere.code, elsewhere.err]).toEqual([
    6,
    expect.stringContaining(
      `the plan is for namespace "${namespace}", not "${namespace}-other"`,
    ) as string,
  ])
  const refused = await pkg(namespace, `apply ${file}`)
  expect([refused.code, refused.err]).toEqual([
    4,
    expect.stringContaining(
      'Make the plan anew with what it may do. Take them over with --force-conflicts',
    ) as string,
  ])
  await pkgOk(namespace, `plan web ${chart} --set text=two --force-conflicts -o ${file}`)
  await pkgOk(namespace, `apply ${file}`)
})

test('in a namespace that is going away nothing is said to be missing', async () => {
  const finalizers = ['example.com/wait']
  const hold = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hold', finalizers } }
  const root = `/api/v1/namespaces/${namespace}`
  await apiOk('POST', `${root}/configmaps`, hold)
  await apiOk('DELETE', root)
  const { code, err } = await pkg(namespace, `upgrade web ${chart}`)
  expect([code, err]).toEqual([1, expect.stringContaining('it is being terminated') as string])
  expect(err).toContain('Wait until the namespace is gone')
  expect((await pkg(namespace, 'status nobody')).err).toContain(
    `The namespace "${namespace}" is being deleted`,
  )

  await apiOk('PUT', `${root}/configmaps/hold`, { ...hold, metadata: { name: 'hold' } })
})

test('a third operand that is no revision is not passed over', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  for (const operands of ['1 two', `${chart} ${chart}`, `${chart} 1`]) {
    const { code, err } = await pkg(namespace, `diff web ${operands}`)
    expect([code, err]).toEqual([1, expect.stringContaining('is no revision') as string])
  }
})

test('what a release has elsewhere is removed though its namespace is going away', async () => {
  const far = await freshNamespace()
  await pkgOk(namespace, `install web ${chart} --set far=${far}`)
  // Else the record may be gone first; its next version has no finalizer.
  const patch = JSON.stringify({ metadata: { finalizers: ['example.com/wait'] } })
  const record = 'secret/sh.helm.release.v1.web.v1'
  await kubectlOk(['patch', record, '-n', namespace, '--patch', patch])
  await apiOk('DELETE', `/api/v1/namespaces/${namespace}`)

  const { code, out } = await pkg(namespace, 'uninstall web')
  expect([code, out]).toEqual([0, 'release "web" uninstalled\n'])
  expect((await api('GET', `/api/v1/namespaces/${far}/configmaps/far`)).status).toBe(404)
})
