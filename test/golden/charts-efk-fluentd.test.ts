import { describe, expect, test } from 'vitest'
import { addOn } from '../add-ons/efk.ts'
import { fluentdComplaints } from '../support/fluentd-check.ts'
import { parseFluentd } from '../support/fluentd-parser.ts'
import { at, textOf } from '../support/gates.ts'
import { pairwise } from '../support/pairwise.ts'
import { renderOnce } from '../support/render-add-on.ts'

const TAIL = `<source>
  @type tail
  path /var/log/a.log
  pos_file /var/log/a.pos
  tag a
  <parse>
    @type regexp
    expression /^(?<log>.*)$/
  </parse>
</source>
<match **>
  @type stdout
</match>
`

/** What fluentd 1.16.11 said to each with --dry-run. */
describe('configurations that fluentd refuses', () => {
  test.each([
    [TAIL.replace('<match **>\n', '<match **\n').replace('<source>\n', '\n\n<source>\n'), "expected '>' at line 14,2"],
    [
      '<filter **>\n  @type grep\n</filter>\n<source>\n  @type tail\n  <parse>\n  </filter>\n</source>\n',
      'unmatched end tag at line 7,12',
    ],
    [
      '<match **>\n  @type stdout\n',
      "expected end tag '</match>' but got end of file at line 2,15",
    ],
    [
      '<match **>\n  @type "stdout\n</match>\n',
      'unexpected end of file in a double quoted string at line 3,9',
    ],
  ])('by their grammar: %j', (text, message) => {
    expect(() => parseFluentd(text)).toThrow(new Error(message))
  })

  test.each([
    [TAIL.replace('stdout', 'stdoot'), "Unknown output plugin 'stdoot'"],
    [TAIL.replace('  @type tail\n', ''), "Missing '@type' parameter on <source> directive"],
    [TAIL.replace('  tag a\n', ''), "'tag' parameter is required"],
    [TAIL.replace(/ {2}<parse>[\s\S]*<\/parse>\n/, ''), '<parse> section is required.'],
    [
      TAIL.replace('(?<log>.*)', '.*'),
      "No named captures in 'expression' parameter. The regexp must have at least one named capture",
    ],
    [
      TAIL.replace('@type stdout', '@type forward\n<buffer>\n@type file\npath /b\n</buffer>'),
      'forward output plugin requires at least one node is required. Add <server>',
    ],
    [TAIL.replace('  tag a\n', '  tag a\n  @label @NOPE\n'), '@NOPE label not found'],
    [TAIL.replace('@type regexp', '@type multi_formt'), "Unknown parser plugin 'multi_formt'"],
  ])('by what plugins need: %j', (text, message) => {
    expect(fluentdComplaints(parseFluentd(text))).toEqual([message])
  })

  test('an unbalanced pattern', () => {
    const text = TAIL.replace('(?<log>.*)', '(?<log>.*))')
    expect(fluentdComplaints(parseFluentd(text))).toEqual([
      expect.stringContaining('Unmatched'),
    ])
  })

  test('code of Ruby whose brackets are in no pairs', () => {
    expect(() => parseFluentd(`<match **>\n  x "#{ENV['X'}"\n</match>\n`)).toThrow(
      "unexpected '}' in embedded code at line 2,",
    )
  })
})

test.each([
  [TAIL.replace('pos_file', 'pos_fil'), 'tail knows no parameter pos_fil'],
  [
    TAIL.replace(
      '@type stdout',
      '@type stdout\n<buffer>\n@type file\npath /b\nchunk_limit_size many\n</buffer>',
    ),
    'chunk_limit_size many is no size',
  ],
  [
    TAIL.replace(
      '@type stdout',
      '@type stdout\n<buffer>\n@type file\npath /b\nflush_interval soon\n</buffer>',
    ),
    'flush_interval soon is no time',
  ],
])('what fluentd lets pass is found: %#', (text, message) => {
  expect(fluentdComplaints(parseFluentd(text))).toEqual([message])
})

test.each([
  ['a b c # no more', 'b c'],
  ["a 'b # c'", 'b # c'],
  ['a "b\\tc"', 'b\tc'],
  [`a "#{ENV['X']}"`, "#{ENV['X']}"],
  ['a ["b",\n  "c"]', '["b",\n  "c"]'],
  ['a {"b": {"c": 1}} # d', '{"b": {"c": 1}}'],
  ['a', ''],
  ['a b#c', 'b#c'],
])('parameter %j', (line, value) => {
  expect(parseFluentd(`<match **>\n  ${line}\n</match>\n`).elements[0]?.parameters).toEqual(
    new Map([['a', value]]),
  )
})

describe('every configuration that the chart renders for fluentd', () => {
  const { parser = [], multiline = [], sources = [], excluded = [], sinks = [] } = addOn.switches
  const stores = addOn.switches['store']?.filter((each) => /external|none/.test(each)) ?? []
  const rows = pairwise({
    collector: ['fluentd,collector.topology=direct', 'fluentd,collector.topology=aggregated'],
    store: stores,
    parser,
    multiline,
    sources,
    excluded,
    sinks,
  }).map(({ collector = '', ...row }) => ({
    set: [`collector.kind=${collector}`, 'tls.mode=secret,tls.secret=mine', ...Object.values(row)],
  }))

  test.each(rows)('$set', async ({ set }) => {
    const { objects } = await renderOnce('efk', { set: set.filter(Boolean) })
    const texts = objects.flatMap((object) => at(object, 'data', 'fluent.conf') ?? [])
    expect(texts.length).toBe(set[0]?.endsWith('aggregated') === true ? 2 : 1)
    expect(texts.flatMap((text) => fluentdComplaints(parseFluentd(textOf(text))))).toEqual([])
  })
})
