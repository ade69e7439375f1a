import { formatDuration } from '../golang/duration.ts'
import { wrap } from './wrap.ts'

/** A command's flag, as oclif's manifest has it. */
export interface FlagSpec {
  name: string
  type: string
  char?: string
  aliases?: string[]
  summary?: string
  helpGroup?: string
  helpValue?: string
  env?: string
  default?: unknown
  options?: string[]
  multiple?: boolean
  hidden?: boolean
}

/** A command, as oclif's manifest has it. */
export interface CommandSpec {
  /** Words with a colon between them: `get:values`. */
  id: string
  summary?: string
  description?: string
  examples?: string[]
  aliases: string[]
  hidden?: boolean
  /** Whether more words than `args` are refused. */
  strict?: boolean
  args: Record<string, { name: string; description?: string; required?: boolean }>
  flags: Record<string, FlagSpec>
}

export interface HelpOptions {
  /** What people type before the command's words: `kubectl pkg`. */
  bin: string
  /** Columns of the terminal. */
  width: number
}

/** Headings of the first page; a command that is not named here stands under the last one. */
const SECTIONS: [heading: string, commands: string[]][] = [
  ['Releases', 'install upgrade rollback uninstall list status history get test'.split(' ')],
  ['Changes', 'diff plan apply drift resume abort repair rbac'.split(' ')],
  ['Charts', 'create template lint show values images graph migrate'.split(' ')],
  [
    'Sources',
    'repo registry search versions pull dependency outdated tags addon bundle cache'.split(' '),
  ],
  ['Publishing', 'package publish push sign keygen verify'.split(' ')],
  ['Other', []],
]
/** Order of the groups of flags, the widest reaching last; those of plugins come after. */
const GROUPS = [
  '',
  'CHART',
  'SOURCE',
  'SIGNING',
  'VALUES',
  'RENDERING',
  'PLAN',
  'WAITING',
  'CLUSTER',
  'GLOBAL',
]
const WIDEST = 100

/** The first page of help: every command on a line, topics as one; those of plugins come last. */
export function viewCommands(
  title: string,
  { commands, added }: { commands: readonly CommandSpec[]; added: readonly CommandSpec[] },
  options: HelpOptions,
): string {
  const { bin } = options
  const named = new Set(SECTIONS.flatMap(([, words]) => words))
  const others = [...new Set(commands.map(({ id }) => id.split(':')[0] ?? ''))]
    .filter((word) => !named.has(word))
    .sort()
  const sections = SECTIONS.map(([heading, words]) => {
    const rows = [...words, ...(heading === 'Other' ? others : [])].flatMap((word) =>
      rowsOf(word, commands),
    )
    return section(heading, columns(rows, options))
  })
  const plugins = added.map(({ id, summary = '' }): Row => [id.replaceAll(':', ' '), summary])
  const more = [
    `Run "${bin} COMMAND --help" for a command's flags and examples.`,
    `Run "${bin} help errors" for the error codes.`,
  ]
  return join([
    paragraph(title, options),
    section('Usage', `  ${bin} COMMAND [flags]`),
    ...sections,
    section('Plugins', columns(plugins, options)),
    more.map((line) => paragraph(line, options)).join('\n'),
  ])
}

/** The commands of a topic: `get`. */
export function viewTopic(
  topic: string,
  commands: readonly CommandSpec[],
  options: HelpOptions,
): string {
  const rows = commands.map(({ id, summary = '' }): Row => [id.slice(topic.length + 1), summary])
  return join([
    section('Usage', `  ${options.bin} ${topic} COMMAND [flags]`),
    section('Commands', columns(rows, options)),
  ])
}

/** All there is to know of one command. */
export function viewCommand(command: CommandSpec, options: HelpOptions): string {
  const args = Object.values(command.args)
  const description = (command.description ?? '').trim()
  const examples = (command.examples ?? []).map(
    (text) => `  ${text.replaceAll('<%= config.bin %>', options.bin)}`,
  )
  return join([
    paragraph(command.summary ?? '', options),
    section('Usage', `  ${options.bin} ${usageOf(command)}`),
    section('Aliases', words(command.aliases.map((alias) => alias.replaceAll(':', ' ')))),
    description === '' ? '' : wrapLines(description, options),
    section(
      'Arguments',
      columns(
        args.map(({ name, description = '' }) => [name.toUpperCase(), description]),
        options,
      ),
    ),
    section('Examples', examples.join('\n')),
    ...flagSections(Object.values(command.flags), options),
  ])
}

/** A command and its arguments: `install NAME [CHART] [flags]`. */
function usageOf({ id, args, strict }: CommandSpec): string {
  const places = Object.values(args).map(({ name, required }) => {
    const label = name.toUpperCase() + (strict === false ? '...' : '')
    return required === true ? label : `[${label}]`
  })
  return [id.replaceAll(':', ' '), ...places, '[flags]'].join(' ')
}

/** The flags that people see, group by group, each as its label and what it does. */
function flagGroups(flags: readonly FlagSpec[]): [heading: string, rows: Row[]][] {
  const shown = flags.filter(({ hidden }) => hidden !== true)
  const groups = new Set([...GROUPS, ...shown.map(({ helpGroup = '' }) => helpGroup)])
  return [...groups]
    .map((group): [string, Row[]] => [
      group === '' ? 'Flags' : `${group[0]}${group.slice(1).toLowerCase()} flags`,
      shown
        .filter(({ helpGroup = '' }) => helpGroup === group)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((flag) => [labelOf(flag), explain(flag)]),
    ])
    .filter(([, rows]) => rows.length > 0)
}

/** A label and what it means. */
export type Row = [label: string, text: string]

function rowsOf(word: string, commands: readonly CommandSpec[]): Row[] {
  const command = commands.find(({ id }) => id === word)
  if (command !== undefined) return [[word, command.summary ?? '']]
  const inside = commands.filter(({ id }) => id.startsWith(`${word}:`))
  if (inside.length === 0) return []
  return [
    [
      word,
      `${inside.map(({ id }) => id.slice(word.length + 1)).join(', ')} of ${TOPIC[word] ?? 'it'}.`,
    ],
  ]
}

/** What the commands of a topic are about. */
const TOPIC: Record<string, string> = {
  addon: 'the add-ons that come with the program',
  bundle: 'an archive of charts and images',
  cache: 'what was fetched',
  dependency: 'what a chart depends on',
  get: 'a release',
  plugin: 'plugins, which add commands',
  registry: 'OCI registries',
  repo: 'chart repositories',
  search: 'charts',
  show: 'a chart',
  values: 'a chart’s values',
}

function flagSections(flags: readonly FlagSpec[], options: HelpOptions): string[] {
  return flagGroups(flags).map(([heading, rows]) => section(heading, columns(rows, options)))
}

function labelOf({ char, name, type, options, helpValue, multiple }: FlagSpec): string {
  const short = char === undefined ? '    ' : `-${char}, `
  if (type === 'boolean') return `${short}--${name}`
  const value = helpValue ?? (options === undefined ? 'VALUE' : choicesOf(options))
  // What may be left out is never the next word.
  const gap = value.startsWith('[=') ? '' : ' '
  return `${short}--${name}${gap}${value}${multiple === true ? '...' : ''}`
}

function choicesOf(options: string[]): string {
  return options.filter((option) => !['true', 'false', 'unset'].includes(option)).join('|')
}

function explain({ summary = '', env, default: preset, helpValue }: FlagSpec): string {
  const notes = []
  if (typeof preset === 'number' || (typeof preset === 'string' && preset !== '')) {
    const isDuration = helpValue === 'DURATION' && typeof preset === 'number'
    notes.push(`default ${isDuration ? formatDuration(BigInt(preset) * 1_000_000n) : preset}`)
  }
  if (env !== undefined) notes.push(`or set ${env}`)
  return notes.length === 0 ? summary : `${summary.replace(/\.$/, '')} (${notes.join('; ')}).`
}

/** Labels on the left, text on the right; on a narrow terminal the text below its label. */
function columns(rows: readonly Row[], options: HelpOptions): string {
  const width = Math.min(options.width, WIDEST)
  const label = Math.max(0, ...rows.map(([name]) => name.length).filter((length) => length <= 32))
  const isNarrow = width < label + 34
  const indent = isNarrow ? 6 : label + 4
  return rows
    .map(([name, text]) => {
      const lines = wrap(text, width - indent)
      const below = lines.map((line) => `${' '.repeat(indent)}${line}`)
      if (isNarrow || name.length > label) return [...labelLines(name, width), ...below].join('\n')
      return [`  ${name.padEnd(label)}  ${lines[0] ?? ''}`, ...below.slice(1)].join('\n')
    })
    .join('\n')
}

/** A label on lines of its own, broken between the choices of a value. */
function labelLines(label: string, width: number): string[] {
  const lines: string[] = []
  let line = ' '
  for (const part of label.split(/(?<=\|)/)) {
    if (line.length + part.length + 1 > width && line !== ' ') {
      lines.push(line)
      line = ' '.repeat(9)
    }
    line += line === ' ' ? ` ${part}` : part
  }
  return [...lines, line]
}

function paragraph(text: string, { width }: HelpOptions): string {
  return wrap(text, Math.min(width, WIDEST)).join('\n')
}

/** Wraps text that has lines of its own, list items with a hanging indent. */
function wrapLines(text: string, options: HelpOptions): string {
  const width = Math.min(options.width, WIDEST)
  const blocks = text.replaceAll(/\n(?![-\n])/g, ' ').split('\n')
  return blocks
    .map((block) => {
      const hang = block.startsWith('- ') ? '  ' : ''
      return wrap(block.trim(), width - hang.length).join(`\n${hang}`)
    })
    .join('\n')
}

function section(heading: string, body: string): string {
  return body === '' ? '' : `${heading}:\n${body}`
}

function words(list: readonly string[]): string {
  return list.length === 0 ? '' : `  ${list.join(', ')}`
}

function join(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
