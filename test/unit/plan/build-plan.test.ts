import { expect, test } from 'vitest'
import { describeObject, type KubeObject } from '../../../src/manifest/object.ts'
import { withOwner, type Owner } from '../../../src/manifest/ownership.ts'
import { buildPlan, type PlanInput } from '../../../src/plan/build-plan.ts'

const owner: Owner = { name: 'web', namespace: 'apps' }
const other: Owner = { name: 'shop', namespace: 'apps' }

/** An object by its label; `annotations` are added. */
function object(label: string, annotations: Record<string, string> = {}): KubeObject {
  const [kind = '', name = ''] = label.split('/')
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'apps', annotations } }
}

function mine(label: string): KubeObject {
  return withOwner(object(label), owner)
}

/** Runs the planner and prints each change as one line, so a test shows the whole plan. */
function plan(input: Partial<PlanInput>): string[] {
  const full = { desired: [], previous: [], live: [], owner, ...input }
  return buildPlan(full).changes.map((change) => `${change.op} ${describeObject(change.object)}`)
}

test('an upgrade updates what is there and deletes what the chart dropped', () => {
  expect(
    plan({
      desired: [mine('Deployment/web'), mine('Service/api'), mine('Secret/same')],
      previous: [object('Deployment/web'), object('ConfigMap/old'), object('Service/older')],
      live: [
        object('Deployment/web'),
        mine('Secret/same'),
        mine('ConfigMap/old'),
        mine('Service/older'),
      ],
    }),
  ).toEqual([
    'unchanged Secret/same',
    'create Service/api',
    'update Deployment/web',
    'delete Service/older',
    'delete ConfigMap/old',
  ])
})

test('a plan for what is there already writes nothing', () => {
  const objects = [mine('Deployment/web'), mine('Service/api')]
  expect(plan({ desired: objects, previous: objects, live: objects })).toEqual([
    'unchanged Service/api',
    'unchanged Deployment/web',
  ])
})

test('what the resource policy keeps is not deleted', () => {
  const kept = object('ConfigMap/kept', { 'helm.sh/resource-policy': ' Keep ' })
  expect(plan({ previous: [kept], live: [kept] })).toEqual(['keep ConfigMap/kept'])
})

test('an uninstall leaves what has any resource policy, an upgrade what "keep" keeps', () => {
  const nil = object('PersistentVolumeClaim/data', { 'helm.sh/resource-policy': 'nil' })
  expect(plan({ previous: [nil], live: [nil] })).toEqual(['keep PersistentVolumeClaim/data'])

  const wanted = mine('ConfigMap/wanted')
  expect(plan({ desired: [wanted], previous: [nil], live: [nil, wanted] })).toEqual([
    'unchanged ConfigMap/wanted',
    'delete PersistentVolumeClaim/data',
  ])
})

test('what a failed attempt may have written goes only where it is marked as ours', () => {
  expect(
    plan({
      attempted: [object('ConfigMap/ours'), object('ConfigMap/theirs'), object('ConfigMap/never')],
      live: [mine('ConfigMap/ours'), withOwner(object('ConfigMap/theirs'), other)],
    }),
  ).toEqual(['delete ConfigMap/ours'])
})

test('live objects of nobody or of another release are refused, all of them, in Helm’s words', () => {
  const desired = [mine('ConfigMap/free'), mine('ConfigMap/taken')]
  const live = [object('ConfigMap/free'), withOwner(object('ConfigMap/taken'), other)]

  expect(() => plan({ desired, live })).toThrow(
    expect.objectContaining({
      code: 'OBJECT_NOT_OWNED',
      exit: 4,
      message:
        'ConfigMap "free" in namespace "apps" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "web"; annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "apps"',
      details: [
        'ConfigMap "taken" in namespace "apps" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "web": current value is "shop"',
      ],
    }),
  )
  expect(plan({ desired, live, takeOwnership: true })).toEqual([
    'update ConfigMap/free',
    'update ConfigMap/taken',
  ])
})

test('an object that another release has taken is left to it, and told', () => {
  const previous = [object('ConfigMap/taken'), object('ConfigMap/ours')]
  const live = [withOwner(object('ConfigMap/taken'), other), mine('ConfigMap/ours')]
  const { changes, notices } = buildPlan({ desired: [], previous, live, owner })
  expect(changes.map(({ op, object: { metadata } }) => `${op} ${metadata.name}`).sort()).toEqual([
    'delete ours',
    'keep taken',
  ])
  expect(notices).toEqual([
    'ConfigMap/taken in namespace "apps" is left in place: it belongs to release "shop" in namespace "apps" by now',
  ])
})

test('of an object that the chart makes twice the last one counts, and that is told', () => {
  const [first, last] = [mine('ConfigMap/a'), { ...mine('ConfigMap/a'), data: { key: 'last' } }]
  const { changes, notices } = buildPlan({ desired: [first, last], previous: [], live: [], owner })
  expect(changes).toEqual([{ op: 'create', object: last, live: undefined }])
  expect(notices).toEqual(['the chart makes ConfigMap/a more than once; the last one counts'])
})
