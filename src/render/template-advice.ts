import { nearest } from '../base/nearest.ts'

/** Names that a template can have meant. */
export interface KnownNames {
  functions: () => readonly string[]
  templates: () => readonly string[]
}

type Advise = (found: readonly string[], known: KnownNames) => string

/**
 * Says in one sentence what to do about the failure of a template, by what went wrong.
 *
 * @param message in Go's words, or those of a Handlebars template
 */
export function adviceFor(message: string, known: KnownNames): string {
  for (const [pattern, advise] of ADVICE) {
    const found = pattern.exec(message)
    if (found !== null) return typeof advise === 'string' ? advise : advise(found, known)
  }
  return 'Look at what the expression there is given: "kubectl pkg show values" prints the defaults.'
}

/** What to do about a value that the chart itself does not take. */
export const REFUSED_BY_CHART =
  'The chart asks for this: change the values it names with --set or --values.'

/** What a message is known by; the first that fits counts, so the innermost causes come first. */
const ADVICE: readonly [RegExp, string | Advise][] = [
  [
    /error during tpl function execution/,
    'The text given to "tpl" is a template of its own that fails: correct the value it comes from.',
  ],
  [
    /cannot parse template/,
    'The text given to "tpl" is no template: correct the value it comes from.',
  ],
  [
    /function "(?:release|chart|capabilities|files|subcharts)" not defined|args for values: want 1 got 0|unexpected "[#>^!]" in command/,
    'This is read as a Go template: write {{ .Values.name }}, or let the name of the file end in ".hbs" to have Handlebars read it.',
  ],
  [
    /(?:function|helper) "(\w+)"(?: not defined|$)/,
    ([, name = ''], known) => ofFunction(name, known),
  ],
  [/no partial "([^"]+)"/, ([, name = ''], known) => ofPartial(name, known)],
  [/no template "([^"]+)"/, ([, name = ''], known) => ofTemplate(name, known)],
  [
    /nested reference name: (\S+?):/,
    ([, name = '']) => `Template "${name}" includes itself: give it an end.`,
  ],
  [
    /undefined variable "(\$\w*)"/,
    ([, name = '']) =>
      `Declare it before the block with "${name} := …": a variable ends with its block.`,
  ],
  [/unexpected EOF/, 'Give the block its "{{ end }}".'],
  [
    /unexpected \{\{(?:end|else)\}\}/,
    'Take it away, or open a block before it: none is open here.',
  ],
  [
    /unexpected "[&|]" in/,
    'Write "and A B" or "or A B", and a single "|" before a function: there are no operators.',
  ],
  [
    /unterminated|unclosed|unexpected .* in (?:action|define|template)/,
    'Close it on the line where it begins.',
  ],
  [
    /nil pointer evaluating|index of untyped nil|can't index item of nil/,
    'A value before the last name is not set: set it, or guard the expression with "with", "if" or "dig".',
  ],
  [
    /can't evaluate field (\w+) in type (\S+)/,
    ([, field = '', type = '']) =>
      `The value has no "${field}", it is a ${plainType(type)}: give a map there.`,
  ],
  [/range can't iterate over/, 'Give a list or a map for this value.'],
  [
    /incompatible types for comparison|non-comparable/,
    'Make both sides the same, with "int", "float64" or "toString".',
  ],
  [
    /(?:wrong type for value|wrong type of argument).*(?:expected|want) (\w+)/,
    ([, type = '']) => `Convert the value first${converterTo(type)}.`,
  ],
  [
    /wrong number of args for (\w+): (want .*)/,
    ([, name = '', wanted = '']) => `Give "${name}" as many arguments as it takes: ${wanted}.`,
  ],
  [/index out of range|out of range: \d+/, 'Test the length first, with "len" or "gt".'],
  [/doesn't match/, 'Close each block by the name that opened it.'],
  [
    /unexpected (?:character|end of file|token)|unexpected "/,
    'Correct the expression: an action is a name or a function with its arguments, closed by "}}".',
  ],
]

function ofFunction(name: string, { functions }: KnownNames): string {
  if (name === 'env' || name === 'expandenv') {
    return 'Pass the value with --set: templates cannot read the environment.'
  }
  const near = nearest(name, functions())
  if (near !== undefined) return `Did you mean "${near}"?`
  return `There is no function "${name}".`
}

function ofTemplate(name: string, { templates }: KnownNames): string {
  const near = nearest(name, templates())
  if (near !== undefined) return `Did you mean "${near}"?`
  return `Define "${name}" in a file of templates/, or add the library chart that does.`
}

function ofPartial(name: string, { templates }: KnownNames): string {
  const known = templates()
  const own = name.slice(name.lastIndexOf('/') + 1).replace(/^_/, '')
  const near = known.includes(own) ? own : nearest(name, known)
  if (near !== undefined) return `Did you mean "${near}"?`
  const [chart, partial] = name.split('/')
  return partial === undefined
    ? `Write it as "templates/_${name}.hbs", or add the library chart that has it.`
    : `Add the library chart "${chart}" to the dependencies; it needs "templates/_${partial}.hbs".`
}

function plainType(type: string): string {
  if (type === 'interface') return 'plain value'
  return type.startsWith('[]') ? 'list' : type
}

function converterTo(type: string): string {
  const converters: Record<string, string> = {
    string: 'toString',
    int: 'int',
    int64: 'int64',
    float64: 'float64',
  }
  const converter = converters[type]
  return converter === undefined ? '' : ` with "${converter}"`
}

/**
 * Finds the block of a Go template that has no end.
 *
 * @returns the offset of its opening braces; undefined when each block has one
 */
export function unclosedBlock(text: string): number | undefined {
  const open: number[] = []
  const actions = /\{\{(?:- )?\s*(?:\/\*[\s\S]*?\*\/|(if|range|with|block|define|end)\b)/g
  for (const { index, 1: keyword } of text.matchAll(actions)) {
    if (keyword === 'end') open.pop()
    else if (keyword !== undefined) open.push(index)
  }
  return open.at(-1)
}
