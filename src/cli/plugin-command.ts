import { resolve } from 'node:path'
import { isCompatibleRange } from '../base/versions.ts'
import type { PluginItem } from '../output/plugins-view.ts'
import { BaseCommand } from './base-command.ts'
import type { PluginSite } from './manage-plugins.ts'
import { readManifest } from './manifest.ts'
import { commandsOf, hiddenCommands } from './plugin-commands.ts'
import { installedPlugins, pluginsFolder, readPackage, type InstalledPlugin } from './plugins.ts'

/** A command that looks after the plugins that the person added. */
export abstract class PluginCommand extends BaseCommand {
  protected pluginSite(): PluginSite {
    const { env, cwd } = this.io
    return { folder: resolve(cwd, pluginsFolder(env)), program: this.config.root, env, cwd }
  }

  protected itemOf(plugin: InstalledPlugin): PluginItem {
    const { name, version, root } = plugin
    const commands = commandsOf(plugin).filter(({ hidden }) => hidden !== true)
    return {
      name,
      version,
      commands: commands.map(({ id }) => id.replaceAll(':', ' ')),
      path: root,
    }
  }

  /** Warns of what plugins cannot do, though they are installed. */
  protected noteDoubts(plugins: readonly InstalledPlugin[]): void {
    for (const { name, root } of plugins) {
      const range = readPackage(root)?.peerDependencies?.['kubectl-pkg']
      if (range === undefined || isCompatibleRange(range, this.config.version)) continue
      this.note(`warning: ${name} is made for kubectl-pkg ${range}; this is ${this.config.version}`)
    }
    this.noteHidden(plugins)
  }

  /** Warns of commands that never run, if they are of the plugins, or are hidden by them. */
  private noteHidden(plugins: readonly InstalledPlugin[]): void {
    const names = new Set<string | undefined>(plugins.map(({ name }) => name))
    const all = installedPlugins(pluginsFolder(this.io.env))
    for (const { command, plugin, by } of hiddenCommands(all, readManifest(this.config.root))) {
      if (!names.has(plugin) && !names.has(by)) continue
      const other = by === undefined ? `of ${this.config.bin} itself` : `that ${by} has too`
      this.note(`warning: "${command}" of ${plugin} never runs: it is a command ${other}`)
    }
  }
}
