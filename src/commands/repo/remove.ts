import * as Args from '@oclif/core/args'
import { removeRepositories } from '../../actions/repositories.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { openSite } from '../../cli/open-site.ts'

export default class RepoRemove extends BaseCommand {
  static override summary = 'Remove repositories and what was fetched of their indexes.'

  static override aliases = ['repo:rm']

  static override examples = ['<%= config.bin %> repo remove bitnami']

  static override strict = false

  static override args = {
    repository: Args.string({ required: true, description: 'Repositories to remove.' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RepoRemove)
    await removeRepositories(argv as string[], openSite(flags, this.io), (name) =>
      this.io.out(`"${name}" has been removed from your repositories\n`),
    )
  }
}
