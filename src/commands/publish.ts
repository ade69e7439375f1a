import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { publish } from '../actions/publish.ts'
import { PkgError } from '../base/errors.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { outputFlag } from '../cli/flags.ts'
import { openSite } from '../cli/open-site.ts'
import { accessOf } from '../cli/read-chart.ts'
import { serverFlags } from '../cli/source-flags.ts'
import { viewPublished } from '../output/repositories-view.ts'

export default class Publish extends BaseCommand {
  static override summary = 'Publish charts to a folder, a server or a registry.'

  static override description = `
The last argument says where to:
- a folder becomes a static repository: archives go in, and its index.yaml is merged;
- an http(s) URL, or the name of a configured repository, is a server with ChartMuseum's API;
- oci://HOST/PATH is a registry.

Folders of charts are packed first. A version that is published already is refused unless its
bytes are the same, or --force is given. Several runs may publish to one folder at once.`

  static override examples = [
    '<%= config.bin %> publish ./charts/web ./charts/db ./repository',
    '<%= config.bin %> publish web-1.2.3.tgz oci://ghcr.io/acme/charts',
    '<%= config.bin %> publish ./charts/web corp --dry-run',
  ]

  static override strict = false

  static override args = {
    chart: Args.string({ required: true, description: 'Folders of charts, or archives.' }),
    target: Args.string({ required: true, description: 'Where they go.' }),
  }

  static override flags = {
    ...serverFlags(),
    ...outputFlag,
    url: Flags.string({
      summary: 'Address that the index gives archives of a folder; relative ones by default.',
    }),
    force: Flags.boolean({ summary: 'Replace versions that are published with other bytes.' }),
    'dry-run': Flags.boolean({ summary: 'Show what would change and change nothing.' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Publish)
    const words = argv as string[]
    const target = words.at(-1)
    if (target === undefined) throw new PkgError('USAGE', 'no target is given')
    const results = await publish(
      {
        charts: words.slice(0, -1),
        target,
        baseUrl: flags.url ?? '',
        overwrite: flags.force,
        dryRun: flags['dry-run'],
        access: accessOf(flags),
        now: () => new Date(this.io.now()),
      },
      openSite(flags, this.io),
    )
    this.print(flags.output, results, (all) => viewPublished(all, flags['dry-run']))
  }
}
