import * as Flags from '@oclif/core/flags'
import { shownAddress } from '../../base/shown-address.ts'
import { listRepositories } from '../../actions/repositories.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { outputFlag } from '../../cli/flags.ts'
import { openSite } from '../../cli/open-site.ts'
import { viewRepositories } from '../../output/repositories-view.ts'

export default class RepoList extends BaseCommand {
  static override summary = 'List the configured repositories.'

  static override aliases = ['repo:ls']

  static override examples = ['<%= config.bin %> repo list -o json']

  static override flags = {
    ...outputFlag,
    'no-headers': Flags.boolean({ summary: 'Leave the headings out.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(RepoList)
    const repositories = await listRepositories(openSite(flags, this.io))
    if (repositories.length === 0 && flags.output === 'table') {
      return this.note('no repositories to show')
    }
    const shown = repositories.map(({ name, url }) => ({ name, url: shownAddress(url) }))
    this.print(flags.output, shown, (rows) =>
      viewRepositories(rows, { headers: !flags['no-headers'] }),
    )
  }
}
