import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { searchCharts } from '../../actions/search.ts'
import { PkgError } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { integer, outputFlag } from '../../cli/flags.ts'
import { openSite } from '../../cli/open-site.ts'
import { viewFound } from '../../output/repositories-view.ts'

export default class SearchRepo extends BaseCommand {
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

  static override flags = {
    ...outputFlag,
    regexp: Flags.boolean({ char: 'r', summary: 'The keyword is a regular expression.' }),
    versions: Flags.boolean({ char: 'l', summary: 'List every version of a chart.' }),
    devel: Flags.boolean({ summary: 'Take pre-releases too.' }),
    version: Flags.string({ summary: 'Range that versions must be in.' }),
    'max-col-width': integer({ summary: 'Widest column of the table.', default: 50, min: 0 }),
    'fail-on-no-result': Flags.boolean({ summary: 'Fail when nothing is found.' }),
  }

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
    if (found.length === 0 && flags['fail-on-no-result']) {
      throw new PkgError('CHART_NOT_FOUND', 'no results found', {
        hint: 'Run "kubectl pkg repo update", or search for less.',
      })
    }
    this.print(flags.output, found, (charts) =>
      viewFound(charts, flags['max-col-width'] || Infinity),
    )
  }
}
