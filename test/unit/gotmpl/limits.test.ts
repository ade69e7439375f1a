import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { fn } from '../../../src/golang/function.ts'
import { GoError, int, type Value } from '../../../src/golang/value.ts'
import { type EngineOptions, TemplateSet } from '../../../src/gotmpl/template-set.ts'
import { templateFunctions } from '../../support/template-functions.ts'

function newSet(text: string, options: EngineOptions = {}): TemplateSet {
  const set: TemplateSet = new TemplateSet(
    templateFunctions(() => set),
    options,
  )
  set.parse('c/t.yaml', text)
  return set
}

function failureOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

test.each([
  ['a loop', '\n{{ range 10000000000 }}{{ end }}'],
  ['loops in loops', '\n{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}'],
  ['a doubling of calls', `{{ define "t0" }}{{ end }}${doubling(40)}\n{{ include "t40" . }}`],
])('%s without an end uses up the budget', (_, text) => {
  const error = failureOf(() => newSet(text, { steps: 100_000 }).execute('c/t.yaml', null))
  expect(error).toMatchObject({
    code: 'RENDER_BUDGET',
    message: expect.stringMatching(
      /^template "c\/t\.yaml:\d" takes more than 100,000 steps$/,
    ) as unknown,
    hint: 'Look for a loop that does not end, or raise the budget with --render-fuel.',
  })
})

test('clones spend from one budget', () => {
  const set = newSet('{{ range 400 }}{{ end }}', { steps: 1000 })
  const clone = set.clone()
  set.execute('c/t.yaml', null)
  expect(() => clone.execute('c/t.yaml', null)).toThrow(PkgError)
})

test('output is bounded', () => {
  const set = newSet('{{ range 1000 }}0123456789{{ end }}', { outputBytes: 5000 })
  expect(failureOf(() => set.execute('c/t.yaml', null))).toMatchObject({
    code: 'RENDER_BUDGET',
    message: 'template "c/t.yaml:1" writes more than 5,000 bytes',
  })
})

test.each([
  { length: 65_536, inside: 0 },
  { length: 65_537, inside: 0 },
  { length: 200_000, inside: 0 },
  { length: 10, inside: 150_000 },
])('$length characters behind $inside of another template may be all', ({ length, inside }) => {
  const other = `{{ define "other" }}{{ range ${inside / 10} }}0123456789{{ end }}{{ end }}`
  const text = `${other}{{ template "other" }}{{ range ${length} }}{{ "x" }}{{ end }}`
  const all = '0123456789'.repeat(inside / 10) + 'x'.repeat(length)
  const run = (outputBytes: number) => newSet(text, { outputBytes }).execute('c/t.yaml', null)
  expect(run(all.length)).toBe(all)
  expect(failureOf(() => run(all.length - 1))).toMatchObject({ code: 'RENDER_BUDGET' })
})

test('a text that doubles is stopped before it fills the memory', () => {
  const doubling = '{{ $x := "0123456789" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}'
  expect(() => newSet(doubling).execute('c/t.yaml', null)).toThrow(
    'error calling print: text of more than 67,108,864 bytes',
  )
})

test('1,000 templates may include each other', () => {
  let depth = 0
  const include = fn(['string', 'any'], (name: string, data: Value) => {
    if (++depth > 1000) throw new GoError('that was 1,000')
    return set.execute(name, data)
  })
  const text = '{{ define "a" }}{{ if . }}{{ include "a" . | print }}{{ end }}{{ end }}'
  const set = newSet(`${text}{{ include "a" 1 }}`).withFunctions(new Map([['include', include]]))
  const error = failureOf(() => set.execute('c/t.yaml', null))
  expect(error instanceof Error && error.message.split('error calling include: ').at(-1)).toBe(
    'that was 1,000',
  )
})

test.each([
  ['include', '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'],
  ['template', '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}'],
])('endless recursion by %s ends cleanly', (_, text) => {
  expect(failureOf(() => newSet(text).execute('c/t.yaml', int(1)))).toMatchObject({
    code: 'RENDER_BUDGET',
    message: 'template "c/t.yaml" calls templates too deeply',
  })
})

test.each([
  ['parentheses', (depth: number) => `{{ ${'('.repeat(depth)}1${')'.repeat(depth)} }}`],
  ['blocks', (depth: number) => `${'{{ if 1 }}'.repeat(depth)}1${'{{ end }}'.repeat(depth)}`],
])('%s nest 900 deep, and beyond 1,000 fail cleanly', (_, nest) => {
  expect(newSet(nest(900)).execute('c/t.yaml', null)).toBe('1')
  for (const depth of [1001, 10_000, 200_000]) {
    expect(() => newSet(nest(depth))).toThrow('template: c/t.yaml:1: max expression depth exceeded')
  }
})

test('a chain of else if may be of any length', () => {
  const chain = `{{ if 0 }}x${'{{ else if 0 }}y'.repeat(20_000)}{{ else }}z{{ end }}`
  expect(newSet(chain).execute('c/t.yaml', null)).toBe('z')
})

/** Templates t1 to tN that each include the one before twice. */
function doubling(count: number): string {
  let text = ''
  for (let n = 1; n <= count; n++) {
    const call = `{{ include "t${n - 1}" . }}`
    text += `{{ define "t${n}" }}${call}${call}{{ end }}`
  }
  return text
}
