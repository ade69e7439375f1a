import { expect, test } from 'vitest'
import { decodeObjects } from '../../../src/manifest/decode-objects.ts'
import { brokenReferences, podSecurityOffences, rbacOffences } from '../../support/gates.ts'

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: x, labels: {app: x}}
spec:
  hostNetwork: true
  volumes: [{name: a, hostPath: {path: /}}, {name: b, emptyDir: {}}]
  containers:
    - name: c
      ports: [{name: web, hostPort: 80}]
      readinessProbe: {httpGet: {port: health}}
      volumeMounts: [{name: a}, {name: c}]
      securityContext: {privileged: true, runAsUser: 0, capabilities: {add: [SYS_ADMIN]}}
`

test('a pod that breaks every rule of "restricted" is told of each', () => {
  expect(podSecurityOffences(decodeObjects(POD, 'x'))).toEqual([
    'Pod/x: hostNetwork',
    'Pod/x: volume hostPath',
    'Pod/x: privileged',
    'Pod/x: allowPrivilegeEscalation',
    'Pod/x: runAsNonRoot',
    'Pod/x: runAsUser 0',
    'Pod/x: seccompProfile',
    'Pod/x: capabilities kept',
    'Pod/x: capabilities added',
    'Pod/x: hostPort',
  ])
})

test('references that lead nowhere are told', () => {
  const others = `---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {selector: {app: x}, ports: [{targetPort: https}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {kind: Role, name: r}
`
  expect(brokenReferences(decodeObjects(POD + others, 'x'))).toEqual([
    'Pod/x: no container has a port "health"',
    'Pod/x: mounts no volume c',
    'Pod/x: b is not mounted',
    'Service/s: selects no workload',
    'Service/s: selects Pod/x',
    'Service/s: no container has a port "https"',
    'RoleBinding/b: there is no Role r',
  ])
})

test('rights to everything, and to Secrets of all namespaces, are told', () => {
  const roles = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: x}
rules:
  - {apiGroups: [''], resources: [secrets], verbs: [get]}
  - {apiGroups: [''], resources: [pods], verbs: ['*']}
`
  expect(rbacOffences(decodeObjects(roles, 'x'))).toEqual([
    'ClusterRole/x: secrets of all namespaces',
    'ClusterRole/x: *',
  ])
})
