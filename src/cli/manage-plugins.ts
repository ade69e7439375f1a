import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { changePlugins, type PluginPlaces } from './change-plugins.ts'
import { runNpm } from './npm.ts'
import { commandsOf } from './plugin-commands.ts'
import { installedPlugins, readPackage, type InstalledPlugin } from './plugins.ts'

export interface PluginSite extends PluginPlaces {
  env: Readonly<Record<string, string | undefined>>
  /** What relative folders and archives are below. */
  cwd: string
}

/**
 * Installs plugins: all of them, or none.
 *
 * @param specs packages as npm names them: a name, a name with a range, a folder, an archive, a URL
 * @throws PkgError USAGE, PLUGIN_FAILED, PLUGIN_INVALID for what is no plugin, FILE_UNWRITABLE,
 *   INTERRUPTED, TERMINATED
 */
export async function installPlugins(
  specs: readonly string[],
  site: PluginSite,
): Promise<readonly InstalledPlugin[]> {
  for (const spec of specs) assertSpec(spec)
  const places = specs.map((spec) => absoluteSpec(spec, site.cwd))
  const names = await changePlugins(site, (folder, signal) =>
    fetchPlugins(places, { folder, env: site.env, signal }),
  )
  return installedPlugins(site.folder).filter(({ name }) => names.includes(name))
}

function assertSpec(spec: string): void {
  if (spec === '') throw new PkgError('USAGE', 'the name of a plugin is empty')
  if (spec.startsWith('-')) throw new PkgError('USAGE', `"${spec}" is no name of a plugin`)
}

/**
 * Makes folders and archives absolute: npm would look for them below the folder that it works in.
 *
 * @param spec as npm reads it; a name may stand before it: `hello@./hello`
 */
export function absoluteSpec(spec: string, cwd: string): string {
  const [, alias = '', place = ''] = ALIAS.exec(spec) ?? []
  const path = place.replace(/^file:(?!\/\/)/, '')
  const isLocal =
    path !== place || place.startsWith('.') || /^[^:]*\.(?:tgz|tar|tar\.gz)$/i.test(place)
  return isLocal ? `${alias}${resolve(cwd, path)}` : spec
}

/** `NAME@`, which may stand before any kind of place. */
const ALIAS = /^((?:@[^/@]+\/)?[^/@:.~][^/@:]*@)?(.*)$/s

interface Workplace {
  folder: string
  env: PluginSite['env']
  signal: AbortSignal
}

/** @returns the names of the packages that were asked for */
async function fetchPlugins(specs: readonly string[], workplace: Workplace): Promise<string[]> {
  const { folder } = workplace
  const { dependencies: known = {} } = readPackage(folder) ?? {}
  // npm does not tell which packages it was asked for, so the others are of another kind meanwhile.
  await writePackage(folder, { devDependencies: known })
  await runNpm({ ...workplace, args: ['install', '--', ...specs] })
  const { dependencies: asked = {} } = readPackage(folder) ?? {}
  await writePackage(folder, { dependencies: sorted({ ...known, ...asked }) })
  for (const plugin of installedPlugins(folder)) {
    if (Object.hasOwn(asked, plugin.name)) assertPlugin(plugin)
  }
  return Object.keys(asked)
}

function writePackage(folder: string, fields: object): Promise<void> {
  const text = `${JSON.stringify({ private: true, ...fields }, undefined, 2)}\n`
  return writeFile(join(folder, 'package.json'), text)
}

function sorted(dependencies: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function assertPlugin(plugin: InstalledPlugin): void {
  const { name, root } = plugin
  if (name === 'kubectl-pkg') {
    throw new PkgError('PLUGIN_INVALID', `"${name}" is this program, and no plugin of it`, {
      hint: 'Nothing was installed. Plugins are other packages, which add commands to it.',
    })
  }
  if (readPackage(root)?.oclif?.commands === undefined) {
    throw new PkgError('PLUGIN_INVALID', `"${name}" is no plugin of kubectl-pkg`, {
      hint: 'Nothing was installed. The package.json of a plugin says in oclif.commands where its commands are.',
    })
  }
  if (commandsOf(plugin).length > 0) return
  throw new PkgError('PLUGIN_INVALID', `the plugin "${name}" holds no commands`, {
    hint: 'Nothing was installed. No script of a plugin runs: it must be built before it is packed.',
  })
}

/** A plugin that was looked for anew. */
export interface UpdatedPlugin extends InstalledPlugin {
  /** Its version until now; empty when it was named but not there. */
  before: string
}

/**
 * Installs the newest plugins that what they were installed as allows: all of them, or none.
 *
 * @param names which; none for all
 * @throws PkgError as `installPlugins`, and PLUGIN_UNKNOWN
 */
export async function updatePlugins(
  names: readonly string[],
  site: PluginSite,
): Promise<UpdatedPlugin[]> {
  const before = new Map<string, string>()
  const updated = await changePlugins<string[]>(site, async (folder, signal) => {
    const { dependencies: known = {} } = readPackage(folder) ?? {}
    for (const name of names) assertKnown(name, Object.keys(known))
    for (const { name, version } of installedPlugins(folder)) before.set(name, version)
    const chosen = names.length === 0 ? Object.keys(known) : names
    const specs = chosen.map((name) => absoluteSpec(`${name}@${known[name] ?? ''}`, folder))
    return specs.length === 0 ? [] : fetchPlugins(specs, { folder, env: site.env, signal })
  })
  return installedPlugins(site.folder)
    .filter(({ name }) => updated.includes(name))
    .map((plugin) => ({ ...plugin, before: before.get(plugin.name) ?? '' }))
}

/**
 * Takes plugins away, and what only they needed.
 *
 * @throws PkgError PLUGIN_UNKNOWN before any is, PLUGIN_FAILED, FILE_UNWRITABLE, INTERRUPTED,
 *   TERMINATED
 */
export async function uninstallPlugins(names: readonly string[], site: PluginSite): Promise<void> {
  await changePlugins(site, async (folder, signal) => {
    const { dependencies: known = {} } = readPackage(folder) ?? {}
    for (const name of names) assertKnown(name, Object.keys(known))
    await runNpm({ folder, env: site.env, signal, args: ['uninstall', '--', ...names] })
  })
}

function assertKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  const guess = nearest(name, known)
  throw new PkgError('PLUGIN_UNKNOWN', `no plugin "${name}" is installed`, {
    hint:
      guess === undefined
        ? 'Run "kubectl pkg plugin list" to see which are.'
        : `Did you mean "${guess}"?`,
  })
}
