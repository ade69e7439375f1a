import { describe, expect, test } from 'vitest'
import { decodeYaml, decodeYamlPlain } from '../../../src/encoding/yaml-decode.ts'
import { YamlError } from '../../../src/encoding/yaml-error.ts'
import { fromBytes } from '../../../src/golang/bytes.ts'

const nested = [
  { style: 'brackets', of: (depth: number) => '['.repeat(depth) + ']'.repeat(depth) },
  { style: 'braces', of: (depth: number) => '{a: '.repeat(depth) + '}'.repeat(depth) },
  { style: 'dashes', of: (depth: number) => `${'- '.repeat(depth)}a\n` },
  {
    style: 'maps',
    of: (depth: number) =>
      Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:\n`).join(''),
  },
  { style: 'anchored brackets', of: (depth: number) => '&a ['.repeat(depth) + ']'.repeat(depth) },
]

describe.each(nested)('nested $style', ({ of }) => {
  test('go 1,000 deep, also from inside 5,000 stack frames', () => {
    expect(below(5000, () => depthOf(of(1000)))).toBe(1000)
  })

  test('are refused from 1,001 on with their place', () => {
    const error = below(5000, () => errorOf(of(1001)))
    expect(error.problem).toBe('exceeded max depth of 1000')
    expect(error.line * error.column).toBeGreaterThan(1000)
  })
})

test('aliases cannot nest deeper than a text could', () => {
  const level = (name: string, inner: string) => `${name}: &${name} ${inner}\n`
  const deep = (inner: string) => '['.repeat(600) + inner + ']'.repeat(600)
  expect(errorOf(level('a', deep('1')) + level('b', deep('*a'))).problem).toBe(
    'exceeded max depth of 1000',
  )
})

// Texts and verdicts: Helm 4.1.4.
test.each([
  { name: 'an alias bomb', text: bomb(9, 9), message: 'document contains excessive aliasing' },
  {
    name: 'a bomb in a key',
    text: `${bomb(7, 9)}? *l7
: 1
`,
    message: 'document contains excessive aliasing',
  },
  { name: 'a list in itself', text: 'a: &x [*x]\n', message: "anchor 'x' value contains itself" },
  {
    name: 'a map merged into itself',
    text: 'a: &x {<<: *x}\n',
    message: "anchor 'x' value contains itself",
  },
  {
    name: 'a key in itself',
    text: '? &x [*x]\n: 1\n',
    message: "anchor 'x' value contains itself",
  },
  { name: 'NUL', text: 'a: \0\n', message: 'control characters are not allowed' },
  { name: 'DEL', text: 'a: \x7f\n', message: 'control characters are not allowed' },
  { name: 'a C1 character', text: 'a: \x80\n', message: 'control characters are not allowed' },
  { name: 'a lone trailing byte', text: bytes([0x80]), message: 'invalid leading UTF-8 octet' },
  {
    name: 'a broken character',
    text: bytes([0xe9, 0x62, 0x0a]),
    message: 'invalid trailing UTF-8 octet',
  },
  {
    name: 'a cut character',
    text: bytes([0xe2, 0x82]),
    message: 'incomplete UTF-8 octet sequence',
  },
  {
    name: 'a coded surrogate',
    text: bytes([0xed, 0xa0, 0x80]),
    message: 'invalid Unicode character',
  },
  {
    name: 'an overlong form',
    text: bytes([0xc0, 0x80]),
    message: 'invalid length of a UTF-8 sequence',
  },
])('$name is refused', ({ text, message }) => {
  const error = errorOf(text)
  expect(error.message).toBe(`yaml: ${message}`)
  expect(error.line).toBeGreaterThan(0)
})

test('what stands behind the first document and its 512 bytes is not read', () => {
  expect(decodeYamlPlain(`a: 1\n---\n${'#'.repeat(1024)}\n\0`)).toEqual({ a: 1 })
})

test('100,000 aliases of one scalar are read', () => {
  const value = decodeYaml(`- &a x\n${'- *a\n'.repeat(100_000)}`)
  expect(value).toHaveLength(100_001)
})

test('a million comments and 100,000 keys are read in one go', () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `k${index}: ${index}\n`).join('')
  expect(decodeYaml('# c\n'.repeat(1_000_000) + keys)).toHaveProperty('size', 100_000)
})

function bomb(levels: number, width: number): string {
  let text = 'l0: &l0 [x]\n'
  for (let level = 1; level <= levels; level++) {
    const aliases = Array.from({ length: width }, () => `*l${level - 1}`).join(',')
    text += `l${level}: &l${level} [${aliases}]\n`
  }
  return text
}

function bytes(values: number[]): string {
  return `a: ${fromBytes(Uint8Array.from(values))}`
}

function depthOf(text: string): number {
  let depth = 0
  let value: unknown = decodeYaml(text)
  while (Array.isArray(value) || value instanceof Map) {
    depth++
    value = Array.isArray(value) ? value[0] : value.get('a')
  }
  return depth
}

/** Runs the function below that many stack frames. */
function below<T>(frames: number, run: () => T): T {
  return frames === 0 ? run() : below(frames - 1, run)
}

function errorOf(text: string): YamlError {
  try {
    decodeYaml(text)
  } catch (error) {
    if (error instanceof YamlError) return error
    throw error
  }
  throw new Error('the text was read')
}
