import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { applyBundle, imageMapOf } from '../../actions/bundle.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { list } from '../../cli/flag-kinds.ts'
import { outputFlag } from '../../cli/flags.ts'
import { verifySettings } from '../../cli/read-chart.ts'
import { registryOptions } from '../../cli/registry-options.ts'
import { registryFlags, verifyFlags } from '../../cli/source-flags.ts'
import { writeFile } from '../../cli/write-file.ts'
import { encodeDocument } from '../../output/document.ts'
import { viewApplied } from '../../output/bundle-view.ts'

export default class BundleApply extends BaseCommand {
  static override summary =
    'Put what a bundle holds into the registry of a closed network, or into a folder.'

  static override description = `
The bundle is checked whole before anything is sent. Charts and their signatures go to
REMOTE/NAME, images to REMOTE/PATH without the host they came from; all keep their digests. With
--image-map, install and upgrade run the images that are there now, and no chart has to be changed.

A folder becomes a static repository of the charts, with their provenance files; signatures of key
pairs and images have no place in one.`

  static override examples = [
    '<%= config.bin %> bundle apply shop.tar oci://registry.internal/mirror --key acme.pub',
    '<%= config.bin %> bundle apply shop.tar oci://registry.internal/mirror --image-map images.json && <%= config.bin %> install shop oci://registry.internal/mirror/shop --image-map images.json',
    '<%= config.bin %> bundle apply shop.tar ./repository --dry-run',
  ]

  static override args = {
    file: Args.string({ required: true, description: 'Path of the bundle.' }),
    remote: Args.string({ required: true, description: 'oci://HOST/PATH, or a folder.' }),
  }

  static override flags = {
    key: list({ summary: 'File of a public key that may have signed, in PEM; may be repeated.' }),
    ...verifyFlags(),
    'image-map': Flags.string({
      summary: 'File to write which image of the registry stands for which one of the charts.',
    }),
    force: Flags.boolean({
      summary:
        'Replace versions that the target has with other bytes, and the file of --image-map.',
    }),
    'dry-run': Flags.boolean({ summary: 'Show where everything would go and change nothing.' }),
    ...registryFlags(),
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BundleApply)
    const applied = await applyBundle(
      {
        path: args.file,
        target: args.remote,
        keys: flags.key ?? [],
        verify: await verifySettings(flags, this.io),
        dryRun: flags['dry-run'],
        overwrite: flags.force,
        now: () => new Date(this.io.now()),
        onNotice: (notice) => this.io.err(`${notice}\n`),
      },
      registryOptions(flags, this.io),
    )
    const file = flags['image-map']
    if (file !== undefined && !flags['dry-run']) {
      writeFile(file, encodeDocument('json', imageMapOf(applied)), flags)
    }
    this.print(flags.output, applied, viewApplied)
  }
}
