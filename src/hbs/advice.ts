/** What to write in a tag that Handlebars cannot read; undefined where nothing is known. */
export function adviseOnTag(tag: string): string | undefined {
  return TAGS.find(({ pattern }) => pattern.test(withoutTexts(tag)))?.advice
}

/** What to write for a helper that does not exist but whose name people know from elsewhere. */
export function adviseOnHelper(name: string): string | undefined {
  return name.startsWith('$') ? NAMED_VALUES : HELPERS.get(name)
}

/** How to close the block that a template leaves open last. */
export function adviseOnOpenBlock(source: string): string | undefined {
  const open: { name: string; line: number }[] = []
  for (const { 1: mark, 2: name = '', index } of source.matchAll(BLOCK_TAG)) {
    if (mark === '/') open.pop()
    else open.push({ name, line: source.slice(0, index).split('\n').length })
  }
  const last = open.at(-1)
  return last && `Close {{#${last.name}}} of line ${last.line} with {{/${last.name}}}.`
}

/** The whole tag around a place in a line, or the line where there is none. */
export function tagAt(line: string, column: number): string {
  const start = line.lastIndexOf('{{', column + 1)
  const end = line.indexOf('}}', column)
  return start < 0 ? line : line.slice(start, end < 0 ? undefined : end + 2)
}

const BLANKS = 'Handlebars trims blanks with a tilde: {{~ … ~}}.'
const NAMED_VALUES = 'Handlebars names a value in a block: {{#with VALUE as |name|}} … {{/with}}.'

/** Habits of Go's templates, in the order in which they are looked for. */
const TAGS: readonly { pattern: RegExp; advice: string }[] = [
  { pattern: /\{\{-|-\}\}/, advice: BLANKS },
  { pattern: /:=|\$[a-z]/i, advice: NAMED_VALUES },
  {
    pattern: /\|/,
    advice:
      'Handlebars has no pipes; put the call around its argument: {{nindent 2 (toYaml values.x)}}.',
  },
  {
    pattern: /[\s({]\.[A-Za-z]/,
    advice: 'Paths begin without a dot: values.name, release.name, chart.version.',
  },
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

const BLOCK_TAG = /\{\{\{?~?([#/])\s*>?\s*([^\s}~]+)/g

function withoutTexts(tag: string): string {
  return tag.replaceAll(/"[^"]*"|'[^']*'/g, '""').replaceAll(/\bas \|[^|]*\|/g, '')
}
