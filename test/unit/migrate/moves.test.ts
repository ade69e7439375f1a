import { expect, test } from 'vitest'
import { decodeYamlPlain } from '../../../src/encoding/yaml-decode.ts'
import { migrateFiles } from '../../../src/migrate/migrate-files.ts'
import { kubeFields, migrationTarget } from '../../support/migration.ts'
import { MOVES, type Move } from './moves.ts'

/*
 * What comes out of each move. The wanted objects follow from Kubernetes' deprecation guide and
 * from the documentation of the add-ons; a suite with a control plane applies them.
 */
test.each(MOVES)('$about', ({ from, to, options, beside = '' }: Move) => {
  const [result] = migrateFiles(
    [
      { path: 'old.yaml', text: from },
      { path: 'beside.yaml', text: beside },
    ],
    { ...migrationTarget(options), fields: kubeFields() },
  )
  expect(result?.refusals).toEqual([])
  expect(result?.outcome).toBe('migrate')
  expect(decodeYamlPlain(result?.after ?? '')).toEqual(decodeYamlPlain(to))
  expect(result?.rewrittenWhole).toEqual([])
})

test('an object stays as it is while its version is served', () => {
  const text = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n'
  const outcomes = [24, 25].map((minor) => {
    const [file] = migrateFiles([{ path: 'a.yaml', text }], migrationTarget({ minor }))
    return file?.outcome
  })
  expect(outcomes).toEqual(['accept', 'migrate'])
})

test('a PodSecurityPolicy leaves a comment that names the label of namespaces', () => {
  const text = `# Ours.
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: strict}
spec: {privileged: false, allowPrivilegeEscalation: false, requiredDropCapabilities: [ALL], runAsUser: {rule: MustRunAsNonRoot}}
---
apiVersion: v1
kind: Namespace
metadata: {name: a}
`
  const [file] = migrateFiles([{ path: 'psp.yaml', text }], migrationTarget())
  expect(file?.after).toBe(`# Ours.
# PodSecurityPolicy "strict" has no successor among objects:
#   spec: no object: the nearest to it is the namespace label pod-security.kubernetes.io/enforce: restricted
#   metadata.labels: which namespaces get the label, only you can say
---
apiVersion: v1
kind: Namespace
metadata: {name: a}
`)
})

test('comments, order and other lines stay as they are', () => {
  const text = `# A web server.
kind: Ingress   # of old
apiVersion: extensions/v1beta1
metadata:
    name: "web" # quoted
spec:
    rules:
    # the only one
    - http:
        paths:
        - path: /
          backend:
            serviceName: web   # here
            servicePort: 80
`
  const [file] = migrateFiles([{ path: 'web.yaml', text }], migrationTarget())
  expect(file?.after).toBe(`# A web server.
kind: Ingress   # of old
apiVersion: networking.k8s.io/v1
metadata:
    name: "web" # quoted
spec:
    rules:
    # the only one
    - http:
        paths:
        - path: /
          backend:
            service:
              name: web
              port:
                number: 80
          pathType: ImplementationSpecific
`)
})

/** Each cause with a text of its own and the place that is told. */
test.each([
  ['yaml-syntax', 'a: b\n c: d\n', '1:4'],
  ['duplicate-key', 'apiVersion: v1\nkind: A\nkind: B\n', '3:1'],
  [
    'template-not-rendered',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x-{{ .Release.Name }}\n',
    '4:9',
  ],
  [
    'schema',
    'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  port: [{port: 80}]\n',
    '5:3',
  ],
  [
    'placeholder',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  host: %%HOST%%\n',
    '6:9',
  ],
  ['apiversion-typo', 'apiversion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', '1:1'],
  ['not-installable', 'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n', '2:1'],
  ['review-reply', 'apiVersion: authentication.k8s.io/v1\nkind: TokenReview\nstatus: {}\n', '3:1'],
  [
    'no-successor',
    'apiVersion: etcd.database.coreos.com/v1beta2\nkind: EtcdCluster\nmetadata: {name: a}\n',
    '1:1',
  ],
])('%s is refused with its place', (cause, text, place) => {
  const [file] = migrateFiles([{ path: 'a.yaml', text }], migrationTarget())
  const told = file?.refusals.map((each) => [each.cause, `${each.line}:${each.column}`])
  expect({ outcome: file?.outcome, after: file?.after }).toEqual({ outcome: 'refuse', after: text })
  expect(told).toContainEqual([cause, place])
})
