import { loadHelpClass } from '@oclif/core/help'
import { BaseCommand } from '../cli/base-command.ts'

export default class Help extends BaseCommand {
  static override summary = 'Show the commands, or the help of one.'

  static override examples = ['<%= config.bin %> help', '<%= config.bin %> help get values']

  static override strict = false

  async run(): Promise<void> {
    const { argv } = await this.parse(Help)
    const HelpClass = await loadHelpClass(this.config)
    const help = new HelpClass(this.config, this.config.pjson.oclif.helpOptions)
    await help.showHelp(argv.length === 0 ? [] : [argv.join(':')])
  }
}
