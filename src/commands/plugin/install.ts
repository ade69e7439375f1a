import * as Args from '@oclif/core/args'
import { outputFlag } from '../../cli/flags.ts'
import { installPlugins } from '../../cli/manage-plugins.ts'
import { PluginCommand } from '../../cli/plugin-command.ts'
import { viewInstalledPlugins } from '../../output/plugins-view.ts'

export default class PluginInstall extends PluginCommand {
  static override summary = 'Install plugins, which add commands.'

  static override description = `
A plugin is an npm package, and npm fetches it: by its name, with a range of versions behind it or
without, or from a folder, an archive, an https URL or a git repository. All of them are installed
or none is.

The commands of a plugin run as you, and may do what you may: install those that you trust. While it
is installed nothing of it runs, no script of the package either.`

  static override aliases = ['plugin:add']

  static override examples = [
    '<%= config.bin %> plugin install kubectl-pkg-hello',
    '<%= config.bin %> plugin install kubectl-pkg-hello@^2',
    '<%= config.bin %> plugin install ./hello',
    '<%= config.bin %> plugin install https://example.com/hello-1.0.0.tgz',
  ]

  static override strict = false

  static override args = {
    spec: Args.string({ required: true, description: 'Packages, named as npm names them.' }),
  }

  static override flags = outputFlag

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(PluginInstall)
    const plugins = await installPlugins(argv as string[], this.pluginSite())
    const items = plugins.map((plugin) => this.itemOf(plugin))
    this.print(flags.output, items, (rows) => viewInstalledPlugins(rows, this.config.bin))
    this.noteDoubts(plugins)
  }
}
