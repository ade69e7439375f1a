import { expect, test } from 'vitest'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { assertAllowed } from '../../../src/plan/allow.ts'
import { impactOf } from '../../../src/plan/impact.ts'
import { leaving } from '../../../src/plan/leaving.ts'
import type { Change } from '../../../src/plan/plan.ts'

function change(kind: string, finalizers: string[] | undefined, isGoing = true): Change {
  const object: KubeObject = { apiVersion: 'v1', kind, metadata: { name: 'web' } }
  const metadata = {
    name: 'web',
    ...(isGoing && { deletionTimestamp: '2026-01-02T03:04:05Z' }),
    ...(finalizers !== undefined && { finalizers }),
  }
  return { op: 'update', object, live: { ...object, metadata } }
}

test.each([
  { what: 'a pod that ends', planned: change('Pod', undefined) },
  { what: 'an owner that goes last', planned: change('ConfigMap', ['foregroundDeletion']) },
])('$what is made anew without leave, and is no downtime of ours', ({ planned }) => {
  const left = leaving(planned)
  expect(left).toMatchObject({ change: { op: 'recreate', isLeaving: true }, notices: [] })
  const made = left?.change ?? planned
  expect(impactOf(made).impact).toBe('none')
  expect(() => assertAllowed({ changes: [made] }, {})).not.toThrow()
})

test.each([
  {
    planned: change('PersistentVolumeClaim', ['kubernetes.io/pvc-protection']),
    held: 'kubernetes.io/pvc-protection',
  },
  { planned: change('Namespace', undefined), held: 'what it holds' },
])('what is held by $held is told', ({ planned, held }) => {
  const { change: kept, notices = [] } = leaving(planned) ?? {}
  expect(kept).toBe(planned)
  expect(notices).toHaveLength(1)
  expect(notices[0]).toContain(`is being deleted, and waits for ${held};`)
})

test('what stays, and what is deleted by the plan itself, is left as planned', () => {
  expect(leaving(change('Pod', undefined, false))).toBeUndefined()
  expect(leaving({ ...change('Pod', undefined), op: 'delete' })).toBeUndefined()
})
