import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { yieldFields } from '../../../src/plan/yield.ts'

const manager = 'us'

function object(kind: string, apiVersion: string, fields: JsonObject): KubeObject {
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'apps' }, ...fields }
}

function managedBy(
  live: KubeObject,
  entries: Record<string, JsonObject>,
  subresource = '',
): KubeObject {
  const managedFields = Object.entries(entries).map(([name, fieldsV1]) => ({
    manager: name,
    operation: name === manager ? 'Apply' : 'Update',
    ...(subresource !== '' && { subresource }),
    fieldsV1,
  }))
  return { ...live, metadata: { ...live.metadata, managedFields } }
}

const deployment = object('Deployment', 'apps/v1', { spec: { replicas: 2, paused: false } })
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const scaler = object('HorizontalPodAutoscaler', 'autoscaling/v2', {
  spec: { scaleTargetRef: target },
})
const keda = object('ScaledObject', 'keda.sh/v1alpha1', {
  spec: { scaleTargetRef: { name: 'web' } },
})
const replicas = { 'f:spec': { 'f:replicas': {} } }
const scaled = object('Deployment', 'apps/v1', { spec: { replicas: 7 } })

test.each([
  { who: 'HorizontalPodAutoscaler', by: scaler },
  { who: 'ScaledObject', by: keda },
])('the number of replicas is left to a $who that has set it', ({ who, by }) => {
  const live = managedBy(scaled, { 'kube-controller-manager': replicas }, 'scale')
  expect(yieldFields(deployment, { live, scalers: [by], manager })).toEqual({
    object: { ...deployment, spec: { paused: false } },
    notices: [`spec.replicas of Deployment/web is left to ${who}/web: 7, not 2`],
  })
})

test('while only we manage it, the live number is applied, so that it does not fall to 1', () => {
  const live = managedBy(scaled, { [manager]: replicas })
  expect(yieldFields(deployment, { live, scalers: [scaler], manager }).object).toEqual({
    ...deployment,
    spec: { replicas: 7, paused: false },
  })
})

test.each([
  { why: 'there is no autoscaler', live: scaled, scalers: [] },
  {
    why: 'the autoscaler targets something else',
    live: scaled,
    scalers: [
      { ...scaler, spec: { scaleTargetRef: { ...target, name: 'api' } } },
      { ...scaler, spec: { scaleTargetRef: { ...target, kind: 'StatefulSet' } } },
      { ...scaler, metadata: { name: 'web', namespace: 'shop' } },
    ],
  },
  { why: 'it is not there yet', live: undefined, scalers: [scaler] },
])('the number of replicas is ours when $why', ({ live, scalers }) => {
  expect(yieldFields(deployment, { live, scalers, manager })).toEqual({
    object: deployment,
    notices: [],
  })
})

test('the CA of a webhook is left to whoever has put another in', () => {
  const webhook = (name: string) => ({ name, clientConfig: { caBundle: 'CHART', url: 'x' } })
  const wanted = object('ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', {
    webhooks: [webhook('a.example.org'), webhook('b.example.org')],
  })
  const live = managedBy(wanted, {
    'cert-manager-cainjector': {
      'f:webhooks': { 'k:{"name":"a.example.org"}': { 'f:clientConfig': { 'f:caBundle': {} } } },
    },
  })
  expect(yieldFields(wanted, { live, scalers: [], manager })).toEqual({
    object: {
      ...wanted,
      webhooks: [{ name: 'a.example.org', clientConfig: { url: 'x' } }, webhook('b.example.org')],
    },
    notices: [
      'webhooks[name="a.example.org"].clientConfig.caBundle of ValidatingWebhookConfiguration/web is left to "cert-manager-cainjector"',
    ],
  })
})

test.each([
  { rules: [], told: [] },
  { rules: null, told: [] },
  {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    told: ['rules of ClusterRole/web is left to "clusterrole-aggregation-controller"'],
  },
])('the rules of a role that is the sum of others are left to it: $rules', ({ rules, told }) => {
  const role = object('ClusterRole', 'rbac.authorization.k8s.io/v1', { rules })
  const sum = { ...role, aggregationRule: { clusterRoleSelectors: [] } }
  const live = managedBy(sum, { 'clusterrole-aggregation-controller': { 'f:rules': {} } })
  const { rules: _rules, ...left } = { rules, ...sum }
  const facts = { live, scalers: [], manager }
  expect(yieldFields(sum, facts)).toEqual({ object: left, notices: told })
  expect(yieldFields(role, facts)).toEqual({ object: role, notices: [] })
  const own = { ...facts, live: managedBy(sum, { [manager]: { 'f:rules': {} } }) }
  expect(yieldFields(sum, own)).toEqual({ object: sum, notices: [] })
})

test.each([
  {
    who: 'the program that writes its CA',
    manages: ['f:failurePolicy', 'f:clientConfig'],
    left: true,
  },
  { who: 'somebody else', manages: ['f:failurePolicy'], left: false },
])('the failure policy of a webhook that $who has changed is left: $left', ({ manages, left }) => {
  const webhook = { name: 'a.example.org', clientConfig: { url: 'x' }, failurePolicy: 'Ignore' }
  const wanted = object('ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', {
    webhooks: [webhook],
  })
  const owned = Object.fromEntries(
    manages.map((field) => [field, field === 'f:clientConfig' ? { 'f:caBundle': {} } : {}]),
  )
  const live = managedBy(wanted, {
    'pilot-discovery': { 'f:webhooks': { 'k:{"name":"a.example.org"}': owned } },
  })
  const { failurePolicy: _left, ...kept } = webhook
  expect(yieldFields(wanted, { live, scalers: [], manager })).toEqual({
    object: { ...wanted, webhooks: [left ? kept : webhook] },
    notices: left
      ? [
          'webhooks[name="a.example.org"].failurePolicy of ValidatingWebhookConfiguration/web is left to "pilot-discovery"',
        ]
      : [],
  })
})

test.each([
  {
    kind: 'APIService',
    fields: { spec: { caBundle: 'CHART', group: 'g' } },
    owned: { 'f:spec': { 'f:caBundle': {} } },
    want: { spec: { group: 'g' } },
    path: 'spec.caBundle',
  },
  {
    kind: 'CustomResourceDefinition',
    fields: { spec: { conversion: { webhook: { clientConfig: { caBundle: 'CHART' } } } } },
    owned: {
      'f:spec': { 'f:conversion': { 'f:webhook': { 'f:clientConfig': { 'f:caBundle': {} } } } },
    },
    want: { spec: { conversion: { webhook: { clientConfig: {} } } } },
    path: 'spec.conversion.webhook.clientConfig.caBundle',
  },
])(
  'the CA of a $kind is left to whoever has put another in',
  ({ kind, fields, owned, want, path }) => {
    const wanted = object(kind, 'x/v1', fields)
    expect(
      yieldFields(wanted, { live: managedBy(wanted, { injector: owned }), scalers: [], manager }),
    ).toEqual({
      object: { ...wanted, ...want },
      notices: [`${path} of ${kind}/web is left to "injector"`],
    })
    expect(
      yieldFields(wanted, { live: managedBy(wanted, { [manager]: owned }), scalers: [], manager }),
    ).toEqual({ object: wanted, notices: [] })
  },
)
