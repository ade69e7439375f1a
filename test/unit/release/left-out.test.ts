import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../../src/base/limits.ts'
import { decodeRelease } from '../../../src/release/codec.ts'
import { lazyRelease } from '../../../src/release/lazy-release.ts'
import {
  contentOf,
  encodeRecord,
  formatLeftOut,
  parseLeftOut,
  withChartFiles,
} from '../../../src/release/left-out.ts'
import { shortenManifest } from '../../../src/release/shorten-manifest.ts'
import { releaseOf } from '../../support/releases.ts'
import { configMap } from '../../support/target.ts'

const random = (bytes: number): string => randomBytes(bytes).toString('base64')

function withFile(bytes: number) {
  const release = releaseOf({})
  const files = [{ name: 'big.bin', data: randomBytes(bytes) }]
  return { ...release, chart: { ...release.chart, files, schema: Buffer.from('{}') } }
}

describe('a record', () => {
  test('that fits is whole, as Helm writes it', () => {
    const { text, leftOut, pieces } = encodeRecord(releaseOf({}))
    expect([decodeRelease(text).chart.templates.length, leftOut, pieces]).toEqual([
      1,
      undefined,
      [],
    ])
  })

  test('that does not leaves out the files of its chart, and gets them back', () => {
    const release = withFile(2_000_000)
    const { text, leftOut, pieces } = encodeRecord(release)
    expect(text.length).toBeLessThanOrEqual(LIMITS.recordBytes)
    const head = decodeRelease(text)
    expect([head.chart.files, head.chart.templates, head.chart.schema]).toEqual([[], [], undefined])
    const [piece] = pieces
    if (piece === undefined) throw new Error('nothing was left out')
    expect(leftOut).toEqual({ chart: { digest: piece.digest, count: piece.chunks.length } })
    expect(piece.chunks.every(({ length }) => length <= 900_000)).toBe(true)
    const whole = withChartFiles(head, contentOf(piece))
    const [before, after] = [release.chart.files[0]?.data, whole.chart.files[0]?.data]
    expect(before !== undefined && after !== undefined && before.equals(after)).toBe(true)
    expect(whole.chart.templates).toEqual(release.chart.templates)
  })

  test('that was read without them is written without them again', () => {
    const { leftOut } = encodeRecord(withFile(2_000_000))
    const known = leftOut && formatLeftOut(leftOut)
    if (known === undefined) throw new Error('nothing was left out')
    const again = encodeRecord(releaseOf({ leftOut: known, status: 'superseded' }))
    expect([again.leftOut?.chart, again.pieces]).toEqual([leftOut?.chart, []])
  })

  test('whose values alone are too large is refused, with its biggest parts', () => {
    const config = new Map([['key', random(1_500_000)]])
    expect(() => encodeRecord(releaseOf({ config }))).toThrow(/release "web" takes \d+ bytes/)
  })
})

test('what is left out is named on one line, and nothing else is taken for it', () => {
  const piece = fc.record({
    digest: fc.stringMatching(/^[0-9a-f]{16}$/),
    count: fc.integer({ min: 1, max: 9999 }),
  })
  fc.assert(
    fc.property(piece, fc.option(piece, { nil: undefined }), (chart, manifest) => {
      const text = formatLeftOut({ chart, manifest })
      expect(parseLeftOut(text)).toEqual({ chart, manifest })
      // A label's value.
      expect(`v9999.${text}`.length).toBeLessThanOrEqual(63)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const found = parseLeftOut(text)
      if (found !== undefined) expect(formatLeftOut(found)).toBe(text)
    }),
  )
})

test('a manifest is shortened object by object, and keeps what tells them from others', () => {
  const large = `apiVersion: v1
kind: ConfigMap
metadata:
  name: large
  namespace: apps
  annotations:
    helm.sh/resource-policy: keep
    other: dropped
data:
  key: ${'x'.repeat(3000)}
`
  const small = configMap('small', '1')
  expect(shortenManifest(`---\n# Source: web/a.yaml\n${large}---\n${small}`)).toBe(
    `---
# Source: web/a.yaml
apiVersion: v1
kind: ConfigMap
leftOut: 'left out: this record was too large; kubectl pkg get manifest shows the
  whole object'
metadata:
  annotations:
    helm.sh/resource-policy: keep
  name: large
  namespace: apps
---
${small.trimEnd()}
`,
  )
})

test('a record is decoded once, and only when something is read that its head does not tell', () => {
  let count = 0
  const { name, namespace, revision, status, labels } = releaseOf({ revision: 7 })
  const lazy = lazyRelease({ name, namespace, revision, status, labels }, () => {
    count += 1
    return releaseOf({ revision: 7, manifest: 'a: 1' })
  })
  expect([lazy.revision, lazy.status, count]).toEqual([7, 'deployed', 0])
  expect([lazy.manifest, { ...lazy, status: 'failed' }, count]).toEqual([
    'a: 1',
    { ...releaseOf({ revision: 7, manifest: 'a: 1' }), status: 'failed' },
    1,
  ])
})
