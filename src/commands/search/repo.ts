import * as Args from '@oclif/core/args'
import { searchCharts } from '../../actions/search.ts'
import { openSite } from '../../cli/open-site.ts'
import { SearchCommand, searchFlags } from '../../cli/search-command.ts'

export default class SearchRepo extends SearchCommand {
  static override summary = 'Search the configured repositories and the add-ons.'

  static override description = `
The indexes that were fetched last are searched, on this machine. A keyword is looked for in
names, descriptions and keywords; without one, all charts are listed.`

  static override examples = [
    '<%= config.bin %> search repo nginx',
    '<%= config.bin %> search repo nginx --versions --version ^15',
    '<%= config.bin %> search repo addons/',
  ]

  static override strict = false

  static override args = {
    keyword: Args.string({ description: 'What to look for.' }),
  }

  static override flags = searchFlags

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(SearchRepo)
    const found = await searchCharts(
      {
        keyword: (argv as string[]).join(' '),
        regexp: flags.regexp,
        versions: flags.versions,
        devel: flags.devel,
        version: flags.version ?? '',
      },
      openSite(flags, this.io),
    )
    this.printFound(found, flags, 'Run "kubectl pkg repo update", or search for less.')
  }
}
