import * as Args from '@oclif/core/args'
import { applyBundle } from '../../actions/bundle.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { list, outputFlag } from '../../cli/flags.ts'
import { registryOptions } from '../../cli/registry-options.ts'
import { registryFlags } from '../../cli/source-flags.ts'
import { viewApplied } from '../../output/bundle-view.ts'

export default class BundleApply extends BaseCommand {
  static override summary = 'Push what a bundle holds to the registry of a closed network.'

  static override description = `
The bundle is checked whole before anything is sent. Charts and their signatures go to
REMOTE/NAME, images to REMOTE/PATH without the host they came from; all keep their digests.`

  static override examples = [
    '<%= config.bin %> bundle apply shop.tar oci://registry.internal/mirror --key acme.pub',
  ]

  static override args = {
    file: Args.string({ required: true, description: 'Path of the bundle.' }),
    remote: Args.string({ required: true, description: 'oci://HOST/PATH.' }),
  }

  static override flags = {
    key: list({ summary: 'File of a public key that may have signed, in PEM; may be repeated.' }),
    ...registryFlags(),
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BundleApply)
    const applied = await applyBundle(
      { path: args.file, target: args.remote, keys: flags.key ?? [] },
      registryOptions(flags, this.io),
    )
    this.print(flags.output, applied, viewApplied)
  }
}
