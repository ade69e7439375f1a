import { expect, test } from 'vitest'
import {
  byInstallOrder,
  byUninstallOrder,
  isClusterKind,
} from '../../../src/manifest/kind-order.ts'

const kinds = ['Zed', 'Ingress', 'bar', 'Foo', 'Namespace', 'Pod', '', 'Secret', 'Service']

test('kinds are installed in the order of Helm, unknown ones last and by name', () => {
  expect(kinds.toSorted(byInstallOrder)).toEqual([
    ...['Namespace', 'Secret', 'Service', 'Pod', 'Ingress'],
    ...['', 'Foo', 'Zed', 'bar'],
  ])
})

test('kinds are uninstalled the other way round, unknown ones still last', () => {
  expect(kinds.toSorted(byUninstallOrder)).toEqual([
    ...['Ingress', 'Service', 'Pod', 'Secret', 'Namespace'],
    ...['', 'Foo', 'Zed', 'bar'],
  ])
})

test.each([
  { apiVersion: 'v1', kind: 'Namespace', want: true },
  { apiVersion: 'v1', kind: 'ConfigMap', want: false },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', want: true },
  { apiVersion: 'example.com/v1', kind: 'ClusterRole', want: false },
  { apiVersion: 'apiextensions.k8s.io/v1beta1', kind: 'CustomResourceDefinition', want: true },
])('$apiVersion $kind is without a namespace: $want', ({ apiVersion, kind, want }) => {
  expect(isClusterKind(apiVersion, kind)).toBe(want)
})
