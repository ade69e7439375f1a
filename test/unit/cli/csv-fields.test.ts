import { expect, test } from 'vitest'
import { csvFields } from '../../../src/cli/csv-fields.ts'

// Wanted: what Helm 4.1.4 makes of the same values of -f.
test.each<[text: string, want: string[]]>([
  ['', []],
  ['a.yaml', ['a.yaml']],
  ['a.yaml,,b.yaml,', ['a.yaml', '', 'b.yaml', '']],
  ['""', ['']],
  ['"a,b.yaml",c.yaml', ['a,b.yaml', 'c.yaml']],
  ['c.yaml,"a""b,c"', ['c.yaml', 'a"b,c']],
  ['\n\r\na.yaml\r\nb.yaml', ['a.yaml']],
  ['a.yaml\r', ['a.yaml']],
  ['"a\nb",c', ['a\nb', 'c']],
])('%j', (text, want) => {
  expect(csvFields(text)).toEqual(want)
})

test.each([
  ['"two.yaml', 'parse error on line 1, column 10: extraneous or missing " in quoted-field'],
  ['"two.yaml"b', 'parse error on line 1, column 10: extraneous or missing " in quoted-field'],
  ['two.yaml,"ü', 'parse error on line 1, column 13: extraneous or missing " in quoted-field'],
  ['q"x.yaml', 'parse error on line 1, column 2: bare " in non-quoted-field'],
  ['ü"', 'parse error on line 1, column 3: bare " in non-quoted-field'],
  ['a, "b"', 'parse error on line 1, column 4: bare " in non-quoted-field'],
  [
    '\n"a\nb',
    'record on line 2; parse error on line 3, column 2: extraneous or missing " in quoted-field',
  ],
  [
    '"a\nb"c',
    'record on line 1; parse error on line 2, column 2: extraneous or missing " in quoted-field',
  ],
  ['"a\n', 'parse error on line 1, column 4: extraneous or missing " in quoted-field'],
  ['\n', 'EOF'],
])('%j is refused', (text, want) => {
  expect(() => csvFields(text)).toThrow(new RangeError(want))
})
