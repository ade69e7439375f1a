import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFiles } from '../../../src/base/files.ts'
import { openDirectoryCluster } from '../../../src/cluster/directory-cluster.ts'
import { refOf } from '../../../src/cluster/cluster.ts'
import { objectPath } from '../../../src/cluster/object-path.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { temporaryFolder, treeOf } from '../../support/target.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

function open() {
  return openDirectoryCluster({ path: folder.path, files: openFiles(), token: 't1' })
}

function object(kind: string, name: string, apiVersion = 'v1'): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: 'apps' } }
}

test.each([
  {
    ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'apps', name: 'a' },
    path: 'apps/configmap-a.yaml',
  },
  {
    ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'apps', name: 'a.b' },
    path: 'apps/deployment.apps-a.b.yaml',
  },
  {
    ref: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      namespace: undefined,
      name: 'system:x',
    },
    path: '_cluster/clusterrole.rbac.authorization.k8s.io-system%3Ax.yaml',
  },
])('$path', ({ ref, path }) => {
  expect(objectPath(ref)).toBe(path)
})

test.each([
  { kind: 'ConfigMap', namespace: 'apps', name: '../x' },
  { kind: 'ConfigMap', namespace: 'apps', name: '..' },
  { kind: 'ConfigMap', namespace: '../..', name: 'x' },
  { kind: 'ConfigMap', namespace: '_cluster', name: 'x' },
  { kind: '../ConfigMap', namespace: 'apps', name: 'x' },
  { kind: 'ConfigMap', namespace: 'apps', name: 'a\0b' },
  { kind: 'ConfigMap', namespace: 'apps', name: 'x'.repeat(260) },
])('$kind $namespace $name cannot be written', (parts) => {
  expect(() => objectPath({ apiVersion: 'v1', ...parts })).toThrow(
    expect.objectContaining({ code: 'MANIFEST_INVALID' }),
  )
})

test('an object is created, left alone when it is the same, updated and deleted', async () => {
  const cluster = open()
  const first = object('ConfigMap', 'a')
  const second = { ...first, data: { k: 'v' } }

  expect([
    await cluster.apply(first),
    await cluster.apply(first),
    await cluster.apply(second),
  ]).toEqual([
    { result: 'created', object: first },
    { result: 'unchanged', object: first },
    { result: 'updated', object: second },
  ])
  expect(await cluster.get(refOf(first))).toEqual(second)
  expect(await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'apps' })).toEqual([
    second,
  ])
  expect(await cluster.list({ apiVersion: 'v1', kind: 'Secret', namespace: undefined })).toEqual([])
  expect([await cluster.delete(refOf(first)), await cluster.delete(refOf(first))]).toEqual([
    true,
    false,
  ])
  expect(treeOf(folder.path)).toEqual([])
})

test('manifests are for all to read, Secrets for their owner alone', async () => {
  await open().apply(object('Secret', 's'))
  await open().apply(object('ConfigMap', 'c'))
  expect(treeOf(folder.path).map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    '644 apps/configmap-c.yaml',
    '600 apps/secret-s.yaml',
  ])
  expect(statSync(join(folder.path, 'apps')).mode & 0o777).toBe(0o777 & ~process.umask())
})

test('a file that holds another object is not overwritten', async () => {
  mkdirSync(join(folder.path, 'apps'))
  const path = join(folder.path, 'apps/configmap-a.yaml')
  writeFileSync(path, 'kind: Something\n')
  await expect(open().apply(object('ConfigMap', 'a'))).rejects.toMatchObject({
    code: 'TARGET_INVALID',
  })
  expect(readFileSync(path, 'utf8')).toBe('kind: Something\n')
  chmodSync(path, 0o600)
})

test('a namespace that is a symbolic link is neither written nor deleted through', async () => {
  mkdirSync(join(folder.path, 'elsewhere'))
  const cluster = open()
  symlinkSync('elsewhere', join(folder.path, 'apps'))
  const refused = { code: 'TARGET_INVALID' }
  await expect(cluster.apply(object('ConfigMap', 'a'))).rejects.toMatchObject(refused)
  expect(readdirSync(join(folder.path, 'elsewhere'))).toEqual([])
  writeFileSync(join(folder.path, 'elsewhere/configmap-a.yaml'), '')
  await expect(cluster.delete(refOf(object('ConfigMap', 'a')))).rejects.toMatchObject(refused)
  expect(readdirSync(join(folder.path, 'elsewhere'))).toEqual(['configmap-a.yaml'])
})

test('a target that is a file is refused', async () => {
  const path = join(folder.path, 'file')
  writeFileSync(path, '')
  const cluster = openDirectoryCluster({ path, files: openFiles(), token: 't' })
  await expect(cluster.apply(object('ConfigMap', 'a'))).rejects.toMatchObject({
    code: 'TARGET_INVALID',
  })
})

test('scopes come from the table, from CRDs of the folder and from those on their way', async () => {
  const crd = (kind: string, scope: string): KubeObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}s.x.io` },
    spec: { group: 'x.io', scope, names: { kind } },
  })
  await open().apply(crd('Here', 'Cluster'))

  const scopeOf = await open().scopes([crd('Coming', 'Cluster'), crd('Small', 'Namespaced')])

  expect(
    [
      ['v1', 'Namespace'],
      ['v1', 'ConfigMap'],
      ['x.io/v1', 'Here'],
      ['x.io/v1', 'Coming'],
      ['x.io/v1', 'Small'],
      ['y.io/v1', 'Here'],
    ].map(([apiVersion = '', kind = '']) => scopeOf(apiVersion, kind)),
  ).toEqual(['cluster', 'namespaced', 'cluster', 'cluster', 'namespaced', 'namespaced'])
})

test('an aborted run reads and writes nothing', async () => {
  const signal = AbortSignal.abort(new Error('stop'))
  await expect(open().apply(object('ConfigMap', 'a'), { signal })).rejects.toThrow('stop')
  expect(treeOf(folder.path)).toEqual([])
})

test('an object that must be new is refused when its file exists', async () => {
  expect(await open().create(object('ConfigMap', 'a'))).toEqual(object('ConfigMap', 'a'))
  await expect(open().create(object('ConfigMap', 'a'))).rejects.toMatchObject({
    code: 'OBJECT_EXISTS',
    message: 'ConfigMap/a exists already',
  })
})

test('a preview is the object itself, and writes nothing', async () => {
  expect(await open().preview(object('ConfigMap', 'a'))).toEqual(object('ConfigMap', 'a'))
  expect(treeOf(folder.path)).toEqual([])
})

test.each([
  { options: { labelSelector: 'tier in (a, b)' }, names: ['first', 'second'] },
  { options: { labelSelector: 'tier=a' }, names: ['first'] },
  { options: { fieldSelector: 'metadata.name=second' }, names: ['second'] },
  { options: { isWanted: isThird }, names: ['third'] },
  { options: {}, names: ['first', 'second', 'third'] },
])('a list of $options has $names', async ({ options, names }) => {
  const labelled = (name: string, labels: Record<string, string>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'apps', labels },
  })
  await open().apply(labelled('first', { tier: 'a' }))
  await open().apply(labelled('second', { tier: 'b' }))
  await open().apply(object('ConfigMap', 'third'))
  const kind = { apiVersion: 'v1', kind: 'ConfigMap', namespace: undefined }
  const found = await open().list(kind, options)
  expect(found.map(({ metadata }) => metadata.name)).toEqual(names)
})

function isThird({ metadata }: KubeObject): boolean {
  return metadata.name === 'third'
}

test('a file that is no YAML, as after a merge, is refused with what to do', async () => {
  await open().apply(object('ConfigMap', 'a'))
  const path = join(folder.path, 'apps/configmap-a.yaml')
  writeFileSync(path, 'a: 1\n<<<<<<< ours\nb: 2\n=======\n')
  const told = {
    code: 'YAML_INVALID',
    message: `${path}: could not find expected ':'`,
    hint: 'Correct the file, or move it out of the target; then run the command again.',
  }
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'apps' }
  await expect(open().get({ ...ref, name: 'a' })).rejects.toMatchObject(told)
  await expect(open().list(ref, {})).rejects.toMatchObject(told)
})

test('a watch tells what is there and ends with its signal', async () => {
  await open().apply(object('ConfigMap', 'a'))
  const end = new AbortController()
  const told: string[] = []
  const kind = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'apps' }
  for await (const event of open().watch(kind, {}, end.signal)) {
    told.push(event.type === 'synced' ? event.type : `${event.type} ${event.object.metadata.name}`)
    if (event.type === 'synced') setTimeout(() => end.abort(), 1)
  }
  expect(told).toEqual(['added a', 'synced'])
})

test('a folder gives no logs, allows everything and knows no version', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'apps', name: 'p' }
  expect(await open().logs(pod)).toBe('')
  expect(await open().can([{ ...pod, verb: 'get' }])).toEqual([true])
  expect(await open().capabilities()).toBeUndefined()
})
