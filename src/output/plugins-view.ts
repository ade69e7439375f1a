import { viewTable } from './table.ts'
import { term } from './term.ts'

/** A plugin as people and scripts are told of it. */
export interface PluginItem {
  /** Name of its npm package. */
  name: string
  version: string
  /** As they are typed: `hello world`. */
  commands: string[]
  /** Folder of its package.json. */
  path: string
}

/** Plugins, the commands that they add, and where they are. */
export function viewPlugins(plugins: readonly PluginItem[]): string {
  return viewTable([
    ['NAME', 'VERSION', 'COMMANDS', 'PATH'],
    ...plugins.map(({ name, version, commands, path }) => [
      name,
      version,
      commands.join(', '),
      path,
    ]),
  ])
}

/** What was installed, and what can be typed now, a line each. */
export function viewInstalledPlugins(plugins: readonly PluginItem[], bin: string): string {
  return plugins
    .flatMap(({ name, version, commands }) => [
      `${term(name)} ${term(version)} is installed and adds:`,
      ...commands.map((command) => `  ${bin} ${term(command)}`),
    ])
    .join('\n')
}

/** What became of plugins that were looked for anew, a line each. */
export function viewUpdatedPlugins(plugins: readonly (PluginItem & { before: string })[]): string {
  return plugins
    .map(({ name, version, before }) =>
      before === version
        ? `${term(name)} ${term(version)} is up to date`
        : `${term(name)} is now ${term(version)}${before === '' ? '' : `, and was ${term(before)}`}`,
    )
    .join('\n')
}
