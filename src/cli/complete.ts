import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandSpec } from '../output/help-view.ts'
import { readManifest } from './manifest.ts'

interface Candidate {
  word: string
  description?: string | undefined
}

/** What cobra's completion protocol says after the candidates: whether files are offered too. */
const FILES = ':0'
const NO_FILES = ':4'

/** Commands whose first argument is the name of a release. */
const TAKES_RELEASE = /^(upgrade|rollback|uninstall|status|history|diff|get:\w+)$/
const TAKES_CHART = /^(template|lint|package|show:\w+|values:\w+|graph|install)$/

/**
 * Completes a command line for kubectl, which runs `kubectl_complete-pkg WORDS…` and reads
 * cobra's protocol: one candidate a line with its description behind a tab, then `:N`.
 *
 * @param words what was typed behind `kubectl pkg`; the last one is being typed
 * @param root folder of oclif.manifest.json
 */
export function complete(
  words: readonly string[],
  root: string,
  target: string | undefined,
): string {
  const commands = readManifest(root)
  const typed = words.at(-1) ?? ''
  const { command, topic } = commandOf(words.slice(0, -1), commands)
  const { candidates, files } =
    command === undefined
      ? { candidates: nextWords(commands, topic), files: false }
      : argumentsOf(command, words, target)
  const lines = candidates
    .filter(({ word }) => word.startsWith(typed))
    .map(({ word, description }) => (description ? `${word}\t${description}` : word))
  return `${[...lines, files ? FILES : NO_FILES].join('\n')}\n`
}

function commandOf(words: readonly string[], commands: CommandSpec[]) {
  const plain = words.filter((word) => !word.startsWith('-'))
  const long = commands.find(({ id }) => id === plain.slice(0, 2).join(':'))
  const command = long ?? commands.find(({ id }) => id === plain[0])
  return { command, topic: plain[0] }
}

function nextWords(commands: CommandSpec[], topic: string | undefined): Candidate[] {
  const prefix = topic === undefined ? '' : `${topic}:`
  const found = new Map<string, string | undefined>()
  for (const { id, summary } of commands) {
    if (!id.startsWith(prefix)) continue
    const [word = '', ...deeper] = id.slice(prefix.length).split(':')
    if (!found.has(word)) found.set(word, deeper.length > 0 ? undefined : summary)
  }
  return [...found].map(([word, description]) => ({ word, description }))
}

function argumentsOf(
  command: CommandSpec,
  words: readonly string[],
  target: string | undefined,
): { candidates: Candidate[]; files: boolean } {
  const typed = words.at(-1) ?? ''
  const before = words.at(-2) ?? ''
  const flags = Object.values(command.flags).filter((flag) => flag.hidden !== true)
  const valued = flags.find(
    (flag) => flag.type === 'option' && (before === `--${flag.name}` || before === `-${flag.char}`),
  )
  if (valued !== undefined) {
    return {
      candidates: (valued.options ?? []).map((word) => ({ word })),
      files: valued.options === undefined,
    }
  }
  if (typed.startsWith('-')) {
    const candidates = flags.map(({ name, summary }) => ({
      word: `--${name}`,
      description: summary,
    }))
    return { candidates, files: false }
  }
  const names = TAKES_RELEASE.test(command.id) ? releaseNames(words, target) : []
  return { candidates: names.map((word) => ({ word })), files: TAKES_CHART.test(command.id) }
}

/** Names of the releases in a directory target, read from the names of their records. */
function releaseNames(words: readonly string[], fromEnvironment: string | undefined): string[] {
  const at = words.findIndex((word) => word === '--target')
  const text = at < 0 ? fromEnvironment : words[at + 1]
  if (text === undefined || !text.startsWith('dir:')) return []
  const folder = join(text.slice('dir:'.length), '.kubectl-pkg', 'releases')
  if (!existsSync(folder)) return []
  const records = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const names = records.map((record) => /([^/]+)\.v\d+$/.exec(record)?.[1])
  return [...new Set(names)].filter((name) => name !== undefined).sort()
}
