import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { searchHub } from '../../actions/search-hub.ts'
import { PkgError } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { integer } from '../../cli/flag-kinds.ts'
import { outputFlag } from '../../cli/flags.ts'
import { openSite } from '../../cli/open-site.ts'
import { viewHub } from '../../output/repositories-view.ts'

export default class SearchHub extends BaseCommand {
  static override summary = 'Search a hub for charts: Artifact Hub, or one of your own.'

  static override description = `
The hub is asked over the network, by the search API of Monocular that Artifact Hub has too.`

  static override examples = [
    '<%= config.bin %> search hub wordpress --list-repo-url',
    '<%= config.bin %> search hub --endpoint https://hub.corp.example wordpress',
  ]

  static override strict = false

  static override args = {
    keyword: Args.string({ description: 'What to look for.' }),
  }

  static override flags = {
    ...outputFlag,
    endpoint: Flags.string({ summary: 'Hub to ask.', default: 'https://hub.helm.sh' }),
    'list-repo-url': Flags.boolean({ summary: 'Show the address of the repository too.' }),
    'max-col-width': integer({ summary: 'Widest column of the table.', default: 50, min: 0 }),
    'fail-on-no-result': Flags.boolean({ summary: 'Fail when nothing is found.' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(SearchHub)
    const keyword = (argv as string[]).join(' ')
    const found = await searchHub({ endpoint: flags.endpoint, keyword }, openSite(flags, this.io))
    if (found.length === 0 && flags['fail-on-no-result']) {
      throw new PkgError('CHART_NOT_FOUND', 'no results found')
    }
    const widest = flags['max-col-width'] || Infinity
    this.print(flags.output, found, (charts) => viewHub(charts, flags['list-repo-url'], widest))
  }
}
