import { expect, test } from 'vitest'
import { isKept, ownerOf, withOwner } from '../../../src/manifest/ownership.ts'

const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'a',
    annotations: { own: 'x' },
    labels: { 'app.kubernetes.io/managed-by': 'y' },
  },
}
const owner = { name: 'web', namespace: 'apps' }

test('an object carries its owner, beside what it had', () => {
  const owned = withOwner(object, owner)
  expect(owned.metadata).toEqual({
    name: 'a',
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: {
      own: 'x',
      'meta.helm.sh/release-name': 'web',
      'meta.helm.sh/release-namespace': 'apps',
    },
  })
  expect(ownerOf(owned)).toEqual(owner)
  expect(ownerOf(object)).toBeUndefined()
})

test('a label of nothing is an empty one, as with Helm, and one that is no text is not lost', () => {
  const labels = { app: null, version: 1 }
  expect(withOwner({ ...object, metadata: { name: 'a', labels } }, owner).metadata.labels).toEqual({
    app: '',
    version: 1,
    'app.kubernetes.io/managed-by': 'Helm',
  })
})

test.each([
  { policy: 'keep', want: true },
  { policy: ' Keep ', want: true },
  { policy: 'delete', want: false },
])('resource policy "$policy" keeps the object: $want', ({ policy, want }) => {
  const annotations = { 'helm.sh/resource-policy': policy }
  expect(isKept({ ...object, metadata: { name: 'a', annotations } })).toBe(want)
})
