import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeHead } from '../../../src/manifest/read-head.ts'
import { scanHead } from '../../../src/manifest/scan-head.ts'

const DEPLOYMENT = `# Made by hand.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the name
  labels:
    app: "web"
  annotations:
    helm.sh/hook: pre-install
    example.com/version: 0.93.0
    example.com/issuer: 01dev-letsencrypt
    example.com/path: /metrics
    "helm.sh/hook-weight": "-5"
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: web
        image: nginx:1.25
        args: ["--x"]
        command:
          - --log-level=info
          - http://example.com/a?b=c
        env: []
      notes:
        text: |
          one

            two
        folded: >-
          three
        list:
        - |
          four
        - five
        plain: goes on
          with:colons

          and more
        quoted: 'it''s
          long'
        double: "a\\n\\"b\\"

          c"
        low: "d
     e \\
       f\\ \\x41\\u00e9\\U0001f310"
        face: "🌐"
        shifted: |2-
            g

          h
        deeper: >+1

           i
        least: -1
        most: -1.5
        numbers: [48, -1.5, _a, "b"]
        empty:
          {}
        path: .spec.name
        pattern: ^a
        address: :8080
        digest: 17586c40626a5a9feffebf7d0ab43b56a309715dfae2c89dbb468f82a0c07276
        words: [a, 'b', "c" ]
        names: {kind: Thing, plural: "things", y: 'no' }
        on: first
        one: some text, with:colons and#marks
        two: 12
        three: "quoted"
        four: []
        # A comment.
        null_: five
      last: goes on
        here
data:
  n: "1"
  first: a
  second: b
`

test('the head of an ordinary object is found without decoding it', () => {
  expect(scanHead(DEPLOYMENT)).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'web',
    annotations: new Map([
      ['helm.sh/hook', 'pre-install'],
      ['example.com/version', '0.93.0'],
      ['example.com/issuer', '01dev-letsencrypt'],
      ['example.com/path', '/metrics'],
      ['helm.sh/hook-weight', '-5'],
    ]),
  })
})

const LEFT = [
  { what: 'a map in a map in flow style', text: 'a: {b: {c: d}}' },
  { what: 'a null as key', text: 'a:\n  null: b' },
  { what: 'a null as key in flow style', text: 'a: {null: b}' },
  { what: 'a null as key behind other keys', text: 'a:\n  b: c\n  d: e\n  Null: f' },
  { what: 'a wrong indent behind other keys', text: 'a:\n  b: c\n  d: e\n   f: g' },
  { what: 'a key further left behind other keys', text: 'a:\n  b: c\n  d: e\n f: g' },
  { what: 'an annotation that is true', text: 'metadata:\n  annotations:\n    on: a' },
  { what: 'a colon in a value behind other keys', text: 'a:\n  b: c\n  d: e\n  f: g: h' },
  { what: 'a list in a list in flow style', text: 'a: [[b]]' },
  { what: 'an item that is a map in flow style', text: 'a: [b: c]' },
  { what: 'a number as name', text: 'kind: A\nmetadata:\n  name: 7' },
  { what: 'a list', text: '- kind: A' },
  { what: 'metadata that is a list', text: 'metadata:\n- a' },
  { what: 'a field that comes again', text: 'kind: A\nkind: B' },
  { what: 'a field in another case', text: 'Kind: A' },
  { what: 'a kind over two lines', text: 'kind: b\n  c' },
  { what: 'a quoted kind over two lines', text: 'kind: "b\n  c"' },
  { what: 'a key in a value over two lines', text: 'a: b\n  c\n  d: e' },
  { what: 'a comment in a value over two lines', text: 'a: b\n  c # d\n  e' },
  { what: 'a quoted text that goes on behind a mark', text: 'a: "b\n--- c"' },
  { what: 'half a character', text: 'a: \ud83c' },
  { what: 'an escape of half a character', text: 'a: "\\ud83c"' },
  { what: 'an escape beyond Unicode', text: 'a: "\\U00110000"' },
  { what: 'a block that is indented less than it says', text: 'a: |4\n  b' },
  { what: 'a block whose header says something else', text: 'a: |22\n  b' },
  { what: 'an unknown escape', text: 'a: "\\q"' },
  { what: 'an escape of JSON alone', text: 'a: "\\/"' },
  { what: 'infinity', text: 'a: .inf' },
  { what: 'an anchor', text: 'a: &b c' },
  { what: 'a tab', text: 'a:\tb' },
  { what: 'a second root', text: '  a: b\nc: d' },
  { what: 'a wrong indent', text: 'a: b\n  c: d' },
  { what: 'an annotation without a value', text: 'metadata:\n  annotations:\n    a:' },
  { what: 'a merge key', text: '<<: a' },
  { what: 'a number beyond floats', text: 'a: 1e400' },
  { what: 'a negative number beyond floats', text: 'a: -1e400' },
  { what: 'a number of many digits', text: `a: ${'9'.repeat(400)}` },
]

test.each(LEFT)('$what is left to the decoder', ({ text }) => {
  expect(scanHead(text)).toBeUndefined()
})

test.each(LEFT)('$what is left to the decoder behind many lines', ({ text }) => {
  // From then on lines are read by patterns.
  scanHead('a:\n  b: c\n'.repeat(200))
  expect(scanHead(text)).toBeUndefined()
})

// Pieces that make mistakes, and values of all kinds, put anywhere into a document.
const piece = fc.constantFrom(
  ...['\n', ' ', '  ', '\n  ', '\n    ', '- ', '\n- ', ':', ': ', '#', ' # c', '"', "'", '|', '>-'],
  ...[
    '{}',
    '[',
    '&a ',
    '*a',
    '!t ',
    '?',
    '%',
    '@',
    '\t',
    '~',
    '1',
    '1e999',
    'true',
    'é',
    ',',
    '\\',
  ],
  ...[
    '|2\n',
    '>1-',
    '\\ ',
    '\\x4',
    '0.1.2',
    '1_0m',
    '-2',
    '\ud83c',
    '🌐',
    '\n---',
    'kind: B',
    'Kind: B\n',
    'metadata:\n',
    '|\n    text\n',
    '<<: x\n',
    'no: x\n',
    '1: x\n',
    '.inf',
  ],
)
const change = fc.record({
  at: fc.nat(DEPLOYMENT.length),
  cut: fc.constantFrom(0, 0, 1, 2, 5, 20),
  piece,
})

test('whatever is found is what decoding gives', () => {
  let found = 0
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      let text = DEPLOYMENT
      for (const { at, cut, piece: added } of changes) {
        text = text.slice(0, at) + added + text.slice(at + cut)
      }
      const document = text.trim()
      const head = scanHead(document)
      if (head === undefined) return
      found++
      expect(head).toEqual(decodeHead(document))
    }),
    { numRuns: 2000 },
  )
  expect(found).toBeGreaterThan(100)
})
