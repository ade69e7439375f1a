import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.ts'

export default class Version extends BaseCommand {
  static override summary = 'Print the version of this program.'

  static override examples = [
    '<%= config.bin %> version',
    '<%= config.bin %> version --short',
    "<%= config.bin %> version --template '{{.Version}}'",
  ]

  static override flags = {
    short: Flags.boolean({ summary: 'Print the version number alone.' }),
    template: Flags.string({
      summary: 'Print by a Go template, which sees .Version and .NodeVersion.',
    }),
    output: Flags.option({
      char: 'o',
      summary: 'Print as a document.',
      options: ['json', 'yaml'] as const,
    })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Version)
    const facts = { version: `v${this.config.version}`, nodeVersion: process.version }
    if (flags.template) {
      // Loaded here alone, because most runs of the command want no template.
      const { formatVersion } = await import('../actions/version.ts')
      return this.io.out(formatVersion(facts, flags.template))
    }
    const { version, nodeVersion } = facts
    const line = flags.short ? version : `kubectl-pkg ${version}, node ${nodeVersion}`
    this.print(flags.output, facts, () => line)
  }
}
