import { afterAll, expect, test } from 'vitest'
import type { RbacRule } from '../../src/actions/rbac.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { auditMark, auditedWrites } from '../support/audit.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { api, apiOk, freshNamespace, uniqueName, writeKubeconfig } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const wide: string[] = []
afterAll(async () => {
  for (const path of wide) await api('DELETE', path)
})

interface Role {
  kind: 'Role' | 'ClusterRole'
  rules: RbacRule[]
}

/**
 * A chart with a ConfigMap, an object outside of namespaces, CRDs of its own in crds/ and among
 * its templates, a custom resource whose plural nobody could guess, and a look at the cluster.
 */
function chartFor(release: string): string {
  const group = `${release}.test`
  wide.push(
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.${group}`,
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/cacti.${group}`,
    `/apis/scheduling.k8s.io/v1/priorityclasses/${release}`,
  )
  return writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml('wide'),
    'templates/all.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: wide }
data: { text: {{ .Values.text | default "one" }} }
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: ${release} }
value: 10
description: {{ .Values.text | default "one" }} {{ (lookup "v1" "Node" "" "of-nobody").kind }}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: cacti.${group} }
spec:
  group: ${group}
  scope: Cluster
  names: { kind: Cactus, plural: cacti, singular: cactus }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
---
apiVersion: ${group}/v1
kind: Cactus
metadata: { name: saguaro }
`,
    'crds/things.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { kind: Thing, plural: things, singular: thing }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
`,
  })
}

/** Makes an account that may do what the roles say, and gives a kubeconfig of its own. */
async function kubeconfigFor(namespace: string, roles: readonly Role[]): Promise<string> {
  const name = uniqueName('account')
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`
  await apiOk('POST', accounts, { metadata: { name } })
  for (const { kind, rules } of roles) {
    const place = kind === 'Role' ? `${RBAC}/namespaces/${namespace}/roles` : `${RBAC}/clusterroles`
    const bindings = place.replace(/s$/, 'bindings')
    await apiOk('POST', place, { metadata: { name }, rules: rules as unknown as JsonObject[] })
    await apiOk('POST', bindings, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    })
    if (kind === 'ClusterRole') wide.push(`${place}/${name}`, `${bindings}/${name}`)
  }
  const made = await apiOk('POST', `${accounts}/${name}/token`, { spec: {} })
  const token = (made['status'] as JsonObject)['token'] as string
  return writeKubeconfig({ token, namespace })
}

/** The roles without one rule, for each rule of each. */
function withoutOne(roles: readonly Role[]): { left: string; roles: Role[] }[] {
  return roles.flatMap((role) =>
    role.rules.map((rule) => ({
      left: `${role.kind} ${rule.resources.join()} ${rule.verbs.join()}`,
      roles: roles.map((each) =>
        each === role ? { ...role, rules: role.rules.filter((other) => other !== rule) } : each,
      ),
    })),
  )
}

test('printed cluster roles are enough, and without any one rule nothing is written', async () => {
  const namespace = await freshNamespace()
  const release = uniqueName('wide')
  const chart = chartFor(release)
  const verbs = [
    ['install', `rbac ${release} ${chart}`, `install ${release} ${chart}`],
    [
      'upgrade',
      `rbac ${release} ${chart} --set text=two`,
      `upgrade ${release} ${chart} --set text=two`,
    ],
    ['rollback', `rbac ${release}`, `rollback ${release} 1`],
    ['uninstall', `rbac ${release}`, `uninstall ${release}`],
  ] as const
  for (const [verb, printed, line] of verbs) {
    const text = await pkgOk(namespace, `${printed} --for ${verb} -o json`)
    const roles = JSON.parse(text) as Role[]
    expect(roles.map(({ kind }) => kind)).toEqual(['ClusterRole', 'Role'])
    const mark = auditMark()
    for (const { left, roles: fewer } of withoutOne(roles)) {
      const { code, err } = await pkg(namespace, line, {
        KUBECONFIG: await kubeconfigFor(namespace, fewer),
      })
      expect([verb, left, code, /code: FORBIDDEN/.test(err)]).toEqual([verb, left, 8, true])
    }
    const writes = await auditedWrites(
      mark,
      ({ user, resource }) =>
        user.startsWith(`system:serviceaccount:${namespace}:account-`) &&
        resource !== 'selfsubjectaccessreviews',
    )
    expect([verb, writes]).toEqual([verb, []])
    const own = await kubeconfigFor(namespace, roles)
    const { code, err } = await pkg(namespace, line, { KUBECONFIG: own })
    expect([verb, code, code === 0 ? '' : err]).toEqual([verb, 0, ''])
  }
})
