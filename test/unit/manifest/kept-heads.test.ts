import { expect, test } from 'vitest'
import { HeadReader } from '../../../src/manifest/kept-heads.ts'
import { readHead } from '../../../src/manifest/read-head.ts'
import { MemoryStore } from '../../support/memory-store.ts'

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    helm.sh/hook: pre-install
    "10": "1"
  name: webs.example.com
spec: {}
`

function read(store: MemoryStore | undefined, document: string) {
  const reader = new HeadReader(store, 'web-1.0.0-crds')
  const head = reader.read(document)
  reader.save()
  return head
}

test('the head of a CRD is the same from one run to the next', () => {
  const store = new MemoryStore()
  const heads = [read(undefined, CRD), read(store, CRD), read(store, CRD)]
  expect(heads).toEqual([readHead(CRD), readHead(CRD), readHead(CRD)])
  expect([store.written, store.found]).toEqual([1, 1])
})

test('a CRD that has changed is read anew', () => {
  const store = new MemoryStore()
  read(store, CRD)
  expect(read(store, CRD.replace('webs.', 'nets.')).name).toBe('nets.example.com')
  expect(() => read(store, `${CRD}  x: }`)).toThrow('yaml')
  expect(store.written).toBe(2)
})

test('nothing else is kept, whatever it looks like', () => {
  const store = new MemoryStore()
  read(store, 'kind: Secret\nmetadata:\n  name: "\nkind: CustomResourceDefinition\n"\n')
  read(store, 'apiVersion: v1\nkind: Secret\n')
  expect(store.written).toBe(0)
})
