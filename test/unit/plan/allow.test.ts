import { expect, test } from 'vitest'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { assertAllowed, type Allowance } from '../../../src/plan/allow.ts'
import type { Change, Plan } from '../../../src/plan/plan.ts'

function object(kind: string, apiVersion = 'v1'): KubeObject {
  return { apiVersion, kind, metadata: { name: 'a', namespace: 'apps' } }
}

function change(op: Change['op'], kind: string, apiVersion?: string): Change {
  const made = object(kind, apiVersion)
  return {
    op,
    object: made,
    live: made,
    ...(op === 'recreate' && { reason: 'spec.x is immutable' }),
  }
}

const job: Plan = { changes: [change('recreate', 'Job', 'batch/v1')] }
const claim: Plan = { changes: [change('delete', 'PersistentVolumeClaim')] }
const conflicts: Plan = {
  changes: [change('update', 'ConfigMap')],
  conflicts: [
    { object: object('ConfigMap'), field: '.data.a', manager: 'me' },
    { object: object('ConfigMap'), field: '.data.b', manager: 'you' },
  ],
}

test.each<{ what: string; plan: Plan; allowance: Allowance; want: string }>([
  { what: 'conflicts', plan: conflicts, allowance: {}, want: 'FIELD_CONFLICT' },
  { what: 'conflicts', plan: conflicts, allowance: { forceConflicts: true }, want: 'allowed' },
  { what: 'recreation', plan: job, allowance: {}, want: 'FIELD_IMMUTABLE' },
  {
    what: 'recreation',
    plan: job,
    allowance: { recreate: ['Deployment'] },
    want: 'FIELD_IMMUTABLE',
  },
  { what: 'recreation', plan: job, allowance: { recreate: 'all' }, want: 'allowed' },
  { what: 'recreation', plan: job, allowance: { recreate: ['jobs'] }, want: 'allowed' },
  { what: 'recreation', plan: job, allowance: { recreate: ['job/a'] }, want: 'allowed' },
  { what: 'recreation', plan: job, allowance: { recreate: ['job/b'] }, want: 'FIELD_IMMUTABLE' },
  { what: 'loss', plan: claim, allowance: {}, want: 'DATA_LOSS' },
  { what: 'loss', plan: claim, allowance: { allowDataLoss: true }, want: 'allowed' },
  {
    what: 'loss',
    plan: claim,
    allowance: { allowDataLoss: true, maxImpact: 'downtime' },
    want: 'IMPACT_TOO_HIGH',
  },
  {
    what: 'impact',
    plan: job,
    allowance: { recreate: 'all', maxImpact: 'scale' },
    want: 'IMPACT_TOO_HIGH',
  },
  {
    what: 'impact',
    plan: job,
    allowance: { recreate: 'all', maxImpact: 'recreate' },
    want: 'allowed',
  },
])('$what with $allowance: $want', ({ plan, allowance, want }) => {
  const verdict = (): string => {
    try {
      assertAllowed(plan, allowance)
      return 'allowed'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  expect(verdict()).toBe(want)
})

test('every conflict is listed with its manager, and three ways on', () => {
  expect(() => assertAllowed(conflicts, {})).toThrow(
    expect.objectContaining({
      message: 'the chart sets 2 fields that somebody else manages',
      details: [
        'ConfigMap/a .data.a is managed by "me"',
        'ConfigMap/a .data.b is managed by "you"',
      ],
      hint: expect.stringMatching(/--force-conflicts.*chart or its values.*--take-ownership/s),
    }),
  )
})
