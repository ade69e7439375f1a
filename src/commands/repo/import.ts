import * as Flags from '@oclif/core/flags'
import { importRepositories } from '../../actions/repositories.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { helmRepositoriesFile } from '../../cli/home-folders.ts'
import { openSite } from '../../cli/open-site.ts'

export default class RepoImport extends BaseCommand {
  static override summary = 'Take over the repositories that Helm has.'

  static override description = `
Addresses, logins and certificates of Helm's repositories.yaml are copied; Helm's own file stays
as it is. Their indexes are fetched when they are first needed, or by "repo update".`

  static override examples = [
    '<%= config.bin %> repo import --from-helm',
    '<%= config.bin %> repo import --file ./repositories.yaml',
  ]

  static override flags = {
    'from-helm': Flags.boolean({ summary: 'Read the repositories.yaml that Helm uses.' }),
    file: Flags.string({ char: 'f', summary: 'Read this repositories.yaml.' }),
    'force-update': Flags.boolean({
      summary: 'Replace repositories that are configured otherwise.',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(RepoImport)
    const file = flags.file ?? helmRepositoriesFile(this.io.env)
    const { added, known, differs } = await importRepositories(
      file,
      { force: flags['force-update'] },
      openSite(flags, this.io),
    )
    for (const name of added) this.io.out(`"${name}" has been added to your repositories\n`)
    for (const name of known) this.note(`"${name}" is configured already`)
    for (const name of differs) {
      this.note(`"${name}" is configured otherwise and stays; pass --force-update to replace it`)
    }
  }
}
