import { Config } from '@oclif/core/config'
import { handle } from '@oclif/core/handle'
import { viewError } from '../output/error-view.ts'
import { unknownCommand } from './help.ts'
import { processIo } from './io.ts'
import { readManifest } from './manifest.ts'
import { BIN } from './program.ts'

/** Runs a command of a plugin that the person added; development plugins are never loaded. */
export async function runOclif(argv: string[], root: string): Promise<void> {
  const config = await Config.load({ root, devPlugins: false })
  const words = argv.slice(0, argv.findIndex((word) => word.startsWith('-')) >>> 0)
  const length = [2, 1].find((count) => config.findCommand(words.slice(0, count).join(':')))
  if (length !== undefined) {
    await runForeign(config, words.slice(0, length).join(':'), argv.slice(length))
    return
  }
  const error = unknownCommand(words, readManifest(root), BIN)
  processIo().err(viewError(error))
  process.exitCode = error.exit
}

async function runForeign(config: Config, id: string, argv: string[]): Promise<void> {
  try {
    await config.runCommand(id, argv)
  } catch (error) {
    await handle(error as Error)
  }
}
