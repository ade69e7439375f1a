import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { offlineCapabilities } from '../../../src/render/capabilities.ts'
import { renderChart } from '../../../src/render/render-chart.ts'
import { chartOf, type ChartFiles } from '../../support/chart-builder.ts'

/** What a person is told of a template: `line:column message`, and the hint. */
function told(template: string, others: ChartFiles = {}): string[] {
  const chart = chartOf({ 'templates/x.yaml.hbs': template, ...others })
  const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }
  const values = new Map([['Values', new Map()]])
  try {
    renderChart(chart, values, { release, capabilities: offlineCapabilities() })
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const { line, column } = error.span ?? {}
    return [`${line}:${column} ${error.message.replace(/^.*?\): /, '')}`, error.hint ?? '']
  }
  return []
}

const END = 'Close {{#if}} of line 2 with {{/if}}.'
const COMPARE = 'Comparisons are calls: {{#if (and (eq values.kind "x") (not values.off))}}.'
const ITEM = 'An item of a list is {{values.list.[0]}} or {{index values.list 0}}.'
const BARS = 'Names stand between bars, with blanks: {{#each LIST as |item index|}} … {{/each}}.'
const PATHS = 'Paths begin without a dot: values.name, release.name, chart.version.'
const NAMED = 'Handlebars names a value in a block: {{#with VALUE as |name|}} … {{/with}}.'
const TEXT = 'Save it as UTF-8 text; other files belong outside templates/, for "files.get".'

test.each([
  // Blocks.
  ['a\n{{#if values.a}}\nb\n', '2:1 {{#if}} is not closed', END],
  ['a\n{{#if values.a}}\n{{#each values.b}}{{/each}}\nb\n', '2:1 {{#if}} is not closed', END],
  [
    'a\n{{#if values.a}}\nb\n{{end}}\nc\n',
    '2:1 {{#if}} is not closed',
    'A block ends with its own name: write {{/if}} for {{end}} of line 4.',
  ],
  [
    '{{#if values.a}}\n {{#each values.b}}\n{{/if}}',
    '2:2 {{#each}} is not closed before {{/if}} of line 3',
    'Close {{#each}} with {{/each}}.',
  ],
  [
    'a\n {{/if}}',
    '2:2 {{/if}} closes no block',
    'Open the block before it with {{#if …}}, or take the tag away.',
  ],
  [
    'a\n{{if values.a}}\nb\n{{/if}}',
    '2:1 {{if …}} opens no block',
    'A block begins with "#": {{#if …}}.',
  ],
  [
    '{{each values.a}}\nb\n{{else}}\nc',
    '1:1 {{each …}} opens no block',
    'A block begins with "#": {{#each …}}.',
  ],
  [
    'a\n{{else}}\nb',
    '2:1 {{else}} stands outside a block',
    'Open a block before it, {{#if …}} or {{#each …}}, or take the tag away.',
  ],
  [
    '{{#if values.a}}\na\n{{elseif values.b}}\nb\n{{/if}}',
    '3:1 there is no helper "elseif"',
    'Use {{else if …}}.',
  ],
  [
    '{{/* a comment */}}',
    '1:1 this is no comment of Handlebars',
    'A comment is written {{!-- … --}}.',
  ],
  // Tags.
  ['a: {{values.name\nb: c\n', '1:4 the tag is not closed', 'Close it with "}}".'],
  ['a: {{values.name}\nb: {{c}}\n', '1:4 the tag is not closed', 'Close it with "}}".'],
  ['a: {{values.name', '1:4 the tag is not closed', 'Close it with "}}".'],
  ['a: {{}}', '1:4 the tag is empty', 'Name what it shall print.'],
  [
    'a: {{{values.name}}',
    '1:4 a tag that begins with "{{{" ends with "}}"',
    'Close it with "}}}", or begin it with "{{": nothing is escaped in either.',
  ],
  [
    'a: {b: {{values.name}}}',
    '1:23 a "}" follows the tag at once',
    'Put a blank between the tag and the brace of YAML: {name: {{values.name}} }.',
  ],
  [
    'a: {b: {c: {{values.name}}}}',
    '1:27 a "}" follows the tag at once',
    'Put a blank between the tag and the brace of YAML: {name: {{values.name}} }.',
  ],
  [
    'a: {{quote "b}}\nc: d',
    '1:12 the text is not closed',
    'Close the text with " on the line where it begins.',
  ],
  [
    "a: {{quote 'b}}",
    '1:12 the text is not closed',
    "Close the text with ' on the line where it begins.",
  ],
  ['a: {{quote (lower "b"}}', '1:12 the "(" is not closed', 'Put ")" behind the last argument.'],
  [
    'a: {{quote lower "b")}}',
    '1:21 a ")" without its "("',
    'Take it away, or put "(" before the call that it ends.',
  ],
  // Habits of other languages.
  ['{{#if values.a == 2}}b{{/if}}', '1:16 unexpected "="', COMPARE],
  ['{{#if values.a && values.b}}b{{/if}}', '1:16 unexpected "&"', COMPARE],
  ['{{#if !values.a}}b{{/if}}', '1:7 unexpected "!"', COMPARE],
  ['a: {{values.a[0].b}}', '1:14 unexpected "["', ITEM],
  [
    'a: {{replace "a", "b" values.c}}',
    '1:17 unexpected ","',
    'Arguments have blanks between them, and no commas.',
  ],
  ['{{#each values.a as |b, c|}}d{{/each}}', '1:23 unexpected ","', BARS],
  [
    'a: {{dict "b" = 1}}',
    '1:15 unexpected "="',
    'A name is followed by "=" and its value without blanks: a=1.',
  ],
  [
    'a: {{(files.glob "a/*").asConfig}}',
    '1:6 unexpected "("',
    'What a call gives is entered with {{#with (CALL …) as |name|}} … {{/with}}, or "get".',
  ],
  ['a: {{quote .Values.name}}', '1:6 a path has no blanks in it', PATHS],
  ['a: {{$name}}', '1:6 there is no variable "$name"', NAMED],
  [
    'a: {{$.release.name}}',
    '1:6 there is no variable "$"',
    'The top is @root: {{@root.values.name}}.',
  ],
  // What is not there, also where it does not run.
  [
    '{{#if values.no}}\n{{qoute 1}}{{/if}}',
    '2:1 there is no helper "qoute"',
    'Did you mean "quote"?',
  ],
  [
    '{{#if values.no}}{{else if (eqq 1 2)}}a{{/if}}',
    '1:28 there is no helper "eqq"',
    'Did you mean "eq"?',
  ],
  ['{{#if values.no}}{{@rot.values.a}}{{/if}}', '1:20 there is no "@rot"', 'Did you mean "@root"?'],
  [
    '{{#if values.no}}{{@name}}{{/if}}',
    '1:20 there is no "@name"',
    'There are @root, and in a loop @index, @key, @first and @last.',
  ],
  [
    'a\n{{#> frame}}b{{/frame}}',
    '2:1 there is no partial "frame"',
    'Write it as "templates/_frame.hbs", or add the library chart that has it.',
  ],
  [
    '{{> "labels"}}',
    '1:1 there is no partial "labels"',
    'Write it as "templates/_labels.hbs", or add the library chart that has it.',
  ],
  [
    '{{#*inline "a"}}b{{/inline}}',
    '1:1 decorators and inline partials cannot be used; make it a file "_name.hbs"',
    'A partial is a file "templates/_NAME.hbs", which is called with {{> NAME}}.',
  ],
  // No text.
  ['a\nb\0', '2:2 the template is no text: it holds a byte 0', TEXT],
])('%j', (template, message, hint) => {
  expect(told(template)).toEqual([message, hint])
})

const OPEN = 'Look at what gives the name: it has no value.'
const OWN = 'Write it as "templates/_nope.hbs", or add the library chart that has it.'
const NULL = (call: string): string =>
  `It has no value: give one with {{${call} VALUE)}}, or ask with {{#if VALUE}}. Inside "each" and "with" the chart's values are @root.values.`
const TPL = 'Texts for "tpl" are Go templates: {{ .Values.name }}, {{ if … }} … {{ end }}.'

test.each([
  ['{{> (printf "no%s" "pe")}}', '1:1 there is no partial "nope"', OWN],
  ['a\n  {{> (lookup values "x") b=1}}', '2:3 the name of the partial is not set', OPEN],
  [
    '{{> (printf "a%c%s" 10 (repeat 50 "ab"))}}',
    String.raw`1:1 there is no partial "a\n${'ab'.repeat(49)}…"`,
    'Look at what gives the name: "a" calls the file "templates/_a.hbs", and no text is printed as it is.',
  ],
  [
    '{{> (list "a")}}',
    '1:1 there is no partial "[\\"a\\"]"',
    'Look at what gives the name: "a" calls the file "templates/_a.hbs", and no text is printed as it is.',
  ],
  [
    '{{lower values.x}}',
    '1:1 wrong type of argument for lower: want string, got null',
    NULL('lower (default "x"'),
  ],
  [
    '{{get values.x "y"}}',
    '1:1 wrong type of argument for get: want map, got null',
    NULL('get (default (dict)'),
  ],
  [
    '{{upper (dict "a" 1)}}',
    '1:1 wrong type of argument for upper: want string, got map',
    'Name one value of it, or print all with "toYaml", "toJson" or "join".',
  ],
  [
    '{{lower "a" "b"}}',
    '1:1 wrong number of arguments for lower: want 1, got 2',
    'Put calls among the arguments into parentheses: {{lower (OTHER VALUE)}}.',
  ],
  [
    '{{replace "a" "b"}}',
    '1:1 wrong number of arguments for replace: want 3, got 2',
    'Give "replace" what it lacks; a call among its arguments stands in parentheses.',
  ],
  [
    '{{#each "abc"}}a{{/each}}',
    '1:1 "each" wants a list or a map, got string',
    'Give a list or a map: in values [a, b] or {a: 1, b: 2}.',
  ],
  [
    '{{#with values as name}}a{{/with}}',
    '1:1 "with" wants one argument',
    'Put a call into parentheses: {{#with (FUNCTION …)}}; a name stands between bars: as |name|.',
  ],
  ['{{#if}}a{{/if}}', '1:1 "if" wants one argument', 'Say what it is about: {{#if VALUE}}.'],
  [
    '{{files.gte "a"}}',
    '1:1 there is no helper "files.gte"',
    '"files" has get, getBytes, glob, lines, asConfig and asSecrets.',
  ],
  [
    '{{#with release}}{{files.get "a"}}{{/with}}',
    '1:18 there is no helper "files.get"',
    'Inside "each" and "with" it is "@root.files.get".',
  ],
  [
    '{{tpl "{{values.a}}" this}}',
    '1:1 error during tpl function execution for "{{values.a}}": template: gotpl:1:2: executing "gotpl" at <values>: wrong number of args for values: want 1 got 0',
    TPL,
  ],
  [
    '{{tpl "{{#if a}}{{/if}}" this}}',
    '1:1 cannot parse template "{{#if a}}{{/if}}": template: gotpl:1: unexpected "#" in command',
    TPL,
  ],
])('%j while it runs', (template, message, hint) => {
  expect(told(template)).toEqual([message, hint])
})

test('a chain of else if that is too long is told what to use', () => {
  const chain = (count: number, end = '') =>
    `{{#if values.a}}\n${'{{else if values.b}}\n'.repeat(count)}{{else}}${end}{{/if}}`
  expect(told(chain(199))).toEqual([])
  expect(told(chain(99, chain(99)))).toEqual([])
  expect(told(chain(150) + chain(150))).toEqual([])
  expect(told(chain(300))).toEqual([
    '201:1 the template is nested more than 200 deep',
    'Each "else if" counts as a block in the one before it: for many cases use a map, {{get values.MAP KEY}}.',
  ])
  const partial = 'Put a part of it into a partial: a file "templates/_NAME.hbs" and {{> NAME}}.'
  expect(told('{{#if a}}\n'.repeat(300))).toEqual([
    '201:1 blocks are nested more than 200 deep',
    partial,
  ])
  expect(told('{{a}}'.repeat(30_000))[1]).toBe('Split it into several files.')
})

test('a Go template that is written as a Handlebars one is told what to be called', () => {
  const hint =
    'This is read as a Go template: write {{ .Values.name }}, or let the name of the file end in ".hbs" to have Handlebars read it.'
  const file = (text: string): ChartFiles => ({ 'templates/b.yaml': text })
  expect(told('', file('a: {{release.name}}'))[1]).toBe(hint)
  expect(told('', file('a: {{values.name}}'))[1]).toBe(hint)
  expect(told('', file('{{#if a}}{{/if}}'))[1]).toBe(hint)
  expect(told('', file('{{> labels}}'))[1]).toBe(hint)
})

test('an error in a partial names the calls that led to it', () => {
  const partials = {
    'templates/_p.hbs': 'a\n  {{> q}}',
    'templates/_q.hbs': 'a: {{lower x}}',
    'templates/_r.hbs': 'b\n {{include "q" this}}',
    'templates/_s.hbs': '{{> s}}',
  }
  const what = 'wrong type of argument for lower: want string, got int'
  expect(told('{{> q x="A"}}\n{{> p x=1}}', partials)[0]).toBe(
    `1:4 ${what}\n  called at web/templates/_p.hbs:2:3\n  called at web/templates/x.yaml.hbs:2:1`,
  )
  expect(told('{{> r x=1}}', partials)[0]).toBe(
    `1:4 ${what}64\n  called at web/templates/_r.hbs:2:2\n  called at web/templates/x.yaml.hbs:1:1`,
  )
  expect(told('{{> s}}', partials)[0]).toBe(
    '1:1 partials are nested more than 250 deep\n  called at web/templates/_s.hbs:1:1\n  called at web/templates/x.yaml.hbs:1:1',
  )
  const go = { ...partials, 'templates/b.yaml': '{{ include "q" (dict "x" 1) }}' }
  expect(told('', go)[0]).toBe(`1:4 ${what}64`)
})

test.each([
  '{{#each values.a as |$b|}}{{$b}}{{/each}}{{this.$c}}',
  '{{#with files}}{{#if a}}{{lines "a"}}{{/if}}{{/with}}',
  '{{#each values.a}}{{@index}}{{@../key}}{{@first}}{{@last}}{{@root.release.name}}{{/each}}',
  '{{values.[a key]}} {{values.[.b c]}}',
  '{{#values.a as |b|}}{{b}}{{/values.a}}{{^values.a}}b{{/values.a}}',
  '{{!-- {{ --}}{{! {{#if }}\\{{#if}} {{quote "{{#each}}"}}',
  'a: {b: {{values.name}} }',
])('%s is no mistake', (template) => {
  expect(told(template)).toEqual([])
})

// Each quote would be looked for to the end of the line; the time limit of a test is the bound.
test('a template of quotes that close nothing is refused at once', () => {
  expect(told(`{{a ${'"\\'.repeat(200_000)}}}`)[0]).toBe('1:5 the text is not closed')
  expect(told('{{\\"'.repeat(15_000) + ' '.repeat(500_000))[0]).toBe('1:4 the text is not closed')
})
