import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { pull } from '../actions/fetch.ts'
import { verifyFetched } from '../actions/verify-fetched.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { chartFlags } from '../cli/flags.ts'
import { openSite } from '../cli/open-site.ts'
import { accessOf, verifySettings } from '../cli/read-chart.ts'
import { viewVerification, type Verification } from '../output/signing-view.ts'

export default class Pull extends BaseCommand {
  static override summary = 'Fetch charts and keep their archives or files.'

  static override description = `
The digest that the repository gives is checked before anything is written. Unpacked files come
from the archive alone: nothing is written outside the chart's own folder.`

  static override aliases = ['fetch']

  static override examples = [
    '<%= config.bin %> pull bitnami/nginx --version ^15',
    '<%= config.bin %> pull nginx --repo https://charts.bitnami.com/bitnami --untar',
    '<%= config.bin %> pull oci://ghcr.io/acme/charts/web:1.2.3 --destination ./charts',
  ]

  static override strict = false

  static override args = {
    chart: Args.string({ required: true, description: 'REPOSITORY/CHART, http(s) or oci URL.' }),
  }

  static override flags = {
    ...chartFlags,
    destination: Flags.string({ char: 'd', summary: 'Folder for the archives.', default: '.' }),
    untar: Flags.boolean({ summary: 'Unpack the chart instead of keeping its archive.' }),
    untardir: Flags.string({
      summary: 'Folder to unpack into, below the destination.',
      default: '.',
    }),
    prov: Flags.boolean({ summary: 'Fetch the provenance file too, without checking it.' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Pull)
    const site = openSite(flags, this.io)
    const verify = await verifySettings(flags, this.io)
    const onVerified = (verification: Verification) =>
      this.io.out(`${viewVerification(verification)}\n`)
    for (const reference of argv as string[]) {
      const { fetched } = await pull(
        {
          reference,
          repo: flags.repo,
          query: {
            version: flags.version,
            devel: flags.devel,
            access: accessOf(flags),
            ...(flags.prov && { provenance: 'may' as const }),
            ...(verify && verifyFetched({ ...verify, onVerified })),
          },
          destination: flags.destination,
          untar: flags.untar ? flags.untardir : undefined,
        },
        site,
      )
      if (fetched.manifest !== undefined) {
        this.note(`Pulled: ${fetched.manifest.reference}\nDigest: ${fetched.manifest.digest}`)
      }
    }
  }
}
