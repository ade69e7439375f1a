import { PkgError } from '../base/errors.ts'
import type { CommandSpec } from '../output/help-view.ts'
import type { ChartPlaces } from './complete-charts.ts'
import type { TypedCommand } from './complete-releases.ts'
import { readManifest } from './manifest.ts'
import { pluginCommands } from './plugin-commands.ts'
import { installedPlugins, pluginsFolder } from './plugins.ts'

interface Candidate {
  word: string
  description?: string | undefined
}

/** What cobra's completion protocol says after the candidates; the numbers are added up. */
const NO_SPACE = 2
const NO_FILES = 4

/** Commands whose first argument is the name of a release that is there. */
const TAKES_RELEASE =
  /^(upgrade|rollback|uninstall|status|history|test|diff|drift|plan|resume|abort|repair|outdated|images|graph|migrate|rbac|get:\w+)$/
/** Commands that take revisions behind it, and how many. */
const REVISIONS: Record<string, number> = { rollback: 1, diff: 2 }
const TAKES_FILES =
  /^(template|lint|package|show:\w+|values:\w+|graph|migrate|install|publish|dependency:\w+|plugin:install)$/
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
/** Commands that take names of plugins. */
const TAKES_PLUGINS = /^plugin:(?:uninstall|update)$/

export interface CompletionSettings {
  /** Folder of oclif.manifest.json. */
  root: string
  env: Readonly<Record<string, string | undefined>>
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
 * Charts and versions are those of the indexes that were fetched; releases and their revisions
 * cost one call of the API server.
 *
 * @param line what was typed behind `kubectl pkg`; the last word is being typed, and of
 *   `--flag=value` shells complete what follows "="
 */
export async function complete(
  line: readonly string[],
  { root, env, charts }: CompletionSettings,
): Promise<string> {
  const words = withValueApart(line)
  const ours = readManifest(root)
  const commands = [...ours, ...ofPlugins(() => pluginCommands(pluginsFolder(env), ours))]
  const typed = words.at(-1) ?? ''
  const { command, topic } = commandOf(words.slice(0, -1), commands)
  const {
    candidates,
    files,
    noSpace = false,
  } = command === undefined
    ? { candidates: nextWords(commands, topic), files: false }
    : await argumentsOf(command, words, { env, charts })
  // Nobody knows what a plugin takes.
  const mayTakeFiles = files || (command !== undefined && !ours.includes(command))
  const lines = candidates
    .filter(({ word }) => word.startsWith(typed))
    .map(({ word, description }) => (description ? `${word}\t${description}` : word))
  const ending = (noSpace && lines.length > 0 ? NO_SPACE : 0) + (mayTakeFiles ? 0 : NO_FILES)
  return `${[...lines, `:${ending}`].join('\n')}\n`
}

function withValueApart(line: readonly string[]): readonly string[] {
  const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(line.at(-1) ?? '') ?? []
  return flag === undefined || value === undefined ? line : [...line.slice(0, -1), flag, value]
}

/** What plugins that cannot be read would add is left out. */
function ofPlugins<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    return []
  }
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
  { env, charts }: Pick<CompletionSettings, 'env' | 'charts'>,
): Promise<Candidates> {
  const typed = words.at(-1) ?? ''
  const flags = Object.values(command.flags).filter((flag) => flag.hidden !== true)
  const isValue = (before: string) =>
    flags.find(
      (flag) =>
        flag.type === 'option' && (before === `--${flag.name}` || before === `-${flag.char}`),
    )
  const own = words.slice(command.id.split(':').length, -1)
  const positionals = own.filter((word, at) => {
    return !word.startsWith('-') && isValue(own[at - 1] ?? '') === undefined
  })
  const valued = isValue(words.at(-2) ?? '')
  // A flag without the value that is being typed would make no sense.
  const whole = valued === undefined ? own : own.slice(0, -1)
  const before = { flags: command.flags, words: whole, env }
  const typing: Typing = { typed, positionals, before, charts }
  if (valued !== undefined) return valuesOf(valued, typing)
  if (typed.startsWith('-')) {
    const candidates = flags.map(({ name, summary }) => ({
      word: `--${name}`,
      description: summary,
    }))
    return { candidates, files: false }
  }
  return positionalsOf(command, typing)
}

/** What stands before and at the word that is being typed. */
interface Typing {
  typed: string
  positionals: readonly string[]
  before: TypedCommand
  charts: ChartPlaces
}

type FlagSpec = CommandSpec['flags'][string]

async function valuesOf(
  { name, options }: FlagSpec,
  { typed, positionals, before, charts }: Typing,
): Promise<Candidates> {
  if (options !== undefined) return { candidates: wordsOf(options), files: false }
  if (name === 'target') {
    return { candidates: typed.includes(':') ? [] : TARGETS, files: true, noSpace: true }
  }
  if (name === 'version') {
    const reference = positionals.find((word) => /^[^/.][^/]*\/[^/]+$/.test(word)) ?? ''
    const { referenceVersions } = await import('./complete-charts.ts')
    return { candidates: wordsOf(await referenceVersions(reference, charts)), files: false }
  }
  if (name === 'from') {
    const { repositoryNames } = await import('./complete-charts.ts')
    return { candidates: wordsOf(await repositoryNames(charts)), files: false }
  }
  if (name === 'revision') {
    return { candidates: await revisionsOf(positionals, before), files: false }
  }
  return { candidates: [], files: true }
}

const TARGETS: Candidate[] = [
  { word: 'cluster', description: 'The API server of the kubeconfig.' },
  { word: 'dir:', description: 'A folder of manifests: dir:PATH.' },
]

async function positionalsOf({ id }: CommandSpec, typing: Typing): Promise<Candidates> {
  const { typed, positionals, before, charts } = typing
  const at = positionals.length
  if (id === 'completion') {
    const { SHELLS } = await import('./completion-scripts.ts')
    return { candidates: at === 0 ? wordsOf(SHELLS) : [], files: false }
  }
  const files = TAKES_FILES.test(id)
  if (at >= (REPOSITORIES_AFTER[id] ?? Infinity)) {
    const { repositoryNames } = await import('./complete-charts.ts')
    return { candidates: wordsOf(await repositoryNames(charts)), files }
  }
  if (TAKES_PLUGINS.test(id)) {
    const plugins = ofPlugins(() => installedPlugins(pluginsFolder(before.env)))
    return { candidates: wordsOf(plugins.map(({ name }) => name)), files }
  }
  const isPlace = /^[./~]|^[a-z]+:/.test(typed)
  const releases = isPlace ? [] : await namesAt(id, at, before)
  const revisions =
    at > 0 && at <= (REVISIONS[id] ?? 0) ? await revisionsOf(positionals, before) : []
  const candidates = [...releases, ...revisions]
  if (at < (CHARTS_AFTER[id] ?? Infinity)) return { candidates, files }
  if (isPlace) return { candidates: [], files: true }
  const { chartReferences } = await import('./complete-charts.ts')
  const references = await chartReferences(typed, charts)
  return {
    candidates: [...candidates, ...wordsOf(references)],
    files: true,
    noSpace: !typed.includes('/'),
  }
}

async function namesAt(id: string, at: number, before: TypedCommand): Promise<Candidate[]> {
  const isNext = at === 0 || id === 'uninstall'
  if (!isNext || !TAKES_RELEASE.test(id)) return []
  const { releaseNames } = await import('./complete-releases.ts')
  return releaseNames(before)
}

async function revisionsOf([name]: readonly string[], before: TypedCommand): Promise<Candidate[]> {
  if (name === undefined) return []
  const { releaseRevisions } = await import('./complete-releases.ts')
  return releaseRevisions(before, name)
}

function wordsOf(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word }))
}
