import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { planRepairs, type FoundRecord } from '../../../src/storage/plan-repairs.ts'

const release = { name: 'web', namespace: 'apps' }
const LABELS = { name: 'web', owner: 'helm', status: 'deployed', version: '1' }
const UNREADABLE = { reason: 'its JSON is damaged' }
const PARTS = 'kubectl-pkg/left-out'

/** A sound record of revision 1, but for what is given. */
function found(fields: {
  name?: string
  labels?: Record<string, string>
  type?: string
  kind?: string
  content?: FoundRecord['content']
  lost?: FoundRecord['lost']
}): FoundRecord {
  const { name = 'sh.helm.release.v1.web.v1', labels = LABELS, kind = 'Secret' } = fields
  const metadata = { name, uid: `uid of ${name}`, resourceVersion: '7', labels }
  const { type = 'helm.sh/release.v1', lost } = fields
  const object: JsonObject = { kind, metadata, ...(kind === 'Secret' && { type }), data: {} }
  const { content = { name: 'web', revision: 1, status: 'deployed' } } = fields
  return { object, content, lost }
}

/** What is planned for each record: `remove sh.helm.release.v1.web.v1: its JSON is damaged`. */
function planned(...records: FoundRecord[]): string[] {
  return planRepairs(release, records).map(({ object, remedy, problems }) => {
    const { name } = object['metadata'] as { name: string }
    return `${remedy} ${name.replace('sh.helm.release.v1.', '')}: ${problems.join('; ')}`
  })
}

test('records without damage are left alone', () => {
  const second = found({
    name: 'sh.helm.release.v1.web.v2',
    labels: { ...LABELS, version: '2', team: 'a' },
    content: { name: 'web', revision: 2, status: 'deployed' },
  })
  expect(planned(found({}), second, found({ kind: 'ConfigMap' }))).toEqual([])
})

test.each([
  [{ content: UNREADABLE }, 'remove web.v1: its JSON is damaged'],
  [
    { content: { name: 'other', revision: 1, status: 'deployed' } },
    'remove web.v1: it holds release "other"',
  ],
  [
    { labels: { name: 'web', status: 'deployed', version: '1' } },
    'relabel web.v1: it lacks label owner',
  ],
  [
    { labels: { ...LABELS, version: '9', status: 'failed' } },
    'relabel web.v1: its label status is "failed"; its label version is "9"',
  ],
  [{ type: 'Opaque' }, 'recreate web.v1: its type is "Opaque"'],
  [
    { lost: { part: 'chart', reason: 'its part x is missing' } },
    'detach web.v1: its part x is missing',
  ],
  [
    { lost: { part: 'manifest', reason: 'its part x is missing' } },
    'remove web.v1: its part x is missing',
  ],
  [{ name: 'sh.helm.release.v1.web.v2' }, 'rename web.v2: it holds revision 1'],
] as const)('%j is planned as: %s', (fields, wanted) => {
  expect(planned(found(fields))).toEqual([wanted])
})

describe('of two records of one revision', () => {
  const copy = found({ name: 'copy-of-web' })

  test('that at its own name stays', () => {
    expect(planned(copy, found({}))).toEqual([
      'remove copy-of-web: it is a second record of revision 1',
    ])
  })

  test('one takes the place of a damaged one, which goes first', () => {
    const other = found({ name: 'copy-of-web-2' })
    expect(planned(other, copy, found({ content: UNREADABLE }))).toEqual([
      'remove copy-of-web-2: it is a second record of revision 1',
      'remove web.v1: its JSON is damaged',
      'rename copy-of-web: it holds revision 1',
    ])
  })
})

test('what is put right keeps the labels of the person and the version it was seen at', () => {
  const labels = { team: 'a', [PARTS]: 'v1.c0123456789abcdef-1', version: '9' }
  expect(planRepairs(release, [found({ labels })])[0]?.wanted).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'sh.helm.release.v1.web.v1',
      uid: 'uid of sh.helm.release.v1.web.v1',
      resourceVersion: '7',
      labels: { ...labels, ...LABELS },
    },
    type: 'helm.sh/release.v1',
    data: {},
  })
})

test('what is made anew has neither uid nor version, and no mark of a part that is lost', () => {
  const lost = { part: 'chart', reason: 'its part x is missing' } as const
  const labels = { ...LABELS, [PARTS]: 'v1.c0123456789abcdef-1' }
  expect(planRepairs(release, [found({ type: 'Opaque', labels, lost })])[0]?.wanted).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'sh.helm.release.v1.web.v1', labels: LABELS },
    type: 'helm.sh/release.v1',
    data: {},
  })
})
