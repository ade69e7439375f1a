import { expect, test } from 'vitest'
import type { ObjectDiff } from '../../../src/actions/diff.ts'
import { viewDiff } from '../../../src/output/diff-view.ts'

function configMap(name: string, data: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

const change: ObjectDiff = {
  key: '/ConfigMap/apps/web',
  kind: 'ConfigMap',
  namespace: 'apps',
  name: 'web',
  op: 'change',
  before: configMap('web', { a: '1', b: 'x' }),
  after: configMap('web', { a: '2', b: 'x' }),
}
const removal: ObjectDiff = {
  key: '/ConfigMap//old',
  kind: 'ConfigMap',
  namespace: '',
  name: 'old',
  op: 'remove',
  before: configMap('old', {}),
  after: undefined,
}

test('differences are shown as unified diffs of YAML and summed up', () => {
  expect(viewDiff([change, removal], { color: false })).toBe(`ConfigMap apps/web changes
@@ -1,6 +1,6 @@
 apiVersion: v1
 data:
-  a: "1"
+  a: "2"
   b: x
 kind: ConfigMap
 metadata:

ConfigMap old will be removed
@@ -1,5 +1,0 @@
-apiVersion: v1
-data: {}
-kind: ConfigMap
-metadata:
-  name: old

0 to add, 1 to change, 1 to remove
`)
})

test('colour is put around whole lines', () => {
  const lines = viewDiff([change], { color: true, context: 0 }).split('\n')
  expect(lines.slice(0, 4)).toEqual([
    '\u001b[1mConfigMap apps/web changes\u001b[0m',
    '\u001b[36m@@ -3,1 +3,1 @@\u001b[0m',
    '\u001b[31m-  a: "1"\u001b[0m',
    '\u001b[32m+  a: "2"\u001b[0m',
  ])
})

test('nothing is shown when nothing differs', () => {
  expect(viewDiff([], { color: false })).toBe('')
})
