import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeObjects } from '../../../src/manifest/decode-objects.ts'
import { imagesOf } from '../../../src/manifest/images.ts'
import { replaceImages } from '../../../src/manifest/replace-images.ts'

const WEB = `r.internal/library/web:latest@sha256:${'0'.repeat(64)}`
const IMAGES = new Map([
  ['web', WEB],
  ['quay.io/acme/api:1.2', 'r.internal/acme/api:1.2'],
  ['db:5', 'r.internal/db:5'],
])

test('images are replaced where objects name them, and nothing else is touched', () => {
  const text = `# quay.io/acme/api:1.2 is what we run
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: { runs: "quay.io/acme/api:1.2" }
spec:
  template:
    spec:
      initContainers:
        - {name: web, image: web}   # as it is
      containers:
        - name: api
          image:   "quay.io/acme/api:1.2" # pinned
          args: ["--sidecar-image=db:5", '--name=db:5', --reloader=quay.io/acme/api:1.2]
          env:
            - name: RELATED_IMAGE_DB
              value: db:5
            - name: OTHER
              value: quay.io/acme/api:1.2
        - 'image': 'web'
          "name": "web"
        - name: new
          image: quay.io/acme/api:1.20
      volumes:
        - name: v
          image: {reference: db:5}
`
  const { text: replaced, left } = replaceImages(text, 'web.yaml', IMAGES)
  expect(replaced).toBe(`# quay.io/acme/api:1.2 is what we run
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: { runs: "quay.io/acme/api:1.2" }
spec:
  template:
    spec:
      initContainers:
        - {name: web, image: ${WEB}}   # as it is
      containers:
        - name: api
          image:   "r.internal/acme/api:1.2" # pinned
          args: ["--sidecar-image=r.internal/db:5", '--name=db:5', --reloader=r.internal/acme/api:1.2]
          env:
            - name: RELATED_IMAGE_DB
              value: r.internal/db:5
            - name: OTHER
              value: quay.io/acme/api:1.2
        - 'image': '${WEB}'
          "name": "web"
        - name: new
          image: quay.io/acme/api:1.20
      volumes:
        - name: v
          image: {reference: r.internal/db:5}
`)
  expect(left.map(({ image, object }) => `${image} of ${object}`)).toEqual([
    'quay.io/acme/api:1.20 of Deployment/web',
  ])
})

const PARTS = new Map([
  ['db:5', 'r.internal/mirror/db:5'],
  ['quay.io/acme/api:1.10', `r.internal:5000/acme/api:1.10@sha256:${'1'.repeat(64)}`],
  ['quay.io/acme/api:1.2', 'r.internal/acme/api:2.1'],
  [`quay.io/acme/job@sha256:${'2'.repeat(64)}`, `r.internal/acme/job@sha256:${'2'.repeat(64)}`],
  ['bare', 'r.internal/library/bare:latest'],
])

test('images in parts are replaced part by part, and nothing else is touched', () => {
  const text = `# repository: db
apiVersion: example.com/v1
kind: Thing
metadata: {name: t, annotations: {repository: db}}
spec:
  repository: db
  tag: "5"
  image: {repository: db, tag: "5"} # pinned
  api:
    image:
      tag: '1.10'   # as it is
      registry:   quay.io
      repository: "acme/api"
  other:
    image: {"registry": "quay.io", 'repository': acme/api, tag: "1.2", pullPolicy: Always}
  jobs:
  - image:
      repository: quay.io/acme/job
      digest: sha256:${'2'.repeat(64)}
      tag: ""
  - sidecarImage:
      repository: bare
  - image: {repository: unknown, tag: v1}
---
apiVersion: v1
kind: ThingList
items:
- apiVersion: example.com/v1
  kind: Thing
  metadata: {name: u}
  spec: {image: {repository: db, tag: 5}}
`
  const { text: replaced, left } = replaceImages(text, 't.yaml', PARTS)
  expect(replaced).toBe(`# repository: db
apiVersion: example.com/v1
kind: Thing
metadata: {name: t, annotations: {repository: db}}
spec:
  repository: db
  tag: "5"
  image: {repository: r.internal/mirror/db, tag: "5"} # pinned
  api:
    image:
      tag: '1.10'   # as it is
      registry:   r.internal:5000
      repository: "acme/api"
  other:
    image: {"registry": "r.internal", 'repository': acme/api, tag: "2.1", pullPolicy: Always}
  jobs:
  - image:
      repository: r.internal/acme/job
      digest: sha256:${'2'.repeat(64)}
      tag: ""
  - sidecarImage:
      repository: r.internal/library/bare
  - image: {repository: unknown, tag: v1}
---
apiVersion: v1
kind: ThingList
items:
- apiVersion: example.com/v1
  kind: Thing
  metadata: {name: u}
  spec: {image: {repository: r.internal/mirror/db, tag: 5}}
`)
  expect(left.map(({ image }) => image)).toEqual(['unknown:v1'])
})

test.each([
  { parts: '{registry: quay.io, repository: acme/api, tag: v1}', to: 'api:v1', why: 'no host' },
  { parts: '{repository: db, tag: v1}', to: `r/db@sha256:${'3'.repeat(64)}`, why: 'no tag' },
  { parts: '{repository: db, tag: !!str v1}', to: 'r.internal/db:v2', why: 'a tag of YAML' },
  { parts: '{repository: &db db, tag: v1}', to: 'r.internal/db:v1', why: 'an anchor' },
])('with $why an image in parts is left whole and told of', ({ parts, to }) => {
  const text = `apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\nspec: {image: ${parts}}\n`
  const images = imagesOf(decodeObjects(text, 't.yaml')).map(({ image }) => image)
  const map = new Map(images.map((image) => [image, to]))
  const { text: replaced, left } = replaceImages(text, 't.yaml', map)
  expect(replaced).toBe(text)
  expect(left.map(({ image }) => image)).toEqual(images)
})

test('a definition and the data of a ConfigMap name no images', () => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  image: web
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: d}
spec: {image: web}
`
  expect(replaceImages(text, 'c.yaml', IMAGES)).toEqual({ text, left: [] })
})

test('in any layout every image is replaced, and all else of the objects stays', () => {
  const name = fc.constantFrom('web', 'db:5', 'quay.io/acme/api:1.2', 'other:1', 'webber')
  const quote = fc.constantFrom('', '"', "'")
  const container = fc.record({ image: name, word: name, quote, flow: fc.boolean() })
  fc.assert(
    fc.property(fc.array(container, { minLength: 1, maxLength: 5 }), (containers) => {
      const lines = containers.map(({ image, word, quote: q, flow }) =>
        flow
          ? `  - {name: ${q}${word}${q}, image: ${q}${image}${q}, tty: true}`
          : `  - name: ${q}${word}${q}\n    image: ${q}${image}${q}`,
      )
      const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n${lines.join('\n')}\n`
      const { text: replaced } = replaceImages(text, 'p.yaml', IMAGES)
      const wanted = containers.map(({ image }) => IMAGES.get(image) ?? image)
      const objects = decodeObjects(replaced, 'p.yaml')
      expect(imagesOf(objects).map(({ image }) => image)).toEqual(wanted)
      expect(objects).toMatchObject([
        { spec: { containers: containers.map(({ word }) => ({ name: word })) } },
      ])
    }),
  )
})
