import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Chart } from '../../src/chart/chart.ts'
import { declarationOf } from '../../src/lint/allowances.ts'
import { lintManifests } from '../../src/lint/lint-manifests.ts'
import { isClusterKind } from '../../src/manifest/kind-order.ts'
import { objectKey, type KubeObject } from '../../src/manifest/object.ts'
import { builtInNames } from '../../src/repo/builtin.ts'
import { addOnCases, mirroredBy, rowsOf, type AddOnCase } from '../support/add-on-case.ts'
import {
  at,
  brokenReferences,
  listAt,
  podSecurityOffences,
  podsOf,
  rbacOffences,
} from '../support/gates.ts'
import { loadAddOn, renderOnce } from '../support/render-add-on.ts'

const cases = await addOnCases()

const REGISTRIES =
  /\b(?:docker\.io|quay\.io|ghcr\.io|registry\.k8s\.io|docker\.elastic\.co|registry\.istio\.io|cr\.fluentbit\.io|r\.example\.com)\/[\w./:-]+/g

describe.each(cases)('$name', (addOn) => {
  const chart = loadAddOn(addOn.name)
  const rows = rowsOf(addOn).map((row) => ({
    row,
    label: Object.values(row).filter(Boolean).join(' '),
  }))

  test.each(rows)('$label', async ({ row }) => {
    const { objects, text } = await renderOnce(addOn.name, mirroredBy(row))
    expect({
      references: brokenReferences(objects).sort(),
      podSecurity: podSecurityOffences(objects).sort(),
      rbac: rbacOffences(objects).sort(),
      unexplained: unexplained(chart, text),
      twice: repeated(objects.map((object) => objectKey(object))),
      kinds: unknownKinds(objects, addOn),
      misplaced: objects.filter((object) => !isPlaced(object, addOn)).map((each) => objectKey(each)),
      privilegedPorts: portsOf(objects).filter((port) => port < 1024),
      fetchedElsewhere: text.match(REGISTRIES) ?? [],
    }).toEqual({
      references: (addOn.references?.(row) ?? []).toSorted(),
      podSecurity: (addOn.podSecurity?.(row) ?? []).toSorted(),
      rbac: (addOn.rbac?.(row) ?? []).toSorted(),
      unexplained: [],
      twice: [],
      kinds: [],
      misplaced: [],
      privilegedPorts: addOn.privilegedPorts?.(row) ?? [],
      fetchedElsewhere: [],
    })
  })
})

test('any two settings of different switches meet in a row', () => {
  const missed = cases.flatMap((addOn) => missedPairs(addOn).map((pair) => `${addOn.name}: ${pair}`))
  expect(missed).toEqual([])
})

test('every chart of charts/ is held against the gates', () => {
  const charts = builtInNames(join(import.meta.dirname, '..', '..', 'charts'))
  expect(cases.map(({ name }) => name)).toEqual(charts)
})

/** What `lint --security --apis` finds that the chart gives no reason for. */
function unexplained(chart: Chart, text: string): string[] {
  const { findings } = lintManifests([{ path: chart.metadata.name, text }], {
    ...declarationOf(chart),
    families: new Set(['security', 'apis', 'practice']),
    minor: 35,
    readFields: () => ({ kinds: new Map(), fieldsOf: () => undefined }),
  })
  return findings.filter(({ severity }) => severity !== 'info').map(({ message }) => message)
}

/** Kinds that Kubernetes 1.33 to 1.37 serve and that add-ons use. */
const SERVED: Readonly<Record<string, string>> = {
  v1: 'ConfigMap LimitRange Namespace PersistentVolumeClaim Pod ResourceQuota Secret Service ServiceAccount',
  'admissionregistration.k8s.io/v1':
    'MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/v1': 'CustomResourceDefinition',
  'apiregistration.k8s.io/v1': 'APIService',
  'apps/v1': 'DaemonSet Deployment StatefulSet',
  'autoscaling/v2': 'HorizontalPodAutoscaler',
  'batch/v1': 'CronJob Job',
  'networking.k8s.io/v1': 'Ingress IngressClass NetworkPolicy',
  'policy/v1': 'PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1': 'ClusterRole ClusterRoleBinding Role RoleBinding',
  'scheduling.k8s.io/v1': 'PriorityClass',
  'storage.k8s.io/v1': 'CSIDriver StorageClass',
}

function unknownKinds(objects: readonly KubeObject[], { customKinds = [] }: AddOnCase): string[] {
  return objects
    .filter(
      ({ apiVersion, kind }) =>
        SERVED[apiVersion]?.split(' ').includes(kind) !== true &&
        !customKinds.includes(`${apiVersion} ${kind}`),
    )
    .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)
}

/** An object has a namespace when its kind has, and only then. */
function isPlaced(object: KubeObject, { clusterKinds = [] }: AddOnCase): boolean {
  const { apiVersion, kind } = object
  const isClusterWide =
    isClusterKind(apiVersion, kind) || clusterKinds.includes(`${apiVersion} ${kind}`)
  return isClusterWide === (at(object, 'metadata', 'namespace') === null)
}

function portsOf(objects: readonly KubeObject[]): number[] {
  const pods = objects.flatMap((object) => podsOf(object))
  const containers = pods.flatMap(({ spec }) => listAt(spec, 'containers'))
  return containers
    .flatMap((each) => listAt(each, 'ports'))
    .map((port) => Number(port['containerPort']))
}

function repeated(texts: readonly string[]): string[] {
  return texts.filter((text, index) => texts.indexOf(text) !== index)
}

function missedPairs(addOn: AddOnCase): string[] {
  const rows = rowsOf(addOn)
  const names = Object.keys(addOn.switches)
  const met = (left: string, right: string): number =>
    new Set(rows.map((row) => JSON.stringify([row[left], row[right]]))).size
  const settings = (name: string): number => addOn.switches[name]?.length ?? 0
  return names.flatMap((left, index) =>
    names
      .slice(index + 1)
      .filter((right) => met(left, right) < settings(left) * settings(right))
      .map((right) => `${left} and ${right}`),
  )
}
