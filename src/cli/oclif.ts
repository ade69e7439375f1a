import type { Config } from '@oclif/core/config'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { viewError } from '../output/error-view.ts'
import { type CommandSpec, viewCommand } from '../output/help-view.ts'
import { unknownCommand } from './help.ts'
import { foldersOf } from './home-folders.ts'
import { processIo } from './io.ts'
import { readManifest } from './manifest.ts'
import { installedPlugins } from './plugins.ts'
import { BIN } from './program.ts'

/** Runs a command of a plugin that the person added, or shows its help. */
export async function runOclif(argv: string[], root: string): Promise<void> {
  const io = processIo()
  try {
    const given = argv[0] === 'help' ? argv.slice(1) : argv
    const wantsHelp = given !== argv || given.includes('--help') || given.includes('-h')
    const words = given.slice(0, given.findIndex((word) => word.startsWith('-')) >>> 0)
    const folder = join(foldersOf(io.env).data, 'plugins')
    const names = installedPlugins(folder).map(({ name }) => name)
    const config = names.length === 0 ? undefined : await loadConfig(root, { folder, names })
    const id = [words.slice(0, 2), words.slice(0, 1)]
      .map((taken) => taken.join(':'))
      .find((name) => config?.findCommand(name))
    if (config === undefined || id === undefined) {
      throw unknownCommand(words, readManifest(root), BIN)
    }
    if (wantsHelp) io.out(helpOf(config, id, io.columns))
    else await runForeign(config, id, given.slice(id.split(':').length))
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    io.err(viewError(error))
    process.exitCode = error.exit
  }
}

/** oclif's configuration with the plugins in a folder and without any that it finds elsewhere. */
async function loadConfig(
  root: string,
  plugins: { folder: string; names: readonly string[] },
): Promise<Config> {
  const { Config } = await import('@oclif/core/config')
  const pluginAdditions = { core: [...plugins.names], path: plugins.folder }
  return Config.load({ root, devPlugins: false, userPlugins: false, pluginAdditions })
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
