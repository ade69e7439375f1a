import * as Args from '@oclif/core/args'
import { chartImages, releaseImages, type ImageListItem } from '../actions/images.ts'
import { status } from '../actions/inspect.ts'
import {
  capabilityFlags,
  chartFlags,
  outputFlag,
  renderFlags,
  revisionFlag,
  valuesFlags,
} from '../cli/flags.ts'
import { namesRelease } from '../cli/names-release.ts'
import type { ConnectionFlags } from '../cli/open-connections.ts'
import { readChart } from '../cli/read-chart.ts'
import { renderOptions } from '../cli/read-flags.ts'
import { loadValues } from '../cli/read-values.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { viewImages } from '../output/images-view.ts'

export default class Images extends ReleaseCommand {
  static override summary = 'List the images that a chart or a release runs.'

  static override description = `
The chart is rendered with your values, so that what is switched off is not listed. Images are
found in the pods of all kinds, in fields, variables and arguments by which operators are told
of images, and in the annotation artifacthub.io/images. -o json says where each one is named.

A plain word is the name of a release, unless there is a file or folder of that name.`

  static override examples = [
    '<%= config.bin %> images ./charts/web -f prod.yaml',
    '<%= config.bin %> images web --namespace shop -o json',
  ]

  static override args = {
    chart: Args.string({ required: true, description: 'Chart, or name of a release.' }),
  }

  static override flags = {
    ...valuesFlags,
    ...renderFlags,
    ...capabilityFlags,
    ...chartFlags,
    ...revisionFlag,
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Images)
    const images = namesRelease(args.chart, this.io.cwd)
      ? await this.imagesOfRelease(args.chart, flags)
      : await this.imagesOfChart(args.chart, flags)
    this.print(flags.output, images, viewImages)
  }

  private async imagesOfRelease(
    name: string,
    flags: ConnectionFlags & { namespace?: string | undefined; revision?: number | undefined },
  ): Promise<ImageListItem[]> {
    const connections = await this.openConnections(flags)
    return releaseImages(await status(connections, this.releaseOf(name, flags), flags.revision))
  }

  private async imagesOfChart(reference: string, flags: ChartImageFlags): Promise<ImageListItem[]> {
    const chart = await readChart(reference, flags, this.io)
    this.noteWarnings(chart)
    return chartImages({
      chart,
      values: (await loadValues(flags, this.io))(chart),
      release: { name: 'release-name', namespace: flags.namespace || 'default' },
      options: renderOptions(flags, this.io),
      kubeVersion: flags['kube-version'],
      apiVersions: flags['api-versions'] ?? [],
      noHooks: flags['no-hooks'],
      onWarning: (warning) => this.note(warning),
    })
  }
}

type ChartImageFlags = Parameters<typeof readChart>[1] &
  Parameters<typeof loadValues>[0] &
  Parameters<typeof renderOptions>[0] & {
    namespace?: string | undefined
    'kube-version'?: string | undefined
    'api-versions'?: string[] | undefined
    'no-hooks': boolean
  }
