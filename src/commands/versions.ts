import * as Args from '@oclif/core/args'
import { chartVersions } from '../actions/versions.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { chartFlags, outputFlag } from '../cli/flags.ts'
import { openSite } from '../cli/open-site.ts'
import { accessOf } from '../cli/read-chart.ts'
import { viewVersions } from '../output/repositories-view.ts'

export default class Versions extends BaseCommand {
  static override summary = 'List the versions of a chart, of a repository or a registry alike.'

  static override examples = [
    '<%= config.bin %> versions bitnami/nginx --version ^15',
    '<%= config.bin %> versions oci://registry-1.docker.io/bitnamicharts/nginx',
    '<%= config.bin %> versions nginx --repo https://charts.bitnami.com/bitnami --devel',
  ]

  static override args = {
    chart: Args.string({ required: true, description: 'REPOSITORY/CHART or an oci URL.' }),
  }

  static override flags = { ...chartFlags, ...outputFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Versions)
    const versions = await chartVersions(
      {
        reference: args.chart,
        repo: flags.repo,
        version: flags.version,
        devel: flags.devel,
        access: accessOf(flags),
      },
      openSite(flags, this.io),
    )
    this.print(flags.output, versions, viewVersions)
  }
}
