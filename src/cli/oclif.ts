import type { Config } from '@oclif/core/config'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { viewError } from '../output/error-view.ts'
import { type CommandSpec, viewCommand } from '../output/help-view.ts'
import { unknownCommand } from './help.ts'
import { processIo } from './io.ts'
import { linkProgram } from './link-program.ts'
import { readManifest } from './manifest.ts'
import { commandsOf, pluginCommands } from './plugin-commands.ts'
import { type InstalledPlugin, installedPlugins, pluginsFolder } from './plugins.ts'
import { BIN } from './program.ts'

/** Runs a command of a plugin that the person added, or shows its help. */
export async function runOclif(argv: string[], root: string): Promise<void> {
  const io = processIo()
  try {
    const given = argv[0] === 'help' ? argv.slice(1) : argv
    const wantsHelp = given !== argv || given.includes('--help') || given.includes('-h')
    const words = given.slice(0, given.findIndex((word) => word.startsWith('-')) >>> 0)
    const folder = pluginsFolder(io.env)
    const found = findCommand(words, installedPlugins(folder))
    if (found === undefined) {
      const ours = readManifest(root)
      throw unknownCommand(words, [...ours, ...pluginCommands(folder, ours)], BIN)
    }
    linkIfWritable(folder, root)
    const config = await loadCommand(found, { root, folder })
    if (wantsHelp) io.out(helpOf(config, found.id, io.columns))
    else await runForeign(config, found.id, given.slice(found.id.split(':').length))
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    io.err(viewError(error))
    process.exitCode = error.exit
  }
}

interface PluginCommand {
  id: string
  plugin: InstalledPlugin
}

/** The command that the first one or two words name. */
function findCommand(
  words: readonly string[],
  plugins: readonly InstalledPlugin[],
): PluginCommand | undefined {
  const ids = [words.slice(0, 2).join(':'), words.slice(0, 1).join(':')]
  for (const id of ids) {
    const plugin = plugins.find((each) =>
      commandsOf(each).some((command) => command.id === id || command.aliases.includes(id)),
    )
    if (plugin !== undefined) return { id, plugin }
  }
  return undefined
}

/** A program that was moved is linked anew; where nothing can be written the old link must do. */
function linkIfWritable(folder: string, root: string): void {
  try {
    linkProgram(folder, root)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].some((code) => isSystemError(error, code))) throw error
  }
}

/**
 * oclif's configuration with the plugin of a command, and without any that it finds elsewhere.
 *
 * @throws PkgError PLUGIN_INVALID
 */
async function loadCommand(
  { id, plugin }: PluginCommand,
  { root, folder }: { root: string; folder: string },
): Promise<Config> {
  const { Config } = await import('@oclif/core/config')
  const pluginAdditions = { core: [plugin.name], path: folder }
  const { result, warnings } = await withoutWarnings(async () => {
    const config = await Config.load({
      root,
      devPlugins: false,
      userPlugins: false,
      pluginAdditions,
    })
    return loadOf(config, id)
  })
  if ('config' in result) return result.config
  const reason = result.reason ?? warnings[0] ?? 'oclif does not find it'
  const command = `the command "${id.replaceAll(':', ' ')}" of plugin "${plugin.name}"`
  throw new PkgError('PLUGIN_INVALID', `${command} cannot be loaded: ${reason}`, {
    hint: `Run "${BIN} plugin update ${plugin.name}", or tell those who wrote the plugin.`,
  })
}

/** Loads the code of a command; without a manifest oclif has done so, and warned of what failed. */
async function loadOf(
  config: Config,
  id: string,
): Promise<{ config: Config } | { reason: string | undefined }> {
  const command = config.findCommand(id)
  if (command === undefined) return { reason: undefined }
  try {
    await command.load()
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
  return { config }
}

/** Keeps from the screen what oclif warns of: only what fails in the end matters to a person. */
async function withoutWarnings<T>(
  run: () => Promise<T>,
): Promise<{ result: T; warnings: string[] }> {
  const printers = process.listeners('warning')
  const warnings: string[] = []
  const collect = ({ message, detail }: Error & { detail?: string }): void => {
    warnings.push(/^message: (.*)$/m.exec(detail ?? '')?.[1] ?? message)
  }
  process.removeAllListeners('warning').on('warning', collect)
  try {
    const result = await run()
    // Node tells of warnings in a turn of its own.
    await new Promise((resolve) => setImmediate(resolve))
    return { result, warnings }
  } finally {
    process.off('warning', collect)
    for (const printer of printers) process.on('warning', printer)
  }
}

function helpOf(config: Config, id: string, width: number): string {
  const command = config.findCommand(id, { must: true }) as unknown as CommandSpec
  return viewCommand(command, { bin: BIN, width })
}

async function runForeign(config: Config, id: string, argv: string[]): Promise<void> {
  try {
    await config.runCommand(id, argv)
  } catch (error) {
    const { handle } = await import('@oclif/core/handle')
    await handle(error as Error)
  }
}
