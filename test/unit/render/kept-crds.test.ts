import { expect, test } from 'vitest'
import { renderRelease } from '../../../src/actions/render.ts'
import type { FileStore } from '../../../src/base/kept-file.ts'
import { CrdDecoder } from '../../../src/render/kept-crds.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'
import { MemoryStore } from '../../support/memory-store.ts'

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: webs.example.com
spec: {"b": 1, "a": [1.5, null, "x"]}
`

/** Takes the CRD twice, as charts do that ask for its name first; changes both maps. */
const TEMPLATE = `{{- $text := .Files.Get "crd.yaml" -}}
{{- $first := fromYaml $text -}}
{{- $_ := set $first.metadata "name" "changed" -}}
{{- $second := fromYaml $text -}}
{{- $_ := set $second.metadata "labels" (dict "release" .Release.Name) -}}
{{ toYaml $second }}
`

function render(fileStore: FileStore | undefined, crd = CRD): string {
  const files = { 'Chart.yaml': chartYaml('web'), 'crd.yaml': crd, 'templates/a.yaml': TEMPLATE }
  const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }
  const options = fileStore === undefined ? {} : { fileStore }
  const request = { chart: chartOf(files), values: new Map(), release, options }
  return renderRelease(request)
    .files.map(({ content }) => content)
    .join('')
}

const namesOf = ({ files }: MemoryStore) => [...files.keys()].filter((name) => /values/.test(name))

test('a CRD that a chart decodes and changes is the same from one run to the next', () => {
  const store = new MemoryStore()
  const wanted = render(undefined)
  expect(wanted).toContain('labels:\n    release: r\n  name: webs.example.com\n')
  expect([render(store), render(store), render(store)]).toEqual([wanted, wanted, wanted])
  expect(namesOf(store)).toEqual(['web-1.0.0-crd-values'])
})

test('a CRD that has changed is decoded anew', () => {
  const store = new MemoryStore()
  render(store)
  const other = CRD.replace('1.5', '2.5')
  expect(render(store, other)).toBe(render(undefined, other))
})

test('what cannot be decoded is told each time', () => {
  const store = new MemoryStore()
  const broken = `${CRD}  x: }\n`
  const fails = () => {
    try {
      return render(store, broken)
    } catch (error) {
      return (error as Error).message
    }
  }
  expect([fails(), fails()]).toEqual([fails(), fails()])
  expect(namesOf(store)).toEqual([])
})

test('nothing else is kept, whatever it looks like', () => {
  const store = new MemoryStore()
  const decoder = new CrdDecoder(store, 'web')
  const secret = 'kind: Secret\nname: "\nkind: CustomResourceDefinition\n"\n'
  expect(decoder.decode('kind: Secret\n')).toBeUndefined()
  expect(decoder.decode(secret)?.get('kind')).toBe('Secret')
  decoder.save()
  expect(store.written).toBe(0)
})

test('a small CRD is not kept', () => {
  const store = Object.assign(new MemoryStore(), { least: 4 * CRD.length + 1 })
  const decoder = new CrdDecoder(store, 'web')
  expect(decoder.decode(CRD)).toBeUndefined()
  expect(decoder.decode(`${CRD}# 1\n`)?.get('kind')).toBe('CustomResourceDefinition')
})
