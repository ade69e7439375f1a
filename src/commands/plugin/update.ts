import * as Args from '@oclif/core/args'
import { outputFlag } from '../../cli/flags.ts'
import { updatePlugins } from '../../cli/manage-plugins.ts'
import { PluginCommand } from '../../cli/plugin-command.ts'
import { viewUpdatedPlugins } from '../../output/plugins-view.ts'

export default class PluginUpdate extends PluginCommand {
  static override summary = 'Fetch newer versions of plugins.'

  static override description = `
Without names all are looked for. A plugin that was installed by its name stays within its major
version; "plugin install NAME@latest" goes beyond it. One from a folder, an archive, a URL or a git
repository is fetched from there again.`

  static override aliases = ['plugin:up']

  static override examples = [
    '<%= config.bin %> plugin update',
    '<%= config.bin %> plugin update kubectl-pkg-hello',
  ]

  static override strict = false

  static override args = {
    name: Args.string({ description: 'Plugins to look for; all by default.' }),
  }

  static override flags = outputFlag

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(PluginUpdate)
    const plugins = await updatePlugins(argv as string[], this.pluginSite())
    if (plugins.length === 0 && flags.output === 'table') return this.note('no plugins to update')
    const items = plugins.map((plugin) => ({ ...this.itemOf(plugin), before: plugin.before }))
    this.print(flags.output, items, viewUpdatedPlugins)
    this.noteDoubts(plugins)
  }
}
