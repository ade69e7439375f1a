import fc from 'fast-check'
import { expect, test } from 'vitest'
import { composeYaml } from '../../../src/encoding/yaml-compose.ts'
import { constructYaml, type ConstructOptions } from '../../../src/encoding/yaml-construct.ts'
import { isSimpleText } from '../../../src/encoding/yaml-reader.ts'
import { decodeSimpleYaml } from '../../../src/encoding/yaml-simple.ts'

/* The short way through YAML gives what the general reader gives, or nothing. */

const HELM: ConstructOptions = {
  dialect: 'helm',
  onDuplicateKey: undefined,
  keepIntegers: false,
  isJson: false,
}
const CORE: ConstructOptions = { ...HELM, dialect: 'core', keepIntegers: true, isJson: true }

/** A long text is read by patterns for whole lines, which a short one is not worth. */
const LONG_COMMENT = `\n#${'x'.repeat(2000)}`

function decodeWhole(text: string, options: ConstructOptions) {
  const root = composeYaml(text, { dialect: options.dialect, line: 0 })
  return root === undefined ? null : constructYaml(root, options)
}

test.each([
  ['{}', new Map()],
  ['{} # nothing\n', new Map()],
  ['[a, {b: "c"}]\n\n', ['a', new Map([['b', 'c']])]],
  ['---', null],
  ['a: :80\nb:\n- ::/0\n', new Map<string, unknown>([['a', ':80'], ['b', ['::/0']]])], // prettier-ignore
  ['---\n{a: b}\n---\nc: d\n', new Map([['a', 'b']])],
  ['a: &x b\nc: *x\nd:\n- *x\n', new Map<string, unknown>([['a', 'b'], ['c', 'b'], ['d', ['b']]])], // prettier-ignore
  ['a: &x "b"\nc: &x d\n  e\nf: *x # g\n', new Map([['a', 'b'], ['c', 'd e'], ['f', 'd e']])], // prettier-ignore
])('%j is read the short way', (text, want) => {
  expect(decodeSimpleYaml(`${text}\0`, HELM)).toEqual(want)
  expect(decodeSimpleYaml(`${text}${LONG_COMMENT}\0`, HELM)).toEqual(want)
  expect(decodeWhole(text, HELM)).toEqual(want)
})

test.each([
  '{}\na',
  '{}: a',
  '{a: b}\n{}',
  'a: *x',
  'a: &x\n  b: c\nd: *x',
  'a: &x {}\nb: *x',
  '*x',
])('%j is left to the general reader', (text) => {
  expect(decodeSimpleYaml(`${text}\0`, HELM)).toBeUndefined()
  expect(decodeSimpleYaml(`${text}${LONG_COMMENT}\0`, HELM)).toBeUndefined()
})

const piece = fc.constantFrom(
  ...[
    ':8',
    '::/0',
    ':',
    'a: ',
    'b: ',
    '- ',
    '  ',
    '\n',
    '\n',
    '\n  ',
    ': ',
    ', ',
    '{',
    '}',
    '? ',
    '- - ',
    '<<: ',
  ],
  ...['&x ', '&y ', '*x', '*y', ' *x', '&x', '& ', '* ', '&x-1 v', ' *x-1', '!!str '],
  ...['{}', '[]', '{a: 1}', '[1, b]', '"q"', "'s'", 'text', 'null', '1', '1e3', '~', 'yes'],
  ...['---', '---\n', '...', '\n---\n', '#c', ' # c', '|\n  t'],
)

test('what is read the short way is what the general reader gives', () => {
  let found = 0
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 14 }),
      fc.constantFrom(HELM, CORE),
      fc.constantFrom('', LONG_COMMENT),
      (pieces, options, end) => {
        const text = pieces.join('') + end
        const value = isSimpleText(text) ? decodeSimpleYaml(`${text}\0`, options) : undefined
        if (value === undefined) return
        found++
        expect(value).toEqual(decodeWhole(text, options))
      },
    ),
    { numRuns: 5000 },
  )
  expect(found).toBeGreaterThan(300)
})
