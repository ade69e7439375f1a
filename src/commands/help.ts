import * as Args from '@oclif/core/args'
import { BaseCommand } from '../cli/base-command.ts'
import { helpOf } from '../cli/help.ts'

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
    this.io.out(helpOf({ words: argv as string[], root, bin, width: this.io.columns }))
  }
}
