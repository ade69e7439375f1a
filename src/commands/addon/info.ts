import * as Args from '@oclif/core/args'
import { addOnInfo } from '../../actions/addons.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { outputFlag } from '../../cli/flags.ts'
import { addOnsFolder } from '../../cli/open-site.ts'
import { viewAddOn } from '../../output/addons-view.ts'

export default class AddonInfo extends BaseCommand {
  static override summary = 'Tell what an add-on is, what it needs and what can go wrong.'

  static override description = `
Its presets, its outermost values, the definitions it brings, the images that it runs with the
default values, the Pod Security level of its pods, and the hazards that its README tells of.
"images addons/NAME" lists the images with your values, "values types addons/NAME" prints the
types of all values, "show readme addons/NAME" all of its README.`

  static override examples = [
    '<%= config.bin %> addon info ingress',
    '<%= config.bin %> addon info cert-manager -o json',
  ]

  static override args = {
    name: Args.string({ required: true, description: 'Name of the add-on.' }),
  }

  static override flags = outputFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AddonInfo)
    const columns = this.io.isTerminal ? this.io.columns : 104
    this.print(flags.output, addOnInfo(addOnsFolder(), args.name), (info) =>
      viewAddOn(info, columns),
    )
  }
}
