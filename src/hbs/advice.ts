/** What to write in a tag that Handlebars cannot read; undefined where nothing is known. */
export function adviseOnTag(tag: string): string | undefined {
  return TAGS.find(({ pattern }) => pattern.test(withoutTexts(tag)))?.advice
}

/** What to write for a helper that does not exist but whose name people know from elsewhere. */
export function adviseOnHelper(name: string): string | undefined {
  return name.startsWith('$') ? NAMED_VALUES : HELPERS.get(name)
}

/**
 * What to do about a failure while a template runs, where templates of this engine have a way of
 * their own; undefined where those of both have one.
 */
export function adviseOnFailure(message: string): string | undefined {
  for (const [pattern, advise] of FAILURES) {
    const found = pattern.exec(message)
    if (found !== null) return advise(found)
  }
  return undefined
}

const FAILURES: readonly [RegExp, (found: readonly string[]) => string][] = [
  [
    /(?:cannot parse template|tpl function execution for) "[^"]*\{\{[~#>&\s]*(?:[#>]|values|release|chart)\b/s,
    () => 'Texts for "tpl" are Go templates: {{ .Values.name }}, {{ if … }} … {{ end }}.',
  ],
  [
    /argument for (\w+): want (\w+), got null/,
    ([, name = '', type = '']) =>
      `It has no value: give one with {{${name} (default ${EXAMPLES.get(type) ?? '"x"'} VALUE)}}, or ask with {{#if VALUE}}. Inside "each" and "with" the chart's values are @root.values.`,
  ],
  [
    /argument for \w+: want string, got (?:map|slice)/,
    () => 'Name one value of it, or print all with "toYaml", "toJson" or "join".',
  ],
  [
    /number of arguments for (\w+): want (?:at least )?(\d+), got (\d+)/,
    ([, name = '', wanted = '', got = '']) =>
      Number(got) > Number(wanted)
        ? `Put calls among the arguments into parentheses: {{${name} (OTHER VALUE)}}.`
        : `Give "${name}" what it lacks; a call among its arguments stands in parentheses.`,
  ],
  [
    /no helper "(files\.(?:get|getBytes|glob|lines|asConfig|asSecrets))"/i,
    ([, name = '']) => `Inside "each" and "with" it is "@root.${name}".`,
  ],
  [
    /no helper "files\.\w+"/,
    () => '"files" has get, getBytes, glob, lines, asConfig and asSecrets.',
  ],
  [/"each" wants/, () => 'Give a list or a map: in values [a, b] or {a: 1, b: 2}.'],
  [
    /has no option/,
    () =>
      'Arguments follow with blanks between them; "=" is for indent, nindent, dict and partials.',
  ],
  [/whole number of blanks/, () => 'Give a number: indent=4.'],
  [/divide by zero/, () => 'Ask first whether the divisor is set: {{#if VALUE}} … {{/if}}.'],
  [
    /constraint|semantic version/i,
    () => 'Give a range such as ">=1.2.0" and a version such as "1.4.0".',
  ],
  [/is more than \d+$|longer than the limit/, () => 'Make less of it at once.'],
]

/** Defaults of the kinds that functions take. */
const EXAMPLES = new Map([
  ['map', '(dict)'],
  ['list', '(list)'],
  ['strings', '(list)'],
  ['int', '0'],
  ['int64', '0'],
  ['float64', '0'],
  ['bool', 'false'],
])

const BLANKS = 'Handlebars trims blanks with a tilde: {{~ … ~}}.'
/** For those who write `.Values.name`. */
export const PATHS = 'Paths begin without a dot: values.name, release.name, chart.version.'
const NAMED_VALUES = 'Handlebars names a value in a block: {{#with VALUE as |name|}} … {{/with}}.'

/** Habits of Go's templates, in the order in which they are looked for. */
const TAGS: readonly { pattern: RegExp; advice: string }[] = [
  { pattern: /\{\{-|-\}\}/, advice: BLANKS },
  { pattern: /:=|\$[a-z]/i, advice: NAMED_VALUES },
  {
    pattern: /\bas\s+[^|\s]|\|[^|]*,[^|]*\|/,
    advice: 'Names stand between bars, with blanks: {{#each LIST as |item index|}} … {{/each}}.',
  },
  {
    pattern: /[=!]==?|&&|\|\||\s[<>]=?\s|[(\s]!\w/,
    advice: 'Comparisons are calls: {{#if (and (eq values.kind "x") (not values.off))}}.',
  },
  {
    pattern: /\|/,
    advice:
      'Handlebars has no pipes; put the call around its argument: {{nindent 2 (toYaml values.x)}}.',
  },
  {
    pattern: /[\s({]\.[A-Za-z]/,
    advice: PATHS,
  },
  {
    pattern: /\w\[/,
    advice: 'An item of a list is {{values.list.[0]}} or {{index values.list 0}}.',
  },
  {
    pattern: /\)\s*\./,
    advice: 'What a call gives is entered with {{#with (CALL …) as |name|}} … {{/with}}, or "get".',
  },
  { pattern: /,/, advice: 'Arguments have blanks between them, and no commas.' },
  { pattern: /\s=|=\s/, advice: 'A name is followed by "=" and its value without blanks: a=1.' },
]

const HELPERS = new Map([
  ['-', BLANKS],
  ['range', 'Use {{#each LIST}} … {{/each}}.'],
  ['template', 'Use {{> NAME}} with a file "templates/_NAME.hbs".'],
  ['define', 'Make it a file "templates/_NAME.hbs" and call it with {{> NAME}}.'],
  ['block', 'Make it a file "templates/_NAME.hbs" and call it with {{> NAME}}.'],
  ['end', 'A block ends with its own name: {{/if}}, {{/each}}, {{/with}}.'],
  ['break', 'A loop cannot be left early; choose the items before it.'],
  ['continue', 'Put what is left out into {{#if}} … {{/if}}.'],
  ['elseif', 'Use {{else if …}}.'],
  ['log', 'Templates print nothing but their output.'],
])

function withoutTexts(tag: string): string {
  return tag.replaceAll(/"[^"]*"|'[^']*'/g, '""').replaceAll(/\bas \|[\w\s-]*\|/g, '')
}
