import { ERRORS, PkgError } from '../base/errors.ts'
import { viewCommand, viewCommands, viewTopic, type CommandSpec } from '../output/help-view.ts'
import { viewTable } from '../output/table.ts'
import { readManifest } from './manifest.ts'
import { nearest } from '../base/nearest.ts'

export interface HelpRequest {
  /** The words that were typed: none, a topic, a command, or `errors`. */
  words: readonly string[]
  /** Folder of oclif.manifest.json. */
  root: string
  bin: string
  /** Columns of the terminal. */
  width: number
  /** Gives the commands that plugins add to ours. */
  added: (ours: readonly CommandSpec[]) => readonly CommandSpec[]
}

const TITLE =
  'A package manager for Kubernetes: Helm charts, native charts with typed values, releases on clusters and in directories.'

/**
 * The help of what the words name.
 *
 * @throws PkgError USAGE when there is no such command
 */
export function helpOf({ words, root, bin, width, added }: HelpRequest): string {
  const commands = readManifest(root)
  const options = { bin, width }
  if (words.length === 0) return viewCommands(TITLE, { commands, added: added(commands) }, options)
  if (words[0] === 'errors') return viewErrors()
  const command = findCommand(words, commands)
  if (command !== undefined) return viewCommand(command, options)
  const [topic = ''] = words
  const inside = commands.filter(({ id }) => id.startsWith(`${topic}:`))
  if (inside.length === 0 || words.length > 1) throw unknownCommand(words, commands, bin)
  return viewTopic(topic, inside, options)
}

/** Says that there is no such command, and which one may have been meant. */
export function unknownCommand(
  words: readonly string[],
  commands: readonly CommandSpec[],
  bin: string,
): PkgError {
  const [first = '', second = ''] = words
  const isTopic = commands.some(({ id }) => id.startsWith(`${first}:`)) && second !== ''
  const before = isTopic ? `${first} ` : ''
  const word = isTopic ? second : first
  const known = commands
    .flatMap(({ id, aliases }) => [id, ...aliases])
    .map((id) => id.replaceAll(':', ' '))
    .filter((id) => id.startsWith(before))
    .map((id) => id.slice(before.length).split(' ')[0] ?? '')
  const near = nearest(word, known)
  const help = `Run "${bin} ${isTopic ? `help ${first}` : 'help'}" to see the commands.`
  return new PkgError('USAGE', `unknown command "${word}" for "${`${bin} ${before}`.trimEnd()}"`, {
    hint: near === undefined ? help : `Did you mean "${bin} ${before}${near}"? ${help}`,
  })
}

/** The command that the first words name, by its id or an alias. */
function findCommand(
  words: readonly string[],
  commands: readonly CommandSpec[],
): CommandSpec | undefined {
  for (const id of [words.slice(0, 2).join(':'), words[0]]) {
    const found = commands.find((each) => each.id === id || each.aliases.includes(id ?? ''))
    if (found !== undefined) return found
  }
  return undefined
}

function viewErrors(): string {
  const rows = Object.entries(ERRORS).map(([code, { exit, summary }]) => [
    code,
    String(exit),
    summary,
  ])
  const lines = viewTable([['CODE', 'EXIT', 'MEANING'], ...rows])
  return `${lines.replaceAll(/ +$/gm, '')}\n`
}
