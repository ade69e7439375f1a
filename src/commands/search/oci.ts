import * as Args from '@oclif/core/args'
import { searchRegistry } from '../../actions/search-registry.ts'
import { registryOptions } from '../../cli/registry-options.ts'
import { SearchCommand, searchFlags } from '../../cli/search-command.ts'
import { registryFlags } from '../../cli/source-flags.ts'
import { term } from '../../output/term.ts'

export default class SearchOci extends SearchCommand {
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

  static override flags = { ...searchFlags, ...registryFlags() }

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
    this.printFound(found, flags, 'Search for less, or for pre-releases too with --devel.')
  }
}
