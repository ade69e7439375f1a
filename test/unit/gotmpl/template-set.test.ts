import { expect, test } from 'vitest'
import { fn, method } from '../../../src/golang/function.ts'
import {
  GoError,
  GoNil,
  GoStruct,
  type GoType,
  int,
  type Value,
  withType,
} from '../../../src/golang/value.ts'
import { TemplateError } from '../../../src/gotmpl/template-error.ts'
import { TemplateSet } from '../../../src/gotmpl/template-set.ts'
import { templateFunctions } from '../../support/template-functions.ts'

function newSet(text = '', name = 'c/t.yaml'): TemplateSet {
  const set: TemplateSet = new TemplateSet(
    templateFunctions(() => set),
    { missingKey: 'zero' },
  )
  set.parse(name, text)
  return set
}

function failureOf(run: () => unknown): TemplateError {
  try {
    run()
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error('nothing failed')
}

test('a set holds the templates of all texts that it read', () => {
  const set = newSet('{{ define "a" }}A{{ end }}main')
  set.parse('other', '{{ block "b" . }}B{{ end }}')
  expect(set.names().sort()).toEqual(['a', 'b', 'c/t.yaml', 'other'])
  expect(set.has('b')).toBe(true)
  expect(set.has('c')).toBe(false)
  expect(set.execute('other', null)).toBe('B')
})

test('a later definition replaces an earlier one, unless it is empty', () => {
  const set = newSet('{{ define "a" }}first{{ end }}')
  set.parse('2', '{{ define "a" }}second{{ end }}')
  expect(set.execute('a', null)).toBe('second')
  set.parse('3', '{{ define "a" }} {{/* nothing */}} {{ end }}')
  expect(set.execute('a', null)).toBe('second')
})

test('a text that is empty can still be executed by what parse gave', () => {
  const set = newSet('text')
  const blank = set.parse('c/t.yaml', ' {{ define "a" }}A{{ end }} ')
  expect(set.execute(blank, null)).toBe('  ')
  expect(set.execute('c/t.yaml', null)).toBe('text')
})

test('a text with a mistake adds nothing', () => {
  const set = newSet()
  expect(() => set.parse('x', '{{ define "a" }}A{{ end }}{{ nosuch }}')).toThrow(
    'template: x:1: function "nosuch" not defined',
  )
  expect(set.names()).toEqual(['c/t.yaml'])
})

test('an unknown template is named with the set', () => {
  expect(() => newSet().execute('zz', null)).toThrow(
    'template: no template "zz" associated with template "gotpl"',
  )
})

test('a clone and its origin do not see what the other adds', () => {
  const set = newSet('{{ define "a" }}A{{ end }}')
  const clone = set.clone()
  clone.parse('x', '{{ define "a" }}clone{{ end }}{{ define "b" }}B{{ end }}')
  set.parse('y', '{{ define "c" }}C{{ end }}')
  const grandchild = clone.clone()
  grandchild.parse('z', '{{ define "a" }}grandchild{{ end }}')
  expect([set, clone, grandchild].map((each) => each.execute('a', null))).toEqual([
    'A',
    'clone',
    'grandchild',
  ])
  expect([set.has('b'), clone.has('b'), grandchild.has('b')]).toEqual([false, true, true])
  expect([set.has('c'), clone.has('c'), grandchild.has('c')]).toEqual([true, false, false])
})

test('functions that replace others are those of one set alone', () => {
  const set = newSet('{{ upper "a" }}')
  const clone = set.clone().withFunctions(new Map([['upper', fn(['any'], () => 'other')]]))
  expect(clone.execute('c/t.yaml', null)).toBe('other')
  expect(set.execute('c/t.yaml', null)).toBe('A')
  expect(clone.execute('c/t.yaml', null)).toBe('other')
})

test('a function may take the place of a builtin', () => {
  const functions = new Map([['and', fn(['string'], (text: string) => `and ${text}`)]])
  const set = new TemplateSet(functions)
  set.parse('t', '{{ and "x" }}')
  expect(set.execute('t', null)).toBe('and x')
})

test('break is a function where there is one of that name', () => {
  const set = new TemplateSet(new Map([['break', fn([], () => 'broken')]]))
  set.parse('t', '{{ break }}')
  expect(set.execute('t', null)).toBe('broken')
})

test('an error tells where it happened, also in characters for people', () => {
  const set = newSet('a: 1\n日本: {{ .x.y }}\n')
  const error = failureOf(() => set.execute('c/t.yaml', new Map([['x', 'text']])))
  expect(error.message).toBe(
    'template: c/t.yaml:2:13: executing "c/t.yaml" at <.x.y>: ' +
      "can't evaluate field y in type interface {}",
  )
  expect(error.kind).toBe('exec')
  expect(error.span).toEqual({
    file: 'c/t.yaml',
    line: 2,
    column: 10,
    source: '日本: {{ .x.y }}',
  })
})

// The places are those that Helm 4.1.4 tells.
test.each([
  ['{{ .a }}', '2:16', '.a'],
  ['{{ if .a }}{{ end }}', '2:19', '.a'],
  ['{{ template "x" .a }}', '2:29', '.a'],
  ['{{ .a.b.c }}', '2:18', '.a.b.c'],
])('an action that reads like an earlier one tells its own place: %s', (action, place, node) => {
  const set = newSet(
    `{{ define "x" }}{{ end }}{{ with .m }}${action}{{ end }}\n{{ with .s }}${action}{{ end }}`,
  )
  const data = new Map<string, Value>([
    ['m', new Map([['a', new Map([['b', new Map()]])]])],
    ['s', 'text'],
  ])
  expect(failureOf(() => set.execute('c/t.yaml', data)).message).toBe(
    `template: c/t.yaml:${place}: executing "c/t.yaml" at <${node}>: ` +
      "can't evaluate field a in type string",
  )
})

test('a syntax error tells line and column', () => {
  const error = failureOf(() => newSet('ok\n  {{ if }}x{{ end }}'))
  expect(error.message).toBe('template: c/t.yaml:2: missing value for if')
  expect([error.kind, error.line, error.column]).toEqual(['syntax', 2, 9])
})

test('the failure of an included template is the cause of the outer one', () => {
  const set = newSet('{{ include "inner" . }}')
  set.parse('_h.tpl', '{{ define "inner" }}\n {{ fail "no" }}{{ end }}')
  const error = failureOf(() => set.execute('c/t.yaml', null))
  const inner = error.cause
  expect(error.message).toBe(
    'template: c/t.yaml:1:3: executing "c/t.yaml" at <include "inner" .>: error calling include: ' +
      'template: _h.tpl:2:4: executing "inner" at <fail "no">: error calling fail: no',
  )
  expect(inner).toBeInstanceOf(TemplateError)
  expect(inner instanceof TemplateError && inner.templateName).toBe('_h.tpl')
  expect(inner instanceof TemplateError && inner.cause).toEqual(new GoError('no'))
})

test('a mistake of our own is no error of the template', () => {
  const broken = fn([], () => {
    throw new TypeError('a bug')
  })
  const set = new TemplateSet(new Map([['broken', broken]]))
  set.parse('t', '{{ broken }}')
  expect(() => set.execute('t', null)).toThrow(new TypeError('a bug'))
})

const FILES: GoType = {
  name: 'engine.files',
  zero: new GoNil('slice', { name: '[]uint8' }),
  methods: {
    Get: method(['string'], (self, path: string) =>
      self instanceof Map ? (self.get(path) ?? '') : '',
    ),
    Fail: method([], () => {
      throw new GoError('no luck')
    }),
    Loose: (_self, ...args) => args.length,
  },
}

const VERSION: GoType = {
  name: '*common.Version',
  kind: 'ptr',
  fields: [
    { name: 'Major', json: 'Major' },
    { name: 'secret', json: undefined },
  ],
}

const typed = new Map<string, Value>([
  ['Files', withType(new Map<string, Value>([['a', 'A']]), FILES)],
  [
    'Version',
    new GoStruct(
      VERSION,
      new Map<string, Value>([
        ['Major', '1'],
        ['secret', 's'],
      ]),
    ),
  ],
  ['Nil', new GoNil('ptr', VERSION)],
  ['n', int(3)],
])

// Wanted texts follow Go's rules for methods and struct fields in text/template/exec.go.
test.each([
  { template: '{{ .Files.Get "a" }}{{ "a" | .Files.Get }}', want: 'AA' },
  {
    template: '{{ $f := .Files }}{{ $f.Get "a" }}{{ ($f).Get "a" }}{{ upper ($f.Get "a") }}',
    want: 'AAA',
  },
  { template: '{{ .Files.a }}{{ len .Files }}', want: 'A1' },
  { template: '{{ .Files.Loose 1 2 }}', want: '2' },
  { template: '{{ .Version.Major }}', want: '1' },
  {
    template: '{{ .Files.Get }}',
    want: '<.Files.Get>: wrong number of args for Get: want 1 got 0',
  },
  {
    template: '{{ .Files.Get 1 }}',
    want: '<1>: expected string; found 1',
  },
  {
    template: '{{ .Files.Get .n }}',
    want: '<.n>: wrong type for value; expected string; got int',
  },
  { template: '{{ .Files.Fail }}', want: '<.Files.Fail>: error calling Fail: no luck' },
  { template: '{{ .Files.a 1 }}', want: '<.Files.a>: a is not a method but has arguments' },
  {
    template: '{{ .Version.Major 1 }}',
    want: '<.Version.Major>: Major has arguments but cannot be invoked as function',
  },
  {
    template: '{{ .Version.secret }}',
    want: '<.Version.secret>: secret is an unexported field of struct type interface {}',
  },
  {
    template: '{{ .Version.Minor }}',
    want: "<.Version.Minor>: can't evaluate field Minor in type interface {}",
  },
  {
    template: '{{ $v := .Version }}{{ $v.Minor }}',
    want: "<$v.Minor>: can't evaluate field Minor in type *common.Version",
  },
  {
    template: '{{ $v := .Nil }}{{ $v.Major }}',
    want: '<$v.Major>: nil pointer evaluating *common.Version.Major',
  },
  {
    template: '{{ $v := .Nil }}{{ $v.Minor }}',
    want: "<$v.Minor>: can't evaluate field Minor in type *common.Version",
  },
])('$template → $want', ({ template, want }) => {
  const set = newSet(template)
  const result = attempt(() => set.execute('c/t.yaml', typed))
  expect(result).toBe(want)
})

function attempt(run: () => string): string {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return error.message.replace(/^.* at (?=<)/, '')
  }
}

test('files of one text are templates of their own, and errors name the last that defines', () => {
  const text = '{{ define "both" }}{{ .a.b }}{{ end }}{{ .here }}'
  const set = newSet(text, 'a/t.yaml')
  set.parse('b/t.yaml', text)
  expect(set.names().sort()).toEqual(['a/t.yaml', 'b/t.yaml', 'both'])
  expect(set.execute('a/t.yaml', new Map([['here', 'x']]))).toBe('x')
  expect(failureOf(() => set.execute('both', new Map([['a', 'text']]))).span.file).toBe('b/t.yaml')
  expect(failureOf(() => set.execute('a/t.yaml', 'text')).span.file).toBe('a/t.yaml')
})

test('a file of the same text as another has what is defined by its own name', () => {
  const set = newSet('{{ define "b" }}B{{ end }}', 'a')
  set.parse('b', '{{ define "b" }}B{{ end }}')
  expect(set.execute('b', null)).toBe('B')
  set.parse('c', '{{ define "b" }}B{{ end }}')
  expect(set.execute('b', null)).toBe('B')
  expect(set.execute('c', null)).toBe('')
  expect(failureOf(() => set.parse('b', '{{ define "b" }}B{{ end }}b')).message).toContain(
    'multiple definition of template "b"',
  )
})

test('a name with an escape is found to be that of a file', () => {
  const text = '{{ define "\\x62" }}B{{ end }}'
  for (const names of ['bac', 'abc', 'acb']) {
    const set = newSet(text, names.charAt(0))
    for (const name of names.slice(1)) set.parse(name, text)
    const restored = newSet('', 'empty')
    const files = Array.from(names, (name) => ({ name, text }))
    restored.restore(files, set.keep())
    for (const each of [set, restored]) {
      const written = ['a', 'b', 'c'].map((name) => each.execute(name, null))
      expect(written, names).toEqual(['', 'B', ''])
    }
  }
})
