import { gunzipSync, gzipSync } from 'node:zlib'
import { array, assert, dictionary, double, jsonValue, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { LIMITS } from '../../../src/base/limits.ts'
import type { Chart } from '../../../src/chart/chart.ts'
import { int64, type Value } from '../../../src/golang/value.ts'
import { decodeRelease, encodeRelease } from '../../../src/release/codec.ts'
import { valueFrom } from '../../../src/release/record-text.ts'
import type { Release } from '../../../src/release/release.ts'
import { releaseOf } from '../../support/releases.ts'

test('a release is decoded as it was encoded', () => {
  const release = releaseOf({
    labels: { team: 'web' },
    run: 'r1',
    cancelled: { verb: 'upgrade', request: 'apps/web' },
    config: new Map<string, Value>([['a', 2]]),
    hooks: [
      {
        name: 'h',
        kind: 'Job',
        path: 'web/templates/h.yaml',
        manifest: 'kind: Job',
        events: ['pre-install'],
        weight: -5,
        deletePolicies: ['hook-succeeded'],
        outputLogPolicies: ['hook-failed'],
        lastRun: {
          phase: 'Succeeded',
          startedAt: '2026-01-01T00:00:00Z',
          completedAt: '2026-01-01T00:00:01Z',
          event: 'pre-install',
          run: 'r1',
        },
      },
    ],
  })
  const { extra, ...decoded } = decodeRelease(encodeRelease(release))
  const origin = { origin: '', raw: [], subcharts: [], warnings: [] }
  expect(decoded).toEqual({ ...release, chart: { ...release.chart, ...origin } })
  expect(extra).toEqual({
    record: {},
    info: {},
    chart: { schemamodtime: '0001-01-01T00:00:00Z' },
    hooks: [{}],
  })
})

test('equal releases have equal bytes', () => {
  expect(encodeRelease(releaseOf({}))).toBe(encodeRelease(releaseOf({})))
})

test('fields of a later Helm survive a rewrite', () => {
  const stored = JSON.parse(textOf(encodeRelease(releaseOf({})))) as Record<string, object>
  const later = {
    ...stored,
    future: [1, { a: null }],
    info: { ...stored['info'], resources: { 'v1/Pod': [] } },
  }
  const text = gzipSync(JSON.stringify(later)).toString('base64')

  const rewritten = JSON.parse(textOf(encodeRelease(decodeRelease(text)))) as unknown

  expect(rewritten).toEqual(later)
})

test('integers of a native chart stay integers, those of a Helm chart are float64', () => {
  const config = new Map<string, Value>([['replicas', int64(3)]])
  const native: Chart = {
    ...releaseOf({}).chart,
    templates: [{ name: 'templates/a.yaml.hbs', data: Buffer.from('x') }],
  }
  const back = (release: Release): Value | undefined =>
    decodeRelease(encodeRelease(release)).config.get('replicas')

  expect(back(releaseOf({ config, chart: native }))).toEqual(int64(3))
  expect(back(releaseOf({ config }))).toBe(3)
})

test.each([
  { text: '', message: 'it is empty or no base64' },
  { text: Buffer.from('not json').toString('base64'), message: 'its JSON is damaged' },
  { text: gzipSync('[1]').toString('base64'), message: 'it is no JSON object' },
  { text: gzipSync('{"name":"web"}').toString('base64'), message: 'it has no name or no version' },
  {
    text: gzipSync('{}').subarray(0, 15).toString('base64'),
    message: 'its gzip data is damaged',
  },
])('a damaged record is refused: $message', ({ text, message }) => {
  expect(() => decodeRelease(text)).toThrow(
    expect.objectContaining({ code: 'RELEASE_UNREADABLE', message }),
  )
})

test('a record that inflates beyond the limit is refused', () => {
  const text = gzipSync(Buffer.alloc(LIMITS.recordDecodedBytes + 1, ' ')).toString('base64')
  expect(() => decodeRelease(text)).toThrow(
    expect.objectContaining({ message: `it holds more than ${LIMITS.recordDecodedBytes} bytes` }),
  )
})

test('a release too large for a Secret is refused, with its biggest parts', () => {
  let seed = 1
  const noise = Buffer.from(
    Array.from({ length: 1_200_000 }, () => (seed = (seed * 48271) % 2147483647) & 255),
  )
  const chart = { ...releaseOf({}).chart, files: [{ name: 'big.bin', data: noise }] }
  expect(() => encodeRelease(releaseOf({ chart }))).toThrow(
    expect.objectContaining({
      code: 'RELEASE_TOO_LARGE',
      hint: 'List files that templates do not need in .helmignore.',
      details: expect.arrayContaining(['big.bin: 1200000 bytes']) as unknown,
    }),
  )
})

test('any values and texts come back from a record', () => {
  const values = dictionary(string({ unit: 'binary' }), jsonValue({ stringUnit: 'binary' }))
  assert(
    property(
      values,
      string({ unit: 'binary' }),
      array(double({ noNaN: true, noDefaultInfinity: true })),
      (json, manifest, floats) => {
        const config = valueFrom(
          { ...json, floats: floats.map((each) => each + 0) },
          'float64',
        ) as Release['config']
        const release = releaseOf({ config, manifest })
        const back = decodeRelease(encodeRelease(release))
        expect(back.config).toEqual(config)
        expect(back.manifest).toBe(manifest)
      },
    ),
    { numRuns: 50 },
  )
})

function textOf(stored: string): string {
  return gunzipSync(Buffer.from(stored, 'base64')).toString('utf8')
}
