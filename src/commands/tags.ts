import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { tags } from '../actions/registry.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { outputFlag } from '../cli/flags.ts'
import { registryOptions } from '../cli/registry-options.ts'
import { viewTags } from '../output/registry-view.ts'
import { registryFlags } from '../cli/source-flags.ts'

export default class Tags extends BaseCommand {
  static override summary = 'List the versions of a chart in an OCI registry.'

  static override description = `
Versions come newest first. Tags that are no versions, such as those of signatures, are left
out; --all shows every tag as the registry has it.`

  static override examples = [
    '<%= config.bin %> tags oci://ghcr.io/acme/charts/web',
    '<%= config.bin %> tags oci://localhost:5000/charts/web --plain-http --all',
  ]

  static override args = {
    reference: Args.string({ required: true, description: 'oci://HOST/PATH/CHART.' }),
  }

  static override flags = {
    all: Flags.boolean({ summary: 'Show all tags, not only versions.' }),
    ...registryFlags(),
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tags)
    const list = await tags(args.reference, registryOptions(flags, this.io))
    this.print(flags.output, list, (data) => viewTags(data, flags.all))
  }
}
