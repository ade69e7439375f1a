import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { checkBundle } from '../../actions/bundle.ts'
import { PkgError } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { list } from '../../cli/flag-kinds.ts'
import { outputFlag } from '../../cli/flags.ts'
import { verifySettings } from '../../cli/read-chart.ts'
import { verifyFlags } from '../../cli/source-flags.ts'
import { viewBundleReport } from '../../output/bundle-view.ts'

export default class BundleVerify extends BaseCommand {
  static override summary = 'Check that a bundle is whole, and what it holds.'

  static override description = `
Every digest and size is checked, charts are loaded, and with --key every chart must be signed
by one of the keys, with --verify every chart must have a provenance file of a trusted key. Images
that charts run and that are not in the bundle are listed; with
--require-images they are an error.`

  static override examples = [
    '<%= config.bin %> bundle verify shop.tar',
    '<%= config.bin %> bundle verify shop.tar --key acme.pub --require-images',
  ]

  static override args = {
    file: Args.string({ required: true, description: 'Path of the bundle.' }),
  }

  static override flags = {
    key: list({ summary: 'File of a public key that may have signed, in PEM; may be repeated.' }),
    ...verifyFlags(),
    'require-images': Flags.boolean({ summary: 'Fail when an image is missing.' }),
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BundleVerify)
    const trust = { keys: flags.key ?? [], verify: await verifySettings(flags, this.io) }
    const report = await checkBundle(args.file, trust)
    this.print(flags.output, report, viewBundleReport)
    const { missingImages } = report
    if (flags['require-images'] && missingImages.length > 0) {
      throw new PkgError('BUNDLE_INCOMPLETE', `the bundle lacks ${missingImages.length} images`, {
        details: missingImages,
        hint: 'Make it anew with --images.',
      })
    }
  }
}
