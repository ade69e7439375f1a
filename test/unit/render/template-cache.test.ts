import { beforeEach, expect, test } from 'vitest'
import { renderRelease } from '../../../src/actions/render.ts'
import type { FileStore } from '../../../src/base/kept-file.ts'
import { chartOf, chartYaml, type ChartFiles } from '../../support/chart-builder.ts'

const FILES = {
  'Chart.yaml': chartYaml('web'),
  'templates/_names.tpl': '{{ define "web.name" }}{{ .Release.Name }}-é{{ end }}',
  'templates/a.yaml':
    'a: {{ include "web.name" . }}\n{{ if .Values.on }}b: 1{{ else }}c: 2{{ end }}\n',
}
const WEB = 'a: r-é\nc: 2\n'

const files = new Map<string, Buffer>()
let found = 0
let written = 0
const store: FileStore = {
  least: 0,
  read(name) {
    const file = files.get(name)
    if (file !== undefined) found++
    return file
  },
  write(name, content) {
    written++
    files.set(name, Buffer.concat(content))
  },
}

beforeEach(() => {
  files.clear()
  found = 0
  written = 0
})

function render(chart: ChartFiles, fileStore = store): string {
  const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }
  const options = { fileStore }
  const request = { chart: chartOf(chart), values: new Map(), release, options }
  return renderRelease(request)
    .files.map(({ content }) => content)
    .join('')
}

test('templates are kept once and taken from then on', () => {
  expect([render(FILES), render(FILES), render(FILES)]).toEqual([WEB, WEB, WEB])
  expect([written, found]).toEqual([1, 2])
})

test('few templates are not kept', () => {
  render(FILES, { ...store, least: 1000 })
  expect([written, files.size]).toEqual([0, 0])
})

test('a template of the same size and another text is read anew', () => {
  render(FILES)
  const other = { ...FILES, 'templates/a.yaml': FILES['templates/a.yaml'].replace('2', '3') }
  expect(render(other)).toBe(WEB.replace('2', '3'))
  expect([written, files.size]).toEqual([2, 1])
})

test('a template of the same text and another name is read anew', () => {
  render(FILES)
  const { 'templates/a.yaml': text, ...others } = FILES
  expect(render({ ...others, 'templates/b.yaml': text })).toBe(WEB)
  expect(written).toBe(2)
})

test('a template that cannot be read is not kept', () => {
  expect(() => render({ ...FILES, 'templates/z.yaml': '{{ if }}' })).toThrow('missing value for if')
  expect(written).toBe(0)
})

test('a file of the cache that is cut off anywhere is left alone', () => {
  render(FILES)
  const [[name = '', whole = Buffer.of()] = []] = files
  for (let length = 0; length < whole.length; length++) {
    files.set(name, whole.subarray(0, length))
    written = 0
    expect(render(FILES)).toBe(WEB)
    expect(written, `after ${length} bytes`).toBe(1)
  }
})

test('a file of the cache with zeros in place of a part is left alone', () => {
  render(FILES)
  const [[name = '', whole = Buffer.of()] = []] = files
  for (let start = 0; start < whole.length; start += 16) {
    const damaged = Buffer.from(whole).fill(0, start, Math.min(start + 16, whole.length))
    files.set(name, damaged)
    written = 0
    expect(render(FILES)).toBe(WEB)
    expect(written, `from ${start}`).toBe(damaged.equals(whole) ? 0 : 1)
  }
})

test('a file of a machine with another order of bytes is left alone', () => {
  render(FILES)
  const [[name = '', whole = Buffer.of()] = []] = files
  files.set(name, Buffer.concat([Buffer.from(whole.subarray(0, 24)).swap32(), whole.subarray(24)]))
  expect(render(FILES)).toBe(WEB)
  expect(written).toBe(2)
})

test('a file of the cache whose parts have other ends is left alone', () => {
  render(FILES)
  const [[name = '', whole = Buffer.of()] = []] = files
  for (let part = 2; part < 5; part++) {
    for (const moved of [-2, -1, 1, 2, 1000]) {
      const damaged = Buffer.from(whole)
      damaged.writeInt32LE(whole.readInt32LE(part * 4) + moved, part * 4)
      damaged.writeInt32LE(whole.readInt32LE(part * 4 + 4) - moved, part * 4 + 4)
      files.set(name, damaged)
      written = 0
      expect(render(FILES)).toBe(WEB)
      expect(written, `${part} by ${moved}`).toBe(1)
    }
  }
})

test('a file of the cache in which blocks of a disk have changed places is left alone', () => {
  const chart = { ...FILES, 'templates/b.yaml': '{{ if .Values.on }}b: 1{{ end }}\n'.repeat(100) }
  render(chart)
  const [[name = '', whole = Buffer.of()] = []] = files
  const damaged = Buffer.from(whole)
  damaged.set(whole.subarray(512, 1024), 1024)
  damaged.set(whole.subarray(1024, 1536), 512)
  files.set(name, damaged)
  expect(render(chart)).toContain(WEB)
  expect(written).toBe(2)
})
