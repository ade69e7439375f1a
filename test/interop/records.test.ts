import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Value } from '../../src/golang/value.ts'
import { decodeRelease, encodeRelease } from '../../src/release/codec.ts'
import type { Release } from '../../src/release/release.ts'
import { releaseOf } from '../support/releases.ts'

/*
 * records/helm.json is a record that Helm 4.1.4's own types encoded: the stored text, and
 * the JSON in it. records/ours.json is what those types gave back when they had decoded
 * the record of `ours` and encoded it again.
 */

interface Recorded {
  stored: string
  json: string
}

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'records', name), 'utf8')) as Recorded
}

function jsonOf(stored: string): string {
  return gunzipSync(Buffer.from(stored, 'base64')).toString('utf8')
}

/** A release with every field filled that a record has. */
const ours: Release = releaseOf({
  name: 'blog',
  revision: 3,
  status: 'superseded',
  notes: 'Visit <b>http://blog</b> & enjoy\u2028é',
  description: 'Rollback to 1',
  chart: {
    ...releaseOf({}).chart,
    metadata: {
      name: 'blog',
      version: '1.2.3',
      apiVersion: 'v2',
      appVersion: '7',
      type: 'application',
      home: 'h',
      icon: 'i',
      condition: 'c',
      tags: 't',
      description: 'd',
      deprecated: true,
      kubeVersion: '>=1.20.0-0',
      keywords: ['a', 'b'],
      sources: ['https://x'],
      annotations: new Map([['k', 'v']]),
      maintainers: [{ name: 'n', email: 'e' }],
      dependencies: [
        {
          name: 'db',
          version: '1.x',
          repository: 'https://r',
          condition: 'db.enabled',
          tags: ['x'],
          enabled: true,
          importValues: [
            'data',
            new Map<string, Value>([
              ['child', 'a'],
              ['parent', 'b'],
            ]),
          ],
          alias: 'store',
        },
      ],
    },
    lock: {
      generated: '2026-03-01T12:30:00.123456789+01:00',
      digest: 'sha256:abc',
      dependencies: [{ name: 'db', version: '1.0.0', repository: 'https://r' }],
    },
    values: new Map<string, Value>([
      ['float', 1.5],
      ['huge', 1e21],
      ['whole', 3],
      ['none', null],
      [
        'list',
        [
          'x',
          true,
          new Map<string, Value>([
            ['z', 'é'],
            ['a', '<&>'],
          ]),
        ],
      ],
    ]),
    schema: Buffer.from('{"type":"object"}'),
    files: [{ name: 'README.md', data: Uint8Array.of(0xff, 0, 0x78) }],
  },
  config: new Map<string, Value>([['replicas', 2]]),
  manifest: '---\n# Source: blog/templates/a.yaml\na: 2\n',
  hooks: [
    {
      name: 'h',
      kind: 'Job',
      path: 'blog/templates/h.yaml',
      manifest: 'kind: Job',
      events: ['pre-install', 'post-upgrade'],
      weight: -5,
      deletePolicies: ['hook-succeeded', 'before-hook-creation'],
      outputLogPolicies: ['hook-failed'],
    },
  ],
})

test('a record of Helm’s is read in full', () => {
  const { extra, ...release } = decodeRelease(recorded('helm.json').stored)
  const { metadata, lock, templates, values, schema, files } = release.chart
  expect({
    ...release,
    chart: { metadata, lock, templates, values, schema, files },
  }).toMatchSnapshot()
  expect(extra).toMatchSnapshot()
})

test('a record of Helm’s that we store again holds the same', () => {
  const { stored, json } = recorded('helm.json')
  const back = JSON.parse(jsonOf(encodeRelease(decodeRelease(stored)))) as unknown
  expect(back).toEqual(withoutFileTimes(JSON.parse(json)))
})

test('Helm reads a record of ours and would store the very same bytes of JSON', () => {
  const { stored, json } = recorded('ours.json')
  expect(jsonOf(encodeRelease(ours))).toBe(json)
  expect(jsonOf(stored)).toBe(json)
})

/** Times of single files are the one thing we do not keep. */
function withoutFileTimes(record: {
  chart: Record<'templates' | 'files', { modtime?: string }[]>
}) {
  for (const file of [...record.chart.templates, ...record.chart.files]) delete file.modtime
  return record
}
