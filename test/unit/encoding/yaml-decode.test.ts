import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DecodeYamlOptions } from '../../../src/encoding/yaml-decode.ts'
import {
  decodeYaml,
  decodeYamlDocuments,
  decodeYamlMap,
  decodeYamlPlain,
  splitYamlDocuments,
} from '../../../src/encoding/yaml-decode.ts'
import { YamlError } from '../../../src/encoding/yaml-error.ts'
import { GoInt, int64 } from '../../../src/golang/value.ts'

describe('the helm dialect', () => {
  test('an empty text is nil, and an empty map where a map is wanted', () => {
    expect(decodeYaml('# nothing\n')).toBeNull()
    expect(decodeYamlMap('')).toEqual(new Map())
  })

  test('what is no map is refused in the words of Go', () => {
    expect(messageOf(() => decodeYamlMap('- a\n'))).toBe(
      'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    )
  })

  test('equal keys are reported with both places and that of the value, and the last one counts', () => {
    const reports: unknown[] = []
    const onDuplicateKey: DecodeYamlOptions['onDuplicateKey'] = (...report) => reports.push(report)
    const value = decodeYaml('a: 1\nb:\n  c: 1\n  "c": 2\na: 3\n', { onDuplicateKey })
    expect(value).toEqual(
      new Map<string, unknown>([
        ['a', 3],
        ['b', new Map([['c', 2]])],
      ]),
    )
    expect(reports).toEqual([
      ['c', { line: 3, column: 3 }, { line: 4, column: 3 }, { line: 4, column: 8 }],
      ['a', { line: 1, column: 1 }, { line: 5, column: 1 }, { line: 5, column: 4 }],
    ])
  })

  test('a merged key that is set again is not reported', () => {
    const reports: unknown[] = []
    decodeYaml('x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n', {
      onDuplicateKey: (key) => reports.push(key),
    })
    expect(reports).toEqual([])
  })
})

test('integers can be kept apart from floats, as a decoder of structs needs them', () => {
  const text = 'a: 1\nb: 1.0\nc: 0x10\nd: 18446744073709551615\ne: &x 2\n'
  const wanted = Object.entries({
    a: int64(1),
    b: 1,
    c: int64(16),
    d: new GoInt(18446744073709551615n, 'uint64'),
    e: int64(2),
  })
  expect(decodeYaml(text, { keepIntegers: true })).toEqual(new Map(wanted))
})

describe('the core dialect', () => {
  // YAML 1.2.2, section 10.3.2; the rest is this project's own rule for typed values.
  test.each([
    { text: 'yes', value: 'yes' },
    { text: 'off', value: 'off' },
    { text: 'True', value: true },
    { text: '~', value: null },
    { text: '', value: null },
    { text: '0o17', value: 15 },
    { text: '0777', value: 777 },
    { text: '0x1F', value: 31 },
    { text: '+12', value: 12 },
    { text: '0b11', value: '0b11' },
    { text: '1_000', value: '1_000' },
    { text: '1e3', value: 1000 },
    { text: '.5', value: 0.5 },
    { text: '190:20:30', value: '190:20:30' },
    { text: '9007199254740991', value: 9007199254740991 },
    { text: '9007199254740993', value: int64(9007199254740993n) },
    { text: '-9223372036854775808', value: int64(-9223372036854775808n) },
    { text: '9223372036854775808', value: 9223372036854775808 },
    { text: '"1"', value: '1' },
    { text: '!!str 1', value: '1' },
  ])('$text is $value', ({ text, value }) => {
    expect(decodeYaml(`v: ${text}\n`, { dialect: 'core' })).toEqual(new Map([['v', value]]))
    expect(decodeYaml(`v: &a ${text}\n`, { dialect: 'core' })).toEqual(new Map([['v', value]]))
  })

  test('keys stay as they are written', () => {
    const text = 'yes: 1\n0x10: 2\n1.50: 3\nnull: 4\n'
    const keys = ['yes', '0x10', '1.50', 'null']
    expect([...(decodeYaml(text, { dialect: 'core' }) as Map<string, unknown>).keys()]).toEqual(
      keys,
    )
  })

  test.each([
    {
      text: 'a: 1\nb: 2\na: 3\n',
      message: 'yaml: line 3: key "a" is already set on line 1',
      at: [3, 1],
    },
    {
      text: 'a: {b: 1, b: 2}\n',
      message: 'yaml: line 1: key "b" is already set on line 1',
      at: [1, 11],
    },
    {
      text: 'a:\n  - .inf\n',
      message: 'yaml: line 2: ".inf" is not a number that JSON can hold',
      at: [2, 5],
    },
    { text: 'a: 1\nb: x\u0007\n', message: 'yaml: control characters are not allowed', at: [2, 5] },
  ])('$text is refused: $message', ({ text, message, at }) => {
    const error = errorOf(() => decodeYaml(text, { dialect: 'core', file: 'values.yaml' }))
    expect([error.message, error.line, error.column, error.file]).toEqual([
      message,
      ...at,
      'values.yaml',
    ])
  })

  test('keys of the map itself win over merged ones', () => {
    const text = 'x: &x {a: 1, b: 1}\ny:\n  a: 2\n  <<: *x\n'
    const y = (decodeYaml(text, { dialect: 'core' }) as Map<string, unknown>).get('y')
    expect(y).toEqual(new Map(Object.entries({ a: 2, b: 1 })))
  })
})

describe('plain JSON', () => {
  test.each(['{__proto__: {a: 1}, constructor: b}\n', '__proto__: &x\n  a: 1\nconstructor: b\n'])(
    'keys with a meaning in JavaScript are data in %j',
    (text) => {
      const value = decodeYamlPlain(text) as Record<string, unknown>
      expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
      expect(Object.getPrototypeOf(value)).toBeNull()
      expect(Object.hasOwn(value, '__proto__')).toBe(true)
      expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1},"constructor":"b"}')
    },
  )
})

describe('documents', () => {
  // Wanted values: what YAMLReader of k8s.io/apimachinery v0.35.1 gives.
  test.each([
    { text: 'a: 1\n---\nb: 2', documents: ['a: 1\n', 'b: 2\n'] },
    { text: '---\na: 1\r\n--- # next\nb: 2\n', documents: ['---\na: 1\n', 'b: 2\n'] },
    { text: 'a: |\n  ---\n', documents: ['a: |\n  ---\n'] },
    { text: '---\n---\n', documents: ['---\n'] },
    { text: '', documents: [] },
  ])('$text is split as Helm splits values files', ({ text, documents }) => {
    expect(splitYamlDocuments(text)).toEqual(documents)
  })

  test('a separator with more than a comment is refused', () => {
    const error = errorOf(() => splitYamlDocuments('a: 1\n--- foo\n'))
    expect([error.message, error.line]).toEqual(['invalid Yaml document separator: foo', 2])
  })

  test('all documents of a stream are decoded', () => {
    const text = '# head\n---\na: 1\n...\n--- [x]\n---\n--- |\n text\n'
    expect(decodeYamlDocuments(text)).toEqual([new Map([['a', 1]]), ['x'], null, 'text\n'])
  })

  test('an error in a later document has its line in the whole text', () => {
    const error = errorOf(() => decodeYamlDocuments('a: 1\n---\nb: [\n---\nc: 1\n'))
    expect([error.message, error.line]).toEqual([
      'yaml: line 3: did not find expected node content',
      4,
    ])
  })
})

describe('places of errors', () => {
  test.each([
    { text: 'a: b\nc\n', message: "yaml: line 3: could not find expected ':'", at: [2, 1] },
    { text: 'a:\n  "b\n', message: 'yaml: line 3: found unexpected end of stream', at: [2, 3] },
    {
      text: 'a: 1\n b: 2\n',
      message: 'yaml: line 2: mapping values are not allowed in this context',
      at: [2, 3],
    },
    {
      text: 'a: [b, c\nd: e\n',
      message: "yaml: line 1: did not find expected ',' or ']'",
      at: [2, 2],
    },
    { text: 'a: *x\n', message: "yaml: unknown anchor 'x' referenced", at: [1, 4] },
  ])('$text is refused at its true place', ({ text, message, at }) => {
    const error = errorOf(() => decodeYaml(text))
    expect([error.message, error.line, error.column]).toEqual([message, ...at])
  })
})

describe('any text', () => {
  const words = ['a', ': ', ':', '- ', '\n', '\n  ', ' ', '[', ']', '{', '}', ', ', '"', "'", '#']
  const odd = [
    '| ',
    '>',
    '&x ',
    '*x',
    '!!str ',
    '---\n',
    '...',
    '? ',
    '\t',
    '\r\n',
    '1',
    'yes',
    '\\',
    '~',
  ]
  const texts = array(constantFrom(...words, ...odd), { maxLength: 30 })

  test('is read, or refused with a YamlError that has a place in it', () => {
    assert(
      property(texts, constantFrom('helm', 'core'), (parts, dialect) => {
        const text = parts.join('')
        const outcome = outcomeOf(text, { dialect })
        if (!(outcome instanceof YamlError)) return
        expect(outcome.line).toBeGreaterThan(0)
        expect(outcome.line).toBeLessThanOrEqual(text.split(/[\n\r]/).length + 1)
        expect(outcome.column).toBeGreaterThan(0)
      }),
    )
  })

  test('means the same when a carriage return sends it the long way', () => {
    assert(
      property(texts, (parts) => {
        const text = parts.join('').replaceAll('\r', '')
        expect(meaningOf(text)).toEqual(meaningOf(`#\r\n${text}`))
      }),
    )
  })
})

/** The value, or what is wrong without its place. */
function meaningOf(text: string): unknown {
  const outcome = outcomeOf(text, {})
  return outcome instanceof YamlError ? outcome.problem : outcome
}

function outcomeOf(text: string, options: DecodeYamlOptions): unknown {
  try {
    return decodeYaml(text, options)
  } catch (error) {
    if (error instanceof YamlError) return error
    throw error
  }
}

function messageOf(act: () => unknown): string {
  return errorOf(act).message
}

function errorOf(act: () => unknown): YamlError {
  try {
    act()
  } catch (error) {
    if (error instanceof YamlError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
