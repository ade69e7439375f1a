import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import Template from '../../src/commands/template.ts'
import { decodeYaml } from '../../src/encoding/yaml-decode.ts'
import { YamlError } from '../../src/encoding/yaml-error.ts'
import { oracle, runHelm } from '../support/oracle.ts'
import { runBuilt } from '../support/built-cli.ts'
import { runCli } from '../support/run-cli.ts'
import { processorTime } from '../support/processor-time.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubectl-pkg-yaml-'))
  mkdirSync(join(root, 'web/templates'), { recursive: true })
  writeFileSync(join(root, 'web/Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
  writeFileSync(join(root, 'web/templates/a.yaml'), 'json: {{ toJson .Values | b64enc }}\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Templates the chart with a values file; gives the values that templates saw, as JSON. */
async function values(text: string | Buffer) {
  const file = join(root, 'v.yaml')
  writeFileSync(file, text)
  const start = processorTime()
  const { code, stdout, stderr } = await runCli(Template, ['web', join(root, 'web'), '-f', file])
  expect(processorTime() - start).toBeLessThan(6000)
  return { code, json: jsonIn(stdout.toString()), stderr }
}

function jsonIn(output: string): string {
  return Buffer.from(/json: (\S+)/.exec(output)?.[1] ?? '', 'base64').toString()
}

const ACCEPTED: { what: string; text: string; json: string }[] = [
  { what: 'a key twice', text: 'a: 1\na: 2\n', json: '{"a":2}' },
  { what: 'a nested key twice', text: 'a:\n  b: 1\n  b: 2\n', json: '{"a":{"b":2}}' },
  { what: 'a mark at the start', text: '\uFEFFa: 1\n', json: '{"a":1}' },
  { what: 'lines of Windows', text: 'a: 1\r\nb: |\r\n  x\r\n', json: '{"a":1,"b":"x\\n"}' },
  {
    what: 'big integers',
    text: 'a: 123456789012345678901234567890\nb: 9007199254740993\nc: 18446744073709551615\n',
    json: '{"a":1.2345678901234568e+29,"b":9007199254740992,"c":18446744073709552000}',
  },
  {
    what: 'other bases',
    text: 'a: 010\nb: 0o10\nc: 0b11\nd: 1_000\n',
    json: '{"a":8,"b":8,"c":3,"d":1000}',
  },
  { what: 'words for true', text: 'a: yes\nb: y\nc: on\n', json: '{"a":true,"b":true,"c":true}' },
  { what: 'words for true as keys', text: 'y: 1\nn: 2\n', json: '{"false":2,"true":1}' },
  {
    what: 'times',
    text: 'a: 190:20:30\nb: 2001-01-01\n',
    json: '{"a":"190:20:30","b":"2001-01-01"}',
  },
  {
    what: 'merge keys',
    text: 'x: &x {a: 1}\nz:\n  <<: *x\n  b: 2\n',
    json: '{"x":{"a":1},"z":{"a":1,"b":2}}',
  },
  { what: 'nothing', text: '', json: '{}' },
  { what: 'comments alone', text: '# a\n# b\n', json: '{}' },
  {
    what: 'tags',
    text: 'a: !!str 1\nb: !!binary aGk=\nc: !foo x\n',
    json: '{"a":"1","b":"hi","c":"x"}',
  },
  {
    what: 'names of JavaScript',
    text: '__proto__: {a: 1}\nconstructor: 2\ntoString: 3\n',
    json: '{"__proto__":{"a":1},"constructor":2,"toString":3}',
  },
  {
    what: '100,000 aliases of one scalar',
    text: `a: &a 1\nb: [${'*a,'.repeat(100_000)}]\n`,
    json: `{"a":1,"b":[${Array(100_000).fill(1).join()}]}`,
  },
  { what: 'a million comments', text: '# c\n'.repeat(1_000_000) + 'a: 1\n', json: '{"a":1}' },
]

test.each(ACCEPTED)('$what is read as Helm reads it', async ({ text, json }) => {
  expect(await values(text)).toMatchObject({ code: 0, json })
})

test.runIf(oracle('helm') !== undefined)('the real Helm gives the values of the table', () => {
  const wrong: string[] = []
  for (const { what, text, json } of ACCEPTED) {
    const file = join(root, 'v.yaml')
    writeFileSync(file, text)
    const seen = jsonIn(runHelm(['template', 'web', join(root, 'web'), '-f', file]).stdout)
    if (seen !== json) wrong.push(`${what}: ${seen.slice(0, 200)}`)
  }
  expect(wrong).toEqual([])
})

function bomb(levels: number, width: number): string {
  const lines = ['a0: &a0 [x]']
  for (let level = 1; level <= levels; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(width)
        .fill(`*a${level - 1}`)
        .join()}]`,
    )
  }
  return `${lines.join('\n')}\n`
}

const REFUSED: { what: string; text: string | Buffer }[] = [
  { what: 'an alias bomb of 9^10', text: bomb(10, 9) },
  { what: 'an anchor that holds itself', text: 'a: &a [*a]\n' },
  { what: 'a map merged into itself', text: 'a: &a\n  <<: *a\n' },
  { what: 'NUL', text: 'a: "x\u0000"\n' },
  { what: 'a control character of C1', text: 'a: "x\u0081"\n' },
  { what: 'DEL', text: 'a: "x\u007f"\n' },
  { what: 'bad UTF-8', text: Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a]) },
  { what: 'a tab as indentation', text: 'a:\n\tb: 1\n' },
  { what: 'infinity', text: 'a: .inf\n' },
  { what: 'no number', text: 'a: .nan\n' },
  { what: 'a list as a key', text: '? [a]\n: 1\n' },
  { what: 'a list', text: '- a\n' },
  { what: 'a text', text: 'hello\n' },
]

test.each(REFUSED)('$what is refused with a place', async ({ text }) => {
  const { code, stderr } = await values(text)
  expect(code).toBe(6)
  expect(stderr).toMatch(/code: (VALUES_UNREADABLE|VALUES_REJECTED)/)
  expect(stderr).not.toMatch(/\n {4}at |RangeError/)
})

test.runIf(oracle('helm') !== undefined)('the real Helm refuses what the table says', () => {
  const wrong = REFUSED.filter(({ text }) => {
    const file = join(root, 'v.yaml')
    writeFileSync(file, text)
    return runHelm(['template', 'web', join(root, 'web'), '-f', file]).code === 0
  })
  expect(wrong.map(({ what }) => what)).toEqual([])
})

test('a chart’s own key that comes twice is warned of with its line', async () => {
  writeFileSync(join(root, 'web/values.yaml'), 'a: 1\nb:\n  c: 1\n  c: 2\na: 2\n')
  const { code, stderr } = await values('x: 1\n')
  expect(code).toBe(0)
  expect(stderr).toMatch(/values\.yaml:4: .*c/)
  expect(stderr).toMatch(/values\.yaml:5: .*a/)
})

const STYLES: { style: string; nest: (levels: number) => string }[] = [
  { style: 'flow sequences', nest: (levels) => '['.repeat(levels) + ']'.repeat(levels) },
  { style: 'flow mappings', nest: (levels) => '{a: '.repeat(levels) + '1' + '}'.repeat(levels) },
  { style: 'dashes on one line', nest: (levels) => `${'- '.repeat(levels)}1` },
  {
    style: 'block mappings',
    nest: (levels) =>
      Array.from({ length: levels }, (_, at) => `${' '.repeat(at)}a:`).join('\n') + ' 1',
  },
]

test.each(STYLES)('1,000 levels of $style are read and one more is refused', ({ nest }) => {
  expect(() => decodeYaml(nest(1000))).not.toThrow()
  expect(() => decodeYaml(nest(1001))).toThrow(YamlError)
})

test.each(STYLES)('$style are as deep from below 5,000 frames, fifty times over', ({ nest }) => {
  const below = (frames: number, work: () => void): void => {
    if (frames === 0) work()
    else below(frames - 1, work)
  }
  const [deep, tooDeep] = [nest(1000), nest(2000)]
  below(5000, () => {
    expect(() => decodeYaml(deep)).not.toThrow()
    for (let time = 0; time < 50; time++) expect(() => decodeYaml(tooDeep)).toThrow(YamlError)
  })
})

/** Renders with a schema; how it ended, and how long it took of the processor. */
async function underSchema(schema: object | string, text = 'a: 1\n') {
  const content = typeof schema === 'string' ? schema : JSON.stringify(schema)
  writeFileSync(join(root, 'web/values.schema.json'), content)
  const before = processorTime()
  const { code, stderr } = await values(text)
  return { code, stderr, seconds: (processorTime() - before) / 1000 }
}

test('a schema that refers to itself is followed as far as the values go', async () => {
  const schema = { properties: { next: { $ref: '#' }, a: { type: 'integer' } } }
  expect(await underSchema(schema, 'next: {next: {next: {a: 1}}}\n')).toMatchObject({ code: 0 })
  expect(await underSchema(schema, 'next: {next: {next: {a: x}}}\n')).toMatchObject({ code: 6 })
})

test('references in a ring end', async () => {
  const schema = {
    $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } },
    $ref: '#/$defs/a',
  }
  expect((await underSchema(schema)).seconds).toBeLessThan(2)
})

test('100,000 choices take less than two seconds', async () => {
  const anyOf = Array.from({ length: 100_000 }, (_, at) => ({ const: at }))
  const { code, seconds } = await underSchema({ properties: { a: { anyOf } } }, 'a: none\n')
  expect(code).toBe(6)
  expect(seconds).toBeLessThan(4)
})

test('a pattern that makes others backtrack takes time in proportion to the text', async () => {
  const schema = { properties: { a: { pattern: '^(a+)+$' } } }
  const { code, seconds } = await underSchema(schema, `a: ${'a'.repeat(50_000)}b\n`)
  expect(code).toBe(6)
  expect(seconds).toBeLessThan(4)
})

test('choices of choices end within their bound of steps', async () => {
  const level = (inner: object) => ({ anyOf: Array.from({ length: 10 }, () => inner) })
  // The schema is a graph of ten references a level, so that it is small.
  const $defs: Record<string, object> = { l0: { const: 'nothing' } }
  for (let depth = 1; depth <= 12; depth++) {
    $defs[`l${depth}`] = level({ $ref: `#/$defs/l${depth - 1}` })
  }
  const { code, seconds } = await underSchema({ $defs, properties: { a: { $ref: '#/$defs/l12' } } })
  expect(code).toBe(6)
  expect(seconds).toBeLessThan(6)
})

test('no reference of a schema opens a file or a socket', async () => {
  let asked = 0
  const server = createServer((_, answer) => {
    asked++
    answer.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const log = join(root, 'log')
  writeFileSync(join(root, 'secret.json'), '{"type":"object"}')
  writeFileSync(
    join(root, 'watch.cjs'),
    `const fs = require('node:fs')
const seen = []
const write = fs.writeFileSync
for (const name of ['readFileSync', 'openSync']) {
  const real = fs[name]
  fs[name] = (...args) => (seen.push(String(args[0])), real.apply(fs, args))
}
const { Socket } = require('node:net')
const connect = Socket.prototype.connect
Socket.prototype.connect = function (...args) { seen.push('socket'); return connect.apply(this, args) }
process.on('exit', () => write(${JSON.stringify(log)}, seen.join('\\n')))\n`,
  )
  try {
    for (const reference of [
      `file://${join(root, 'secret.json')}`,
      'file:///dev/zero',
      join(root, 'secret.json'),
      '../secret.json',
      `http://127.0.0.1:${port}/schema.json`,
      `https://127.0.0.1:${port}/schema.json`,
    ]) {
      writeFileSync(join(root, 'web/values.schema.json'), JSON.stringify({ $ref: reference }))
      const { code } = runBuilt(['template', 'web', './web'], {
        cwd: root,
        preload: [join(root, 'watch.cjs')],
      })
      const opened = readFileSync(log, 'utf8')
      expect({ reference, code }).toEqual({ reference, code: 6 })
      expect(opened).not.toMatch(/secret\.json|\/dev\/zero|socket/)
    }
    expect(asked).toBe(0)
  } finally {
    server.close()
  }
})
