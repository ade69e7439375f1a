import { assert, bigInt, double, property } from 'fast-check'
import { expect, test } from 'vitest'
import { fromBytes } from '../../../src/golang/bytes.ts'
import { sprint, sprintAll, sprintf, sprintln } from '../../../src/golang/format.ts'
import {
  GoError,
  GoInt,
  GoNil,
  GoStruct,
  int,
  int64,
  strings,
  type Value,
} from '../../../src/golang/value.ts'

const map = (entries: Record<string, Value>): Value => new Map(Object.entries(entries))

// Wanted values are what Helm 4.1.4 prints for `printf` with the same arguments.
test.each<[string, Value[], string]>([
  ['%d %5d|%-5d|%05d %+d', [int(1), int(-2), int(3), int(-4), int(5)], '1    -2|3    |-0004 +5'],
  [
    '%x %X %#x %o %#o %O %b',
    [int(255), int(255), int(255), int(8), int(8), int(8), int(5)],
    'ff FF 0xff 10 010 0o10 101',
  ],
  ['%c %q %U %#U', [int(65), int(65), int(128512), int(128512)], "A 'A' U+1F600 U+1F600 '😀'"],
  ['%f %.2f %e %g %G', [1.5, 2.675, 1e6, 1e21, 1e-7], '1.500000 2.67 1.000000e+06 1e+21 1E-07'],
  ['%.0f %.0f %.1f', [0.5, 1.5, 0.25], '0 2 0.2'],
  [
    '%6.2f|%-8.1f|%+.1e|%08.3f',
    [3.77159, 2.5, 12345.678, -1.5],
    '  3.77|2.5     |+1.2e+04|-001.500',
  ],
  ['%#g %#v %x', [1e6, 2, 1.5], '1.00000e+06 2 0x1.8p+00'],
  ['%s|%10s|%-4s|%.2s|%q', ['a', 'é', 'b', 'héllo', 'x"\n'], 'a|         é|b   |hé|"x\\"\\n"'],
  ['%x % X %#x', ['hi', 'hi', 'é'], '6869 68 69 0xc3a9'],
  ['%+q %#q', ['é😀', 'raw'], '"\\u00e9\\U0001f600" `raw`'],
  ['%q', [fromBytes(Buffer.from([0xff, 0x61]))], '"\\xffa"'],
  ['%t %v', [true, false], 'true false'],
  [
    '%v %+v %#v',
    [map({ b: int(1), a: null }), map({}), map({ a: int64(1), n: null })],
    'map[a:<nil> b:1] map[] map[string]interface {}{"a":1, "n":interface {}(nil)}',
  ],
  [
    '%v %#v %q',
    [[int(1), 'x', null], strings(['a']), strings(['a', 'b'])],
    '[1 x <nil>] []string{"a"} ["a" "b"]',
  ],
  [
    '%T %T %T %T %T %T',
    [int(1), int64(1), 1.5, 'a', map({}), null],
    'int int64 float64 string map[string]interface {} <nil>',
  ],
  ['%d', ['x'], '%!d(string=x)'],
  ['%s %s', [int(1), null], '%!s(int=1) %!s(<nil>)'],
  ['%d %d', [int(1)], '1 %!d(MISSING)'],
  ['%d', [int(1), 'x', null], '1%!(EXTRA string=x, <nil>)'],
  ['%[2]d %[1]d', [int(1), int(2)], '2 1'],
  ['%[3]d', [int(1), 2], '%!d(BADINDEX)'],
  ['%*d|%-*d|%.*f', [int(5), int(7), int(3), int(1), int(1), 2.55], '    7|1  |2.5'],
  ['%*d %.*f', ['x', int(1), 'x', 2], '%!(BADWIDTH)1 %!(BADPREC)2.000000'],
  ['100%% %', [], '100% %!(NOVERB)'],
  ['%!', [], '%!!(MISSING)'],
  ['%w', ['x'], '%!w(string=x)'],
])('printf %j', (format, args, want) => {
  expect(sprintf(format, ...args)).toBe(want)
})

// Wanted values are what Go 1.26 prints for values of these kinds.
test('structs, pointers, bytes and typed nils print as in Go', () => {
  const fields = new Map<string, Value>([
    ['Name', 'web'],
    ['Port', int(80)],
  ])
  const plain = new GoStruct({ name: 'v2.Thing' }, fields)
  const pointer = new GoStruct({ name: '*v2.Thing', kind: 'ptr' }, fields)
  const bytes = Uint8Array.of(104, 105)
  const stringer = new GoInt(3n, 'int', { name: 'x.Day', methods: { String: () => 'Wed' } })
  expect([
    sprintf('%v %+v %#v', plain, plain, plain),
    sprintf('%v %+v', pointer, pointer),
    sprintf('%v %s %x %#v', bytes, bytes, bytes, bytes),
    sprintf('%v', [bytes]),
    sprintf(
      '%v %v %v',
      new GoNil('map', { name: 'map[string]string' }),
      new GoNil('slice', { name: '[]int' }),
      new GoNil('ptr', { name: '*x.T' }),
    ),
    sprintf('%v %s %d %T', stringer, stringer, stringer, stringer),
  ]).toEqual([
    '{web 80} {Name:web Port:80} v2.Thing{Name:"web", Port:80}',
    '&{web 80} &{Name:web Port:80}',
    '[104 105] hi 6869 []byte{0x68, 0x69}',
    '[[104 105]]',
    'map[] [] <nil>',
    'Wed Wed 3 x.Day',
  ])
})

test('a method that fails shows in the text', () => {
  const broken = new GoStruct(
    {
      name: 'x.T',
      methods: {
        String: () => {
          throw new GoError('no')
        },
      },
    },
    new Map(),
  )
  expect(sprint(broken)).toBe('%!v(PANIC=String method: no)')
})

test('print puts blanks between what is no string, println between all', () => {
  expect(sprintAll(['a', 'b', int(1), int(2), 'c', true])).toBe('ab1 2ctrue')
  expect(sprintln(['a', int(1)])).toBe('a 1\n')
})

test.each([
  [1, '1'],
  [-0, '-0'],
  [0.1, '0.1'],
  [100_000, '100000'],
  [1_000_000, '1e+06'],
  [123_456_789, '1.23456789e+08'],
  [0.0001, '0.0001'],
  [0.000_01, '1e-05'],
  [Number.NaN, 'NaN'],
  [Infinity, '+Inf'],
])('the float %d prints as %s', (value, want) => {
  expect(sprint(value)).toBe(want)
})

test('floats and integers read back from what they print', () => {
  assert(
    property(double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(sprint(value))).toBe(value)
      expect(Number(sprintf('%.17e', value))).toBe(value)
    }),
  )
  assert(
    property(bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (value) => {
      expect(BigInt(sprintf('%d', int64(value)))).toBe(value)
    }),
  )
})

test('the bytes of a large file are printed as numbers, however many they are', () => {
  const file = new Uint8Array(3_000_000).fill(65)
  const text = sprint(new Map<string, Value>([['big.txt', file]]))
  expect(text.slice(0, 20)).toBe('map[big.txt:[65 65 6')
  expect(text).toHaveLength('map[big.txt:[]]'.length + 3_000_000 * 3 - 1)
  expect(sprintf('%3v', Uint8Array.of(7))).toBe('[  7]')
})
