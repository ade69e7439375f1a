import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flowEnd } from '../../../src/manifest/scan-flow.ts'

// What a list and a map on one line are, as patterns.
const ITEM = String.raw`(?:"[^"\\\n]*"|'[^'\n]*'|[A-Za-z_][\w./-]*|-?\d{1,15}(?:\.\d{1,15})?)`
const PAIR = String.raw`(?![Nn][Uu][Ll][Ll]:)[A-Za-z_][\w./-]{0,400}: +${ITEM}`
const LIST = new RegExp(String.raw`\[ *(?:${ITEM}(?: *, *${ITEM})* *)?\]`, 'y')
const MAP = new RegExp(String.raw`\{ *(?:${PAIR}(?: *, *${PAIR})* *)?\}`, 'y')

const piece = fc.constantFrom(
  ...[' ', '  ', ',', ', ', ':', ': ', '[', ']', '{', '}', '\n', '\\', '"', "'", '-', '.', '/'],
  ...[
    'a',
    '_b',
    'c.d/e-f',
    'null',
    'Null: ',
    'nulls: ',
    'k: ',
    'k:  ',
    '1',
    '-2',
    '3.4',
    '5.',
    '.6',
  ],
  ...['"q"', "'s'", '"a\\b"', "'a\\b'", '"é"', '1234567890123456', '0.1234567890123456', 'é'],
  ...[`${'k'.repeat(401)}: `, `${'k'.repeat(402)}: `],
)

test('flat lists and maps end where the patterns say', () => {
  let found = 0
  fc.assert(
    fc.property(
      fc.constantFrom('[', '{'),
      fc.array(piece, { maxLength: 7 }),
      fc.constantFrom('', ']', '}', ' ]', ' }'),
      (open, pieces, close) => {
        const text = `x${open}${pieces.join('')}${close}`
        const pattern = open === '[' ? LIST : MAP
        pattern.lastIndex = 1
        const want = pattern.test(text) ? pattern.lastIndex : -1
        expect(flowEnd(text, 1)).toBe(want)
        if (want >= 0) found++
      },
    ),
    { numRuns: 8000 },
  )
  expect(found).toBeGreaterThan(300)
})
