import { listAddOns } from '../../actions/addons.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { outputFlag } from '../../cli/flags.ts'
import { addOnsFolder } from '../../cli/open-site.ts'
import { viewAddOns } from '../../output/addons-view.ts'

export default class AddonList extends BaseCommand {
  static override summary = 'List the add-ons that come with this program.'

  static override description = `
Each is a chart: install it as addons/NAME, also without a network. POD SECURITY is the strictest
level of a namespace in which all of its pods may run.`

  static override examples = [
    '<%= config.bin %> addon list',
    '<%= config.bin %> install edge addons/ingress --namespace edge --create-namespace',
  ]

  static override flags = outputFlag

  async run(): Promise<void> {
    const { flags } = await this.parse(AddonList)
    this.print(flags.output, listAddOns(addOnsFolder()), viewAddOns)
  }
}
