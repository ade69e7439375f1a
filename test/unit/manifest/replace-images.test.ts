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

test('what is written in parts is left and told of', () => {
  const text = `apiVersion: example.com/v1
kind: Thing
metadata: {name: t}
spec: {image: {repository: db, tag: "5"}}
`
  expect(replaceImages(text, 't.yaml', IMAGES)).toEqual({
    text,
    left: [{ image: 'db:5', object: 'Thing/t', path: 'spec.image' }],
  })
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
