import * as Args from '@oclif/core/args'
import { uninstallPlugins } from '../../cli/manage-plugins.ts'
import { PluginCommand } from '../../cli/plugin-command.ts'
import { term } from '../../output/term.ts'

export default class PluginUninstall extends PluginCommand {
  static override summary = 'Remove plugins and their commands.'

  static override aliases = ['plugin:rm', 'plugin:remove']

  static override examples = ['<%= config.bin %> plugin uninstall kubectl-pkg-hello']

  static override strict = false

  static override args = {
    name: Args.string({ required: true, description: 'Plugins to remove.' }),
  }

  async run(): Promise<void> {
    const { argv } = await this.parse(PluginUninstall)
    const names = [...new Set(argv as string[])]
    await uninstallPlugins(names, this.pluginSite())
    for (const name of names) this.io.out(`${term(name)} is removed\n`)
  }
}
