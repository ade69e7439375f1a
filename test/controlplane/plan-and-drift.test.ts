import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import Apply from '../../src/commands/apply.ts'
import Diff from '../../src/commands/diff.ts'
import Drift from '../../src/commands/drift.ts'
import Plan from '../../src/commands/plan.ts'
import Upgrade from '../../src/commands/upgrade.ts'
import type { CommandClass } from '../support/run-cli.ts'
import { auditedWrites, auditMark } from '../support/audit.ts'
import { chartOf, onCluster, workFolder } from '../support/cluster-cli.ts'
import { api, apiOk, freshNamespace, kubectlOk, uniqueName } from '../support/plane.ts'

const CANARY = 'canary-6b1f'
const web = chartOf('web', {
  'values.yaml': 'replicas: 2\nimage: web:1\nkey: one\napp: web\nextra: false\n',
  'templates/all.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {key: {{ .Values.key }}}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {token: ${CANARY}-{{ .Values.key }}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Values.app }}}}
  template:
    metadata: {labels: {app: {{ .Values.app }}}}
    spec: {containers: [{name: web, image: {{ .Values.image }}, resources: {requests: {cpu: 1000m}}}]}
{{- if .Values.extra }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: extra}
{{- end }}
`,
})

/** Runs our commands in one namespace, and counts on success. */
function inNamespace(namespace: string) {
  const run = (command: CommandClass, ...argv: string[]) => onCluster(command, argv, { namespace })
  return {
    run,
    ok: async (command: CommandClass, ...argv: string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(command, ...argv)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return stdout
    },
  }
}

async function writesOf(namespace: string, run: () => Promise<unknown>): Promise<string[]> {
  const mark = auditMark()
  await run()
  const writes = await auditedWrites(mark, (call) => {
    return call.namespace === namespace && call.userAgent.startsWith('kubectl-pkg')
  })
  return writes
    .filter(({ resource }) => !['leases', 'secrets'].includes(resource))
    .map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
}

test('a plan is made without a write, and applied exactly', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  await ok(Upgrade, 'web', web, '--install')
  const file = join(workFolder(), 'web.plan.json')
  const set = ['--set', 'image=web:2,extra=true']

  const planned = () => ok(Plan, 'web', web, ...set, '-o', file)
  expect(await writesOf(namespace, planned)).toEqual([])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const shown = await ok(Plan, 'web', web, ...set)
  expect(shown).toContain('rolling-restart')
  expect(shown).not.toContain(CANARY)

  expect((await writesOf(namespace, () => ok(Apply, file))).sort()).toEqual([
    'patch configmaps extra',
    'patch deployments web',
  ])
  expect(await run(Plan, 'web', web, ...set, '--detailed-exitcode')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('0 to create, 0 to update, 0 to delete; impact: none'),
  })
})

test('a plan is refused, without a write, when an object that it touches has moved', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  await ok(Upgrade, 'web', web, '--install')
  const file = join(workFolder(), 'web.plan.yaml')
  await ok(Plan, 'web', web, '--set', 'image=web:2,key=two,extra=true', '-o', file)
  expect(readFileSync(file, 'utf8')).toContain('kind: Plan\n')

  await kubectlOk(['-n', namespace, 'annotate', 'deployment/web', 'who=me'])
  await kubectlOk(['-n', namespace, 'delete', 'configmap/web'])
  const refused = () => run(Apply, file)
  expect(await writesOf(namespace, refused)).toEqual([])
  expect(await refused()).toEqual({
    code: 4,
    stdout: '',
    stderr: `Error: the approved plan no longer fits the target
ConfigMap ${namespace}/web has gone
Deployment ${namespace}/web was changed
  hint: Make a new plan and look at it; nothing was written.
  code: PLAN_OUTDATED
`,
  })
})

test('a plan brings the CRDs of subcharts along', async () => {
  const namespace = await freshNamespace()
  const { ok } = inNamespace(namespace)
  const group = `${uniqueName('g')}.example.org`
  const umbrella = chartOf('umbrella', {
    'templates/one.yaml': `apiVersion: ${group}/v1\nkind: One\nmetadata: {name: a}\n`,
    'charts/operator/Chart.yaml': 'apiVersion: v2\nname: operator\nversion: 1.0.0\n',
    'charts/operator/crds/one.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ones.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: One, plural: ones}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`,
  })
  const file = join(workFolder(), 'web.plan.json')
  expect(await ok(Plan, 'web', umbrella, '-o', file)).toContain(
    '2 to create, 0 to update, 0 to delete',
  )
  await ok(Apply, file)
  expect(await kubectlOk(['-n', namespace, 'get', `ones.${group}`, '-o', 'name'])).toBe(
    `one.${group}/a\n`,
  )
  await kubectlOk(['delete', 'crd', `ones.${group}`])
})

test('a plan names what has to be made anew, and the gate holds it', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  await ok(Upgrade, 'web', web, '--install')
  const file = join(workFolder(), 'web.plan.json')
  const shown = await ok(Plan, 'web', web, '--set', 'app=other', '-o', file)
  expect(shown).toMatch(/± recreate\tDeployment \S+\/web\tdowntime/)
  expect(await run(Apply, file)).toMatchObject({
    code: 8,
    stderr: expect.stringContaining('--recreate'),
  })
  await ok(Plan, 'web', web, '--set', 'app=other', '-o', file, '--recreate')
  await ok(Apply, file)
})

test('drift names each field, its manager and the time, and an upgrade puts it back', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  await ok(Upgrade, 'web', web, '--install')
  expect(await run(Drift, 'web', '--detailed-exitcode')).toMatchObject({ code: 0 })

  await kubectlOk(['-n', namespace, 'set', 'image', 'deployment/web', 'web=web:hot'])
  await kubectlOk(['-n', namespace, 'annotate', 'deployment/web', 'who=me'])
  await kubectlOk(['-n', namespace, 'delete', 'configmap/web'])
  await kubectlOk([
    '-n',
    namespace,
    'patch',
    'secret/web',
    '-p',
    `{"stringData":{"token":"${CANARY}-x"}}`,
  ])
  const drifted = await run(Drift, 'web', '--detailed-exitcode', '-o', 'json')
  expect(drifted.code).toBe(2)
  expect(drifted.stdout).not.toContain(Buffer.from(CANARY).toString('base64').slice(0, 8))
  const time = expect.stringMatching(/^\d{4}-/)
  expect(JSON.parse(drifted.stdout)).toMatchObject([
    {
      release: 'web',
      revision: 1,
      objects: [
        { kind: 'Secret', state: 'changed', fields: [{ path: '.data.token', what: 'changed' }] },
        { kind: 'ConfigMap', state: 'missing', fields: [] },
        {
          kind: 'Deployment',
          state: 'changed',
          fields: [
            {
              path: '.spec.template.spec.containers[name="web"].image',
              recorded: 'web:1',
              live: 'web:hot',
              by: [{ manager: 'kubectl-set', operation: 'Update', time }],
            },
            {
              path: '.metadata.annotations.who',
              what: 'added',
              live: 'me',
              by: [{ manager: 'kubectl-annotate' }],
            },
          ],
        },
      ],
    },
  ])
  expect(await run(Drift, '--all', '--detailed-exitcode')).toMatchObject({ code: 2 })

  await ok(Upgrade, 'web', web, '--force-conflicts')
  expect(await run(Drift, 'web')).toMatchObject({
    stdout: expect.stringContaining(
      '.metadata.annotations.who: added: "me", by "kubectl-annotate"',
    ),
  })
})

test('drift tells of an object that somebody has made anew, which no apply can put back', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  await ok(Upgrade, 'web', web, '--install')
  await kubectlOk(['-n', namespace, 'delete', 'deployment/web'])
  const labels = { app: 'other' }
  await apiOk('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    },
  })
  const drifted = await run(Drift, 'web', '--detailed-exitcode', '-o', 'json')
  expect([drifted.code, drifted.stderr]).toEqual([2, ''])
  const [{ objects }] = JSON.parse(drifted.stdout) as [
    { objects: { kind: string; fields: { path: string }[] }[] },
  ]
  const [deployment] = objects
  expect([objects.length, deployment?.kind]).toEqual([1, 'Deployment'])
  const selector = deployment?.fields.find(({ path }) => path.startsWith('.spec.selector'))
  expect(JSON.stringify(selector)).toMatch(/"recorded":.*web.*"live":.*other/)
})

test('what stands in the way of an upgrade is told, by drift too', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  const chart = chartOf('port', {
    'templates/service.yaml': `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
`,
  })
  await ok(Upgrade, 'port', chart, '--install')
  const patch = '[{"op":"replace","path":"/spec/ports/0/port","value":8080}]'
  await kubectlOk(['-n', namespace, 'patch', 'service/web', '--type=json', '-p', patch])

  const drifted = await run(Drift, 'port', '-o', 'json')
  const by = [{ manager: 'kubectl-patch' }]
  expect(JSON.parse(drifted.stdout)).toMatchObject([
    {
      objects: [
        {
          kind: 'Service',
          fields: [
            { what: 'removed', recorded: { name: 'http', port: 80 } },
            { path: '.spec.ports[port=8080,protocol="TCP"]', what: 'added', by },
          ],
        },
      ],
    },
  ])
  const refused = await run(Upgrade, 'port', chart)
  expect(refused).toMatchObject({ code: 4 })
  expect(refused.stderr).toContain(
    'Service/web .spec.ports[port=8080,protocol="TCP"] was added by "kubectl-patch"',
  )
})

test('diff shows what the server would make of an upgrade, secrets masked', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  await ok(Upgrade, 'web', web, '--install')
  expect(await run(Diff, 'web', web, '--detailed-exitcode')).toMatchObject({ code: 0, stdout: '' })
  const changed = await run(Diff, 'web', web, '--set', 'key=two', '--detailed-exitcode')
  expect(changed.code).toBe(2)
  expect(changed.stdout).toContain('-  key: one\n+  key: two')
  expect(changed.stdout).toMatch(/-  token: '<\d+ bytes, #[0-9a-f]{4}>'\n\+  token: '</)
  expect(changed.stdout).not.toContain('Deployment')
})

/** Allows no further ConfigMap, which the server does as soon as it knows of the quota. */
async function fillQuota(namespace: string): Promise<void> {
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
  await apiOk('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, {
    metadata: { name: 'full' },
    spec: { hard: { 'count/configmaps': '2' } },
  })
  const answerTo = async (path: string, name: string) =>
    (await api('POST', path, { metadata: { name } })).status
  await expect
    .poll(async () => {
      await answerTo(configMaps, 'filler')
      return answerTo(`${configMaps}?dryRun=All`, 'another')
    })
    .toBe(403)
}

test('a plan that has failed half-way is not applied again; an upgrade does the rest', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  await ok(Upgrade, 'web', web, '--install')
  const file = join(workFolder(), 'web.plan.json')
  await ok(Plan, 'web', web, '--set', 'key=two,extra=true', '-o', file)
  // A quota stops it half-way.
  await fillQuota(namespace)
  expect((await run(Apply, file)).code).not.toBe(0)
  await apiOk('DELETE', `/api/v1/namespaces/${namespace}/resourcequotas/full`)
  expect(await run(Apply, file)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('is at revision 2, not 1'),
  })
  await ok(Upgrade, 'web', web, '--set', 'key=two,extra=true')
})

test('a plan that has failed half-way is undone when that was asked for', async () => {
  const namespace = await freshNamespace()
  const { run, ok } = inNamespace(namespace)
  await ok(Upgrade, 'web', web, '--install')
  const file = join(workFolder(), 'web.plan.json')
  await ok(Plan, 'web', web, '--set', 'key=two,extra=true', '-o', file)
  await fillQuota(namespace)
  const failed = await run(Apply, file, '--rollback-on-failure')
  expect([failed.code, failed.stderr]).toEqual([8, expect.stringContaining('has been rolled back')])
  expect(await run(Drift, 'web', '--detailed-exitcode')).toMatchObject({ code: 0 })
})
