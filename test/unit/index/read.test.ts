import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeYamlPlain } from '../../../src/encoding/yaml-encode.ts'
import type { IndexEntry } from '../../../src/index/entry.ts'
import { readIndex } from '../../../src/index/read.ts'
import { scanIndex } from '../../../src/index/scan.ts'

/** Reads an index, each chart as `key: versions`, and the warnings. */
function read(text: string | Buffer): { charts: Record<string, IndexEntry[]>; warnings: string[] } {
  const { charts, warnings } = readIndex(Buffer.from(text), () => {
    const found: Record<string, IndexEntry[]> = {}
    return { found, add: (key: string, entries: IndexEntry[]) => void (found[key] = entries) }
  })
  return { charts: charts.found, warnings }
}

function versions(text: string): Record<string, string[]> {
  const { charts } = read(text)
  return Object.fromEntries(
    Object.entries(charts).map(([key, entries]) => [key, entries.map(({ version }) => version)]),
  )
}

function failure(text: string): string {
  try {
    read(text)
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`
  }
  return ''
}

const ENTRY = { apiVersion: 'v2', name: 'web', version: '1.0.0', urls: ['web-1.0.0.tgz'] }

function index(entries: unknown, more: object = {}): string {
  return encodeYamlPlain({ apiVersion: 'v1', entries, ...more } as never)
}

test('an entry is read with all that look-ups need', () => {
  const text = `apiVersion: v1
entries:
  web:
  - annotations:
      category: "Infra"
      changes: |
        - kind: added
          "quoted': not read as YAML
    apiVersion: v2
    appVersion: "1.10"
    created: "2024-03-01T10:11:12.123456789Z"
    dependencies:
    - alias: db
      name: postgresql
      repository: https://charts.example.com
      version: 12.x.x
    deprecated: true
    description: 'A description: with a colon, which is so long that it goes on in
      the next line, and it''s quoted'
    digest: 84eaad31bee6a40139643c9fbd69f2457f6e399854dace7be836dc2e3fbfcffb
    home: https://example.com
    keywords:
    - one
    - two words
    maintainers:
    - name: Älice, Inc.
    name: web
    type: application
    urls:
    - https://charts.example.com/web-1.0.0.tgz
    version: 1.0.0
generated: "2024-05-06T07:08:09Z"
`
  const scanned: IndexEntry[] = []
  const head = scanIndex(Buffer.from(text), {
    onChart: (_key, entries) => scanned.push(...entries),
    onWarning: () => undefined,
    readChart: () => undefined,
  })
  expect(head).toEqual({ apiVersion: 'v1', generated: '2024-05-06T07:08:09Z' })
  expect(scanned).toEqual([
    {
      name: 'web',
      version: '1.0.0',
      appVersion: '1.10',
      description:
        "A description: with a colon, which is so long that it goes on in the next line, and it's quoted",
      keywords: 'one two words',
      urls: ['https://charts.example.com/web-1.0.0.tgz'],
      digest: '84eaad31bee6a40139643c9fbd69f2457f6e399854dace7be836dc2e3fbfcffb',
      created: '2024-03-01T10:11:12.123456789Z',
      deprecated: true,
    },
  ])
  expect(read(text).charts['web']).toEqual(scanned)
})

test('a bad entry hides none of the good ones', () => {
  const text = index({
    web: [
      ENTRY,
      null,
      { ...ENTRY, version: 'not-a-version' },
      { ...ENTRY, version: '1.1.0', name: '../web' },
      { ...ENTRY, version: '1.2.0', urls: 'no list' },
      { ...ENTRY, version: '1.3.0' },
    ],
    db: null,
    odd: 'no list',
  })
  expect(versions(text)).toEqual({ web: ['1.0.0', '1.3.0'], db: [], odd: [] })
  expect(read(text).warnings).toEqual([
    'chart "odd": its versions are no list',
    'chart "web": empty entry',
    'chart "web" not-a-version: validation: chart.metadata.version "not-a-version" is invalid',
    'chart "web" 1.1.0: validation: chart.metadata.name "../web" is invalid',
    'chart "web": json: cannot unmarshal string into Go struct field ChartVersion.urls of type []string',
  ])
})

test.each([
  { what: 'nothing', text: '', want: 'INDEX_INVALID empty index.yaml file' },
  { what: 'null', text: 'null\n', want: 'INDEX_INVALID no API version specified' },
  { what: 'no apiVersion', text: 'entries: {}\n', want: 'INDEX_INVALID no API version specified' },
  {
    what: 'entries that are a list',
    text: 'apiVersion: v1\nentries: []\n',
    want: 'INDEX_INVALID its "entries" are no map',
  },
  {
    what: 'a chart that is listed twice',
    text: 'apiVersion: v1\nentries:\n  web: []\n  web: []\n',
    want: 'INDEX_INVALID line 4: key "web" already set in map',
  },
])('an index of $what is refused', ({ text, want }) => {
  expect(failure(text)).toBe(want)
})

test('a page of HTML is no index', () => {
  expect(failure('<!doctype html>\n<html><body>Log in</body></html>\n')).toContain(
    'INDEX_INVALID it is a web page',
  )
})

test('an alias bomb is refused', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [name, of] of Array.from('bcdefghi', (name, at) => [name, 'abcdefgh'[at]])) {
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(',')}]`)
  }
  expect(failure(`apiVersion: v1\n${bomb.join('\n')}\n`)).toContain('INDEX_INVALID')
})

test('an index in JSON is read', () => {
  expect(versions(JSON.stringify({ apiVersion: 'v1', entries: { web: [ENTRY] } }))).toEqual({
    web: ['1.0.0'],
  })
})

test('control characters of a description are cut out, as Helm does', () => {
  const text = index({ web: [{ ...ENTRY, description: 'red \u001b[31m text' }] })
  expect(read(text).charts['web']?.[0]?.description).toBe('red [31m text')
})

test('names of prototypes are names like any other', () => {
  const text = `apiVersion: v1
entries:
  constructor:
  - constructor: 1
    name: constructor
    version: 1.0.0
`
  expect(versions(text)).toEqual({ constructor: ['1.0.0'] })
})

const word = fc.oneof(
  fc.constantFrom(
    '1.10',
    'true',
    'null',
    '~',
    '',
    'a: b',
    'a #b',
    '- a',
    "it's",
    '"q"',
    '|',
    '0x1',
    'é',
    '2001-01-01',
  ),
  fc.string({ maxLength: 120 }),
  fc.lorem({ maxCount: 30 }),
)
const entry = fc.record(
  {
    apiVersion: fc.constant('v2'),
    name: fc.constant('web'),
    version: fc.constantFrom('1.0.0', 'v2.1.0-rc.1', '3', '1.2.3+b', 'x'),
    appVersion: word,
    description: word,
    keywords: fc.array(word, { maxLength: 3 }),
    digest: fc.stringMatching(/^[0-9a-f]{64}$/),
    home: word,
    deprecated: fc.boolean(),
    annotations: fc.dictionary(word, word, { maxKeys: 3 }),
    maintainers: fc.array(fc.record({ name: word, email: word }), { maxLength: 2 }),
    dependencies: fc.array(
      fc.record({ name: word, repository: word, tags: fc.array(word, { maxLength: 2 }) }),
      { maxLength: 2 },
    ),
    urls: fc.array(word, { maxLength: 2 }),
  },
  { requiredKeys: ['apiVersion', 'name', 'version'] },
)

// What both ways read was written by the encoder, which writes as Helm does.
test('the scan reads what the general reader reads, or gives up', () => {
  let scans = 0
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('web', 'db', 'x-1'), fc.array(entry)), (entries) => {
      const text = index(entries, { generated: '2024-01-01T00:00:00Z' })
      const scanned: [string, IndexEntry[]][] = []
      const head = scanIndex(Buffer.from(text), {
        onChart: (key, list) => scanned.push([key, list]),
        onWarning: () => undefined,
        readChart: () => undefined,
      })
      if (head === undefined) return
      scans++
      // JSON takes the general way.
      const json = JSON.stringify({ apiVersion: 'v1', entries })
      expect(Object.fromEntries(scanned)).toEqual(read(json).charts)
    }),
    { numRuns: 300, seed: 7 },
  )
  expect(scans).toBeGreaterThan(20)
})

// Neighbours that share most fields, as the versions of a chart do.
test('versions that differ in few fields are read as if each stood alone', () => {
  const change = fc.record(
    { description: word, home: word, annotations: fc.dictionary(word, word, { maxKeys: 3 }) },
    { requiredKeys: [] },
  )
  let scans = 0
  fc.assert(
    fc.property(entry, fc.array(change, { minLength: 2, maxLength: 6 }), (first, changes) => {
      const web = changes.map((each, at) => ({ ...first, ...each, version: `1.0.${at}` }))
      const scanned: IndexEntry[] = []
      const head = scanIndex(Buffer.from(index({ web })), {
        onChart: (_key, list) => scanned.push(...list),
        onWarning: () => undefined,
        readChart: () => undefined,
      })
      if (head === undefined) return
      scans++
      const json = JSON.stringify({ apiVersion: 'v1', entries: { web } })
      expect(scanned).toEqual(read(json).charts['web'])
    }),
    { numRuns: 300, seed: 13 },
  )
  expect(scans).toBeGreaterThan(20)
})

test('a field that begins as the one before it and goes on otherwise is another', () => {
  const text = `apiVersion: v1
entries:
  web:
  - description: one
    keywords:
    - a
    name: web
    urls:
    - x
    version: 4.0.0
  - description: one
      two
    keywords:
    - a
    - b
    name: web
    urls:
    - x
    - z
    version: 3.0.0
  - description: one
    keywords:
      - a
      - c
    name: web
    version: 2.0.0
  - description: one
    name: web
    keywords:
    - a
    version: 1.0.0
  web-2:
    - description: one
      keywords:
      - a
      name: web
      version: 1.0.0
`
  const scanned: unknown[] = []
  const head = scanIndex(Buffer.from(text), {
    onChart: (_key, entries) =>
      scanned.push(
        ...entries.map(({ version, description, keywords, urls }) =>
          [version, description, keywords, ...urls].join(', '),
        ),
      ),
    onWarning: () => undefined,
    readChart: () => undefined,
  })
  expect(head).toBeDefined()
  expect(scanned).toEqual([
    '4.0.0, one, a, x',
    '3.0.0, one two, a b, x, z',
    '2.0.0, one, a c',
    '1.0.0, one, a',
    '1.0.0, one, a',
  ])
})

// The last byte of these, C3 A0 and D0 A0, is a blank in Latin 1.
test.each(['voilà', 'СССР'])('the text %s keeps its last letter', (description) => {
  const charts = { web: [{ ...ENTRY, description, keywords: [description] }] }
  expect(read(index(charts)).charts['web']).toMatchObject([{ description, keywords: description }])
})

test('a chart with a field that is there twice is refused, as Helm does', () => {
  const text = 'apiVersion: v1\nentries:\n  a:\n  - name: a\n    home: x\n    home: y\n'
  expect(failure(text)).toBe('INDEX_INVALID line 6: key "home" already set in map')
})

const STYLES = {
  block: (key: string, entries: unknown) => encodeYamlPlain({ [key]: entries } as never),
  brackets: (key: string, entries: unknown) => `${key}: ${JSON.stringify(entries)}\n`,
  quoted: (key: string, entries: unknown) =>
    `"${key}":\n# a comment\n\n- ${JSON.stringify(entries)}\n`,
  items: (key: string, entries: unknown) =>
    `${key}:\n${(entries as unknown[]).map((item) => `- ${JSON.stringify(item)}\n`).join('')}`,
}

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '  ')

// Of each chart only what is written otherwise goes to the general reader; JSON goes there whole.
test('charts that are written otherwise are read as if all were', () => {
  const style = fc.constantFrom(...(Object.keys(STYLES) as (keyof typeof STYLES)[]))
  const charts = fc.uniqueArray(
    fc.record({
      key: fc.constantFrom('web', 'db', 'x-1', 'y_2'),
      entries: fc.array(entry, { minLength: 1, maxLength: 3 }),
      style,
      gap: fc.constantFrom('', '\n', '# about the next\n', '    # deep\n\n'),
    }),
    { selector: ({ key }) => key },
  )
  fc.assert(
    fc.property(charts, (all) => {
      const shown = all.map(({ key, entries, style: name, gap }) => {
        const listed = name === 'quoted' ? entries[0] : entries
        return `${indented(STYLES[name](key, listed))}${gap}`
      })
      const meant = all.map(({ key, entries, style: name }) => [
        key,
        name === 'quoted' ? entries.slice(0, 1) : entries,
      ])
      const text = `apiVersion: v1\nentries:\n${shown.join('')}generated: "2024"\n`
      const json = JSON.stringify({ apiVersion: 'v1', entries: Object.fromEntries(meant) })
      expect(read(text)).toEqual(read(json))
    }),
    { numRuns: 300, seed: 11 },
  )
})

/** What the scan hands out, each chart as its lines. */
function handedOut(text: string): string[] | undefined {
  const texts: string[] = []
  const head = scanIndex(Buffer.from(text), {
    onChart: () => undefined,
    onWarning: () => undefined,
    readChart: (chart) => {
      texts.push(chart)
      return { key: String(texts.length), entries: [], warnings: [] }
    },
  })
  return head && texts
}

test('of an index only the charts that are written otherwise are handed out', () => {
  const good = '  good:\n  - name: good\n    version: 1.0.0\n    urls: []\n'
  const odd = '  odd: [{name: odd,\n    version: 1.0.0}]\n'
  const tag =
    '  tag:\n    - !!map\n      name: tag\n      # deep\n# shallow\n\n      version: 1.0.0\n'
  const text = `apiVersion: v1\nentries:\n${good}${odd}${good.replaceAll('good', 'fine')}${tag}`
  expect(handedOut(text)).toEqual([odd, tag])
  expect(handedOut(`${text}generated: "2024"\n`)).toEqual([odd, tag])
})

test.each([
  ['brackets that close less deep', '  a: [\n]\n  b: []\n', { a: [], b: [] }],
  ['a text that ends less deep', '  a:\n  - {name: a, version: "1.0.\n0"}\n', { a: [] }],
  [
    'an anchor that another chart means',
    '  a:\n  - &a {name: a, version: 1.0.0}\n  b: [*a]\n',
    { a: ['1.0.0'], b: ['1.0.0'] },
  ],
])('%s leave the whole index to the general reader', (_what, entries, wanted) => {
  const text = `apiVersion: v1\nentries:\n${entries}`
  expect(versions(text)).toEqual(wanted)
})

test('a chart that is there twice is refused, however it is written', () => {
  const text = 'apiVersion: v1\nentries:\n  a: [{name: a, version: 1.0.0}]\n  a: []\n'
  expect(failure(text)).toBe('INDEX_INVALID line 4: key "a" already set in map')
})
