import * as Args from '@oclif/core/args'
import { PkgError } from '../base/errors.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { helpOf } from '../cli/help.ts'
import { pluginCommands } from '../cli/plugin-commands.ts'
import { pluginsFolder } from '../cli/plugins.ts'
import type { CommandSpec } from '../output/help-view.ts'

export default class Help extends BaseCommand {
  static override summary = 'Show the commands, the help of one, or the error codes.'

  static override examples = [
    '<%= config.bin %> help',
    '<%= config.bin %> help get values',
    '<%= config.bin %> help errors',
  ]

  static override strict = false

  static override args = {
    command: Args.string({ description: 'Words of a command; or errors.' }),
  }

  async run(): Promise<void> {
    const { argv } = await this.parse(Help)
    const { bin, root } = this.config
    const words = argv as string[]
    const added = (ours: readonly CommandSpec[]) => this.addedTo(ours)
    this.io.out(helpOf({ words, root, bin, width: this.io.columns, added }))
  }

  /** Help is there also when the plugins cannot be read. */
  private addedTo(ours: readonly CommandSpec[]): readonly CommandSpec[] {
    try {
      return pluginCommands(pluginsFolder(this.io.env), ours)
    } catch (error) {
      if (!(error instanceof PkgError)) throw error
      this.note(`warning: ${error.message}`)
      return []
    }
  }
}
