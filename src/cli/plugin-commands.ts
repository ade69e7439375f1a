import { readdirSync } from 'node:fs'
import { join, parse, sep } from 'node:path'
import { isSystemError } from '../base/files.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import type { CommandSpec } from '../output/help-view.ts'
import { installedPlugins, readIfThere, readPackage, type InstalledPlugin } from './plugins.ts'

/**
 * Tells which commands the plugins of a folder add to ours, and people see; of a name that several
 * have, the first counts. Nothing of a plugin is run for it.
 *
 * @throws PkgError PLUGIN_INVALID
 */
export function pluginCommands(folder: string, ours: readonly CommandSpec[]): CommandSpec[] {
  const own = new Set(ours.flatMap(namesOf))
  const found = new Map<string, CommandSpec>()
  for (const plugin of installedPlugins(folder)) {
    for (const command of commandsOf(plugin)) {
      const { id, summary = `From ${plugin.name}.` } = command
      if (command.hidden === true || found.has(id) || isOwn(id, own)) continue
      found.set(id, { ...command, summary })
    }
  }
  return [...found.values()]
}

/**
 * The commands of one plugin, by id: those of its oclif.manifest.json, which tells all of them;
 * without one the names of its files tell what they are called.
 *
 * Source: @oclif/core 4.14.0 lib/config/plugin.js, `_manifest` and `getCommandIDs`.
 *
 * @throws PkgError PLUGIN_INVALID
 */
export function commandsOf({ root, version }: InstalledPlugin): CommandSpec[] {
  const commands = fromManifest(root, version) ?? fromFiles(root)
  return commands.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** @returns undefined when there is no manifest, or one of another version */
function fromManifest(root: string, version: string): CommandSpec[] | undefined {
  const text =
    readIfThere(join(root, 'oclif.manifest.json')) ??
    readIfThere(join(root, '.oclif.manifest.json'))
  const manifest = text === undefined ? undefined : parseJson(text)
  if (!isJsonObject(manifest) || !isJsonObject(manifest['commands'])) return undefined
  const { version: described, commands } = manifest
  if (typeof described !== 'string' || release(described) !== release(version)) return undefined
  return Object.entries(commands).flatMap(([id, spec]) =>
    isJsonObject(spec) ? [specOf(id, spec)] : [],
  )
}

/** A version without what makes it a preview. */
function release(version: string): string {
  return version.replace(/-.*/, '')
}

/** What help and completion need of a command, if it is there and of the right kind. */
function specOf(id: string, { summary, description, aliases, hidden, args, flags }: Fields) {
  const said = [summary, description].find((text) => typeof text === 'string')
  const [line = ''] = (said ?? '').trim().split('\n')
  const spec: CommandSpec = {
    id,
    aliases: Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : [],
    hidden: hidden === true,
    args: isJsonObject(args) ? (args as unknown as CommandSpec['args']) : {},
    flags: isJsonObject(flags) ? (flags as unknown as CommandSpec['flags']) : {},
  }
  if (line !== '') spec.summary = line
  return spec
}

type Fields = Record<string, unknown>

function fromFiles(root: string): CommandSpec[] {
  const { commands } = readPackage(root)?.oclif ?? {}
  const target = isJsonObject(commands) ? commands['target'] : commands
  const isPattern = !isJsonObject(commands) || commands['strategy'] === 'pattern'
  if (typeof target !== 'string' || !isPattern) return []
  const ids = namesBelow(join(root, target))
    .filter((name) => SOURCE.test(name) && !NO_COMMAND.test(name))
    .map(idOf)
  return [...new Set(ids)].filter((id) => id !== '').map((id) => specOf(id, {}))
}

const SOURCE = /\.[cm]?[jt]sx?$/
const NO_COMMAND = /\.(?:d|test|spec)\.[cm]?[jt]sx?$/

function namesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'ENOTDIR')) throw error
    return []
  }
}

/** `get/values.js` is `get:values`, and `get/index.js` is `get`. */
function idOf(file: string): string {
  const { dir, name } = parse(file)
  return [...dir.split(sep), name === 'index' ? '' : name].filter((word) => word !== '').join(':')
}

/** A command of a plugin that never runs. */
export interface HiddenCommand {
  /** As it is typed: `hello world`. */
  command: string
  /** Name of the plugin. */
  plugin: string
  /** Name of the plugin that has it too; undefined when the program itself has. */
  by: string | undefined
}

/** Tells which commands of plugins are hidden by ours, or by those of a plugin before them. */
export function hiddenCommands(
  plugins: readonly InstalledPlugin[],
  ours: readonly CommandSpec[],
): HiddenCommand[] {
  const own = new Set(ours.flatMap(namesOf))
  const taken = new Map<string, string>()
  const hidden: HiddenCommand[] = []
  for (const plugin of plugins) {
    const commands = commandsOf(plugin)
    for (const { id } of commands) {
      const by = taken.get(id)
      if (!isOwn(id, own) && by === undefined) continue
      const command = id.replaceAll(':', ' ')
      hidden.push({ command, plugin: plugin.name, by: isOwn(id, own) ? undefined : by })
    }
    for (const name of commands.flatMap(namesOf)) {
      if (!taken.has(name)) taken.set(name, plugin.name)
    }
  }
  return hidden
}

function namesOf({ id, aliases }: CommandSpec): string[] {
  return [id, ...aliases]
}

/** Words behind a command of ours are its arguments; a topic of ours shows its help. */
function isOwn(id: string, own: ReadonlySet<string>): boolean {
  const [first = ''] = id.split(':')
  return own.has(id) || own.has(first) || [...own].some((name) => name.startsWith(`${id}:`))
}
