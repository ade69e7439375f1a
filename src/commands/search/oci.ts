import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { searchRegistry } from '../../actions/search-registry.ts'
import { PkgError } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { integer, outputFlag } from '../../cli/flags.ts'
import { registryOptions } from '../../cli/registry-options.ts'
import { registryFlags } from '../../cli/source-flags.ts'
import { viewFound } from '../../output/repositories-view.ts'
import { term } from '../../output/term.ts'

export default class SearchOci extends BaseCommand {
  static override summary = 'Search the charts of an OCI registry.'

  static override description = `
The registry is asked for the repositories that it has, which those of a company do, and some public
ones do not; "versions" looks into one repository of any registry. A keyword is looked for in
names, descriptions and keywords; without one, all charts are listed. Images are passed over.`

  static override examples = [
    '<%= config.bin %> search oci oci://registry.corp.example/charts',
    '<%= config.bin %> search oci oci://localhost:5000 web --versions --plain-http',
  ]

  static override strict = false

  static override args = {
    place: Args.string({ required: true, description: 'oci://HOST, or oci://HOST/PATH.' }),
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
    ...registryFlags(),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(SearchOci)
    const [place = '', ...words] = argv as string[]
    const found = await searchRegistry(
      {
        place,
        keyword: words.join(' '),
        regexp: flags.regexp,
        versions: flags.versions,
        devel: flags.devel,
        version: flags.version ?? '',
      },
      registryOptions(flags, this.io),
      (notice) => this.io.err(`${term(notice)}\n`),
    )
    if (found.length === 0 && flags['fail-on-no-result']) {
      throw new PkgError('CHART_NOT_FOUND', 'no results found', {
        hint: 'Search for less, or for pre-releases too with --devel.',
      })
    }
    this.print(flags.output, found, (charts) =>
      viewFound(charts, flags['max-col-width'] || Infinity),
    )
  }
}
