import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandSpec } from '../output/help-view.ts'
import type { ChartPlaces } from './complete-charts.ts'
import { readManifest } from './manifest.ts'

interface Candidate {
  word: string
  description?: string | undefined
}

/** What cobra's completion protocol says after the candidates; the numbers are added up. */
const NO_SPACE = 2
const NO_FILES = 4

/** Commands whose first argument is the name of a release. */
const TAKES_RELEASE =
  /^(upgrade|rollback|uninstall|status|history|diff|outdated|images|rbac|get:\w+)$/
const TAKES_FILES =
  /^(template|lint|package|show:\w+|values:\w+|graph|install|publish|dependency:\w+)$/
/** Commands that take `REPOSITORY/CHART`, and before how many words that cannot be one. */
const CHARTS_AFTER: Record<string, number> = {
  diff: 1,
  images: 0,
  install: 0,
  outdated: 0,
  pull: 0,
  rbac: 1,
  'show:all': 0,
  'show:chart': 0,
  'show:crds': 0,
  'show:readme': 0,
  'show:values': 0,
  template: 0,
  upgrade: 1,
  'values:schema': 0,
  'values:types': 0,
  versions: 0,
}
/** Commands that take names of repositories, in the same way. */
const REPOSITORIES_AFTER: Record<string, number> = {
  publish: 1,
  'repo:remove': 0,
  'repo:update': 0,
}

export interface CompletionSettings {
  /** Folder of oclif.manifest.json. */
  root: string
  /** What KUBECTL_PKG_TARGET says. */
  target: string | undefined
  charts: ChartPlaces
}

/** What can follow, and whether files or no space may follow it. */
interface Candidates {
  candidates: Candidate[]
  files: boolean
  noSpace?: boolean
}

/**
 * Completes a command line for kubectl, which runs `kubectl_complete-pkg WORDS…` and reads
 * cobra's protocol: one candidate a line with its description behind a tab, then `:N`.
 *
 * Charts and versions are those of the indexes that were fetched; no server is asked.
 *
 * @param words what was typed behind `kubectl pkg`; the last one is being typed
 */
export async function complete(
  words: readonly string[],
  { root, target, charts }: CompletionSettings,
): Promise<string> {
  const commands = readManifest(root)
  const typed = words.at(-1) ?? ''
  const { command, topic } = commandOf(words.slice(0, -1), commands)
  const {
    candidates,
    files,
    noSpace = false,
  } = command === undefined
    ? { candidates: nextWords(commands, topic), files: false }
    : await argumentsOf(command, words, { target, charts })
  const lines = candidates
    .filter(({ word }) => word.startsWith(typed))
    .map(({ word, description }) => (description ? `${word}\t${description}` : word))
  const ending = (noSpace && lines.length > 0 ? NO_SPACE : 0) + (files ? 0 : NO_FILES)
  return `${[...lines, `:${ending}`].join('\n')}\n`
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

async function argumentsOf(
  command: CommandSpec,
  words: readonly string[],
  settings: Pick<CompletionSettings, 'target' | 'charts'>,
): Promise<Candidates> {
  const typed = words.at(-1) ?? ''
  const flags = Object.values(command.flags).filter((flag) => flag.hidden !== true)
  const isValue = (before: string) =>
    flags.find(
      (flag) =>
        flag.type === 'option' && (before === `--${flag.name}` || before === `-${flag.char}`),
    )
  const positionals = words
    .slice(command.id.split(':').length, -1)
    .filter((word, at, all) => !word.startsWith('-') && isValue(all[at - 1] ?? '') === undefined)
  const valued = isValue(words.at(-2) ?? '')
  if (valued !== undefined) return valuesOf(valued, positionals, settings.charts)
  if (typed.startsWith('-')) {
    const candidates = flags.map(({ name, summary }) => ({
      word: `--${name}`,
      description: summary,
    }))
    return { candidates, files: false }
  }
  return positionalsOf(command, { words, typed, positionals }, settings)
}

type FlagSpec = CommandSpec['flags'][string]

async function valuesOf(
  flag: FlagSpec,
  positionals: readonly string[],
  charts: ChartPlaces,
): Promise<Candidates> {
  const { options } = flag
  if (options !== undefined) return { candidates: wordsOf(options), files: false }
  if (flag.name === 'version') {
    const reference = positionals.find((word) => /^[^/.][^/]*\/[^/]+$/.test(word)) ?? ''
    const { referenceVersions } = await import('./complete-charts.ts')
    return { candidates: wordsOf(await referenceVersions(reference, charts)), files: false }
  }
  if (flag.name === 'from') {
    const { repositoryNames } = await import('./complete-charts.ts')
    return { candidates: wordsOf(await repositoryNames(charts)), files: false }
  }
  return { candidates: [], files: true }
}

interface Typing {
  words: readonly string[]
  typed: string
  positionals: readonly string[]
}

async function positionalsOf(
  { id }: CommandSpec,
  { words, typed, positionals }: Typing,
  { target, charts }: Pick<CompletionSettings, 'target' | 'charts'>,
): Promise<Candidates> {
  const at = positionals.length
  const files = TAKES_FILES.test(id)
  const releases = at === 0 && TAKES_RELEASE.test(id) ? releaseNames(words, target) : []
  if (at >= (REPOSITORIES_AFTER[id] ?? Infinity)) {
    const { repositoryNames } = await import('./complete-charts.ts')
    return { candidates: wordsOf(await repositoryNames(charts)), files }
  }
  if (at < (CHARTS_AFTER[id] ?? Infinity)) return { candidates: wordsOf(releases), files }
  if (/^[./~]|^[a-z]+:/.test(typed)) return { candidates: [], files: true }
  const { chartReferences } = await import('./complete-charts.ts')
  const references = await chartReferences(typed, charts)
  return {
    candidates: wordsOf([...releases, ...references]),
    files: true,
    noSpace: !typed.includes('/'),
  }
}

function wordsOf(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word }))
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
