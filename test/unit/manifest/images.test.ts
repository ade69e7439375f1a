import { expect, test } from 'vitest'
import { imagesOf } from '../../../src/manifest/images.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'

/** Images and their places in one object, as lines. */
function images(kind: string, rest: object): string[] {
  const object = { apiVersion: 'v1', kind, metadata: { name: 'x' }, ...rest } as KubeObject
  return imagesOf([object]).map(({ image, path }) => `${image} at ${path}`)
}

const pod = {
  containers: [{ name: 'a', image: 'a:1' }, { name: 'none' }],
  initContainers: [{ name: 'b', image: 'ghcr.io/x/b:2' }],
  ephemeralContainers: [{ name: 'c', image: 'localhost:5000/c@sha256:' + 'a'.repeat(64) }],
  volumes: [{ name: 'v', image: { reference: 'data:3', pullPolicy: 'Always' } }],
}
const found = (prefix: string) => [
  `a:1 at ${prefix}.containers[0].image`,
  `ghcr.io/x/b:2 at ${prefix}.initContainers[0].image`,
  `localhost:5000/c@sha256:${'a'.repeat(64)} at ${prefix}.ephemeralContainers[0].image`,
  `data:3 at ${prefix}.volumes[0].image`,
]

test.each([
  ['Pod', { spec: pod }, 'spec'],
  ['PodTemplate', { template: { spec: pod } }, 'template.spec'],
  ['Deployment', { spec: { template: { spec: pod } } }, 'spec.template.spec'],
  [
    'CronJob',
    { spec: { jobTemplate: { spec: { template: { spec: pod } } } } },
    'spec.jobTemplate.spec.template.spec',
  ],
  ['Rollout', { spec: { template: { spec: pod } } }, 'spec.template.spec'],
])('pods in a %s', (kind, rest, prefix) => {
  expect(images(kind, rest)).toEqual(found(prefix))
})

test.each<[string, object, string[]]>([
  [
    'Prometheus',
    {
      spec: {
        image: 'quay.io/prometheus/prometheus:v3.0.0',
        thanos: { image: 'quay.io/thanos/thanos:v1' },
      },
    },
    [
      'quay.io/prometheus/prometheus:v3.0.0 at spec.image',
      'quay.io/thanos/thanos:v1 at spec.thanos.image',
    ],
  ],
  [
    'Cluster',
    { spec: { imageName: 'ghcr.io/cloudnative-pg/postgresql:17' } },
    ['ghcr.io/cloudnative-pg/postgresql:17 at spec.imageName'],
  ],
  [
    'CephCluster',
    { spec: { cephVersion: { image: 'quay.io/ceph/ceph:v19' } } },
    ['quay.io/ceph/ceph:v19 at spec.cephVersion.image'],
  ],
  [
    'Workflow',
    { spec: { templates: [{ script: { image: 'python:3' } }] } },
    ['python:3 at spec.templates[0].script.image'],
  ],
  [
    'Thing',
    { spec: { image: { registry: 'ghcr.io', repository: 'a/b', tag: 1.5 } } },
    ['ghcr.io/a/b:1.5 at spec.image'],
  ],
  [
    'Thing',
    { spec: { image: { repository: 'a/b', tag: '', digest: `sha256:${'b'.repeat(64)}` } } },
    [`a/b@sha256:${'b'.repeat(64)} at spec.image`],
  ],
  ['Thing', { spec: { image: { repository: '', tag: 'x' } } }, []],
  ['Thing', { spec: { image: 'Not an image' } }, []],
  ['Thing', { spec: { image: 'data:image/png;base64,AAAA' } }, []],
])('a field of a %s with %j', (kind, rest, want) => {
  expect(images(kind, rest)).toEqual(want)
})

test('images that operators are told of by variables and arguments', () => {
  const container = {
    image: 'operator:1',
    args: [
      '--prometheus-config-reloader=quay.io/x/reloader:v1',
      '--default-image=a/b:1',
      '--image=no-version',
      '--verbose',
      '-image=c:2',
    ],
    command: ['run', '--sidecar-image=d:4'],
    env: [
      { name: 'RELATED_IMAGE_DB', value: 'db:5' },
      { name: 'AGENT_IMAGE', value: 'agent@sha256:' + 'c'.repeat(64) },
      { name: 'IMAGE_PULL_POLICY', value: 'Always' },
      { name: 'BASE_IMAGE', value: 'word' },
    ],
  }
  expect(
    images('Deployment', { spec: { containers: [container] } }).map((line) => line.split(' ')[0]),
  ).toEqual([
    'operator:1',
    'quay.io/x/reloader:v1',
    'a/b:1',
    'c:2',
    'd:4',
    'db:5',
    `agent@sha256:${'c'.repeat(64)}`,
  ])
})

test('names, definitions and other programs’ data are not searched', () => {
  expect(images('CustomResourceDefinition', { spec: { image: 'a:1' } })).toEqual([])
  expect(images('ConfigMap', { data: { image: 'a:1' } })).toEqual([])
  expect(images('Pod', { metadata: { name: 'x', annotations: { image: 'a:1' } } })).toEqual([])
})
