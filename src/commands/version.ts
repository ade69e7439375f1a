import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.ts'

export default class Version extends BaseCommand {
  static override summary = 'Print the version of this program.'

  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version --short']

  static override flags = {
    short: Flags.boolean({ summary: 'Print the version number alone.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Version)
    const { version } = this.config
    this.io.out(
      flags.short ? `v${version}\n` : `kubectl-pkg v${version}, node ${process.version}\n`,
    )
  }
}
