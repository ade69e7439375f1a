import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { createBundle } from '../../actions/bundle.ts'
import { chartImages } from '../../actions/images.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import {
  capabilityFlags,
  chartFlags,
  outputFlag,
  renderFlags,
  valuesFlags,
} from '../../cli/flags.ts'
import { openSite } from '../../cli/open-site.ts'
import { accessOf } from '../../cli/read-chart.ts'
import { renderOptions } from '../../cli/read-flags.ts'
import { sourceDate } from '../../cli/source-date.ts'
import { loadValues } from '../../cli/read-values.ts'
import { viewBundle } from '../../output/bundle-view.ts'

export default class BundleCreate extends BaseCommand {
  static override summary =
    'Put charts, and their images, into one file for machines without a network.'

  static override description = `
The file is an OCI image layout: charts with all their dependencies, their provenance files and
signatures, and with --images every image that they run with your values. The same content gives
the same bytes. Charts of a registry keep their digests, so that signatures hold.`

  static override examples = [
    '<%= config.bin %> bundle create ./charts/web oci://ghcr.io/acme/charts/db:1.2.3 --file shop.tar',
    '<%= config.bin %> bundle create ./charts/web -f prod.yaml --images --platform linux/amd64 --file web.tar',
  ]

  static override strict = false

  static override args = {
    chart: Args.string({ required: true, description: 'Folders, archives and references.' }),
  }

  static override flags = {
    file: Flags.string({ summary: 'Path of the bundle.', default: 'bundle.tar' }),
    images: Flags.boolean({ summary: 'Put the images in too.' }),
    platform: Flags.string({
      summary: 'Take images for this platform alone, such as linux/amd64; all by default.',
    }),
    ...valuesFlags,
    ...renderFlags,
    ...capabilityFlags,
    ...chartFlags,
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(BundleCreate)
    const valuesFor = await loadValues(flags, this.io)
    const made = await createBundle(
      {
        charts: argv as string[],
        query: { version: flags.version, devel: flags.devel, access: accessOf(flags) },
        file: flags.file,
        withImages: flags.images,
        platform: flags.platform,
        created: sourceDate(this.io.env) ?? 0,
        imagesOf: (chart) =>
          chartImages({
            chart,
            values: valuesFor(chart),
            release: { name: 'release-name', namespace: flags.namespace || 'default' },
            options: renderOptions(flags),
            kubeVersion: flags['kube-version'],
            apiVersions: flags['api-versions'] ?? [],
            noHooks: flags['no-hooks'],
          }).map(({ image }) => image),
      },
      openSite(flags, this.io),
    )
    this.print(flags.output, made, viewBundle)
  }
}
