import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { RbacRule } from '../../src/actions/rbac.ts'
import { auditMark, auditedWrites } from '../support/audit.ts'
import { writeChart } from '../support/chart-builder.ts'
import { accountToken, freshNamespace, writeKubeconfig } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let chart = ''
beforeAll(() => {
  chart = writeChart(temporaryFolder(), {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'values.yaml': 'text: one\nextra: true\n',
    'templates/config.yaml': `
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  text: {{ .Values.text }}
`,
    'templates/extra.yaml': `
{{ if .Values.extra }}
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports: [{ port: 80 }]
{{ end }}
`,
    'templates/deployment.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers: [{ name: app, image: "example.com/app:{{ .Values.text }}" }]
`,
    'templates/hook.yaml': `
apiVersion: batch/v1
kind: Job
metadata:
  name: web-hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade,pre-rollback,pre-delete
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: hook, image: example.com/hook }]
`,
    'templates/test.yaml': `
apiVersion: v1
kind: Pod
metadata:
  name: web-test
  annotations: { helm.sh/hook: test }
spec:
  restartPolicy: Never
  containers: [{ name: test, image: example.com/test }]
`,
  })
})

/** Every verb with the arguments that it is run with. */
const VERBS: Record<string, (chart: string) => string> = {
  install: (chart) => `install web ${chart} --wait`,
  upgrade: (chart) => `upgrade web ${chart} --wait --set text=two,extra=false`,
  rollback: () => 'rollback web 1 --wait',
  test: () => 'test web --logs',
  list: () => 'list',
  history: () => 'history web',
  get: () => 'get all web',
  status: () => 'status web --show-resources',
  drift: () => 'drift web',
  diff: (chart) => `diff web ${chart} --set text=two,extra=false`,
  uninstall: () => 'uninstall web --wait',
}

/** Of these the preflight asks for every right; the others write nothing in any case. */
const WRITING = ['install', 'upgrade', 'rollback', 'test', 'uninstall']

/** What the roles are printed for: a chart, or the release as it is recorded. */
const RBAC: Record<string, (chart: string) => string> = {
  install: (chart) => `rbac web ${chart}`,
  upgrade: (chart) => `rbac web ${chart} --set text=two,extra=false`,
  diff: (chart) => `rbac web ${chart} --set text=two,extra=false`,
}

async function rulesIn(namespace: string, verb: string): Promise<RbacRule[]> {
  const line = `${RBAC[verb]?.(chart) ?? 'rbac web'} --wait --for ${verb} -o json`
  const roles = JSON.parse(await pkgOk(namespace, line)) as { kind: string; rules: RbacRule[] }[]
  expect(roles.map(({ kind }) => kind)).toEqual(['Role'])
  return roles.flatMap(({ rules }) => rules)
}

async function runAs(namespace: string, rules: RbacRule[], line: string) {
  const token = await accountToken(namespace, rules as unknown as JsonObject[])
  return pkg(namespace, line, { KUBECONFIG: writeKubeconfig({ token, namespace }) })
}

/** The rules without one verb of one resource, for each there is. */
function withoutOne(rules: RbacRule[]): { left: string; rules: RbacRule[] }[] {
  return rules.flatMap((rule, at) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.map((verb) => ({
        left: `${verb} ${resource}`,
        rules: rules.flatMap((each, index) => {
          if (index !== at) return [each]
          const others = each.resources.filter((name) => name !== resource)
          const verbs = each.verbs.filter((name) => name !== verb)
          return [
            ...(others.length > 0 ? [{ ...each, resources: others }] : []),
            ...(verbs.length > 0 ? [{ ...each, resources: [resource], verbs }] : []),
          ]
        }),
      })),
    ),
  )
}

describe('the printed roles', () => {
  test('are enough for every verb', async () => {
    const namespace = await freshNamespace()
    for (const [verb, line] of Object.entries(VERBS)) {
      const { code, err } = await runAs(namespace, await rulesIn(namespace, verb), line(chart))
      expect([verb, code, code === 0 ? '' : err]).toEqual([verb, 0, ''])
    }
  })

  test('for all verbs are enough for all verbs', async () => {
    const namespace = await freshNamespace()
    const printed = await pkgOk(namespace, `rbac web ${chart} --wait -o json`)
    const rules = (JSON.parse(printed) as { rules: RbacRule[] }[]).flatMap((role) => role.rules)
    for (const [verb, line] of Object.entries(VERBS)) {
      const { code, err } = await runAs(namespace, rules, line(chart))
      expect([verb, code, code === 0 ? '' : err]).toEqual([verb, 0, ''])
    }
  })

  test.each(WRITING)(
    'are no more than %s needs: without any one right nothing is written',
    async (verb) => {
      const namespace = await freshNamespace()
      const before = WRITING.slice(0, WRITING.indexOf(verb))
      for (const each of before.filter((name) => name !== 'rollback' && name !== 'test')) {
        await pkgOk(namespace, VERBS[each]?.(chart) ?? '')
      }
      const cases = withoutOne(await rulesIn(namespace, verb))
      expect(cases.length).toBeGreaterThan(10)
      for (const { left, rules } of cases) {
        const mark = auditMark()
        const { code, err } = await runAs(namespace, rules, VERBS[verb]?.(chart) ?? '')
        const isNamed = err.includes(`to ${verb} the release`) || err.includes('list secrets')
        expect([left, code, isNamed]).toEqual([left, 8, true])
        const writes = await auditedWrites(
          mark,
          (call) => call.namespace === namespace && call.userAgent.startsWith('kubectl-pkg'),
        )
        expect([left, writes]).toEqual([left, []])
      }
    },
    120_000,
  )
})
