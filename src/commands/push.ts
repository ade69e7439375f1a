import * as Args from '@oclif/core/args'
import { push } from '../actions/registry.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { outputFlag } from '../cli/flags.ts'
import { registryOptions } from '../cli/registry-options.ts'
import { viewPushed } from '../output/registry-view.ts'
import { registryFlags } from '../cli/source-flags.ts'

export default class Push extends BaseCommand {
  static override summary = 'Push an archive of a chart to an OCI registry.'

  static override description = `
The chart goes to REMOTE/NAME:VERSION, as Helm puts it, and Helm can pull it from there. A
provenance file beside the archive goes with it. What was stored is asked for again and
compared.`

  static override examples = [
    '<%= config.bin %> push web-1.2.3.tgz oci://ghcr.io/acme/charts',
    '<%= config.bin %> push web-1.2.3.tgz oci://localhost:5000/charts --plain-http',
  ]

  static override args = {
    archive: Args.string({ required: true, description: 'Archive that "package" made.' }),
    remote: Args.string({ required: true, description: 'oci://HOST/PATH.' }),
  }

  static override flags = { ...registryFlags(), ...outputFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Push)
    const pushed = await push({
      archive: args.archive,
      target: args.remote,
      registry: registryOptions(flags, this.io),
    })
    if (flags.output === 'table') this.note(viewPushed(pushed))
    else this.print(flags.output, pushed, () => '')
  }
}
