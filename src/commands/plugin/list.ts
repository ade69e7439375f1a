import { outputFlag } from '../../cli/flags.ts'
import { PluginCommand } from '../../cli/plugin-command.ts'
import { installedPlugins } from '../../cli/plugins.ts'
import { viewPlugins } from '../../output/plugins-view.ts'

export default class PluginList extends PluginCommand {
  static override summary = 'List the installed plugins and their commands.'

  static override aliases = ['plugin:ls']

  static override examples = [
    '<%= config.bin %> plugin list',
    '<%= config.bin %> plugin list -o json',
  ]

  static override flags = outputFlag

  async run(): Promise<void> {
    const { flags } = await this.parse(PluginList)
    const plugins = installedPlugins(this.pluginSite().folder)
    if (plugins.length === 0 && flags.output === 'table') return this.note('no plugins to show')
    const items = plugins.map((plugin) => this.itemOf(plugin))
    this.print(flags.output, items, viewPlugins)
  }
}
