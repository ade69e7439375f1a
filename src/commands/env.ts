import * as Args from '@oclif/core/args'
import { BaseCommand } from '../cli/base-command.ts'
import { foldersOf } from '../cli/home-folders.ts'
import { outputFlag } from '../cli/flags.ts'

export default class Env extends BaseCommand {
  static override summary = 'Print the settings that the environment gives.'

  static override description =
    'Each line can be read by a shell. Set a variable to change the setting.'

  static override examples = ['<%= config.bin %> env', '<%= config.bin %> env HELM_NAMESPACE']

  static override args = {
    name: Args.string({ description: 'Print the value of this variable alone.' }),
  }

  static override flags = outputFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Env)
    const settings = this.settings(flags)
    if (args.name !== undefined) return this.io.out(`${settings[args.name] ?? ''}\n`)
    this.print(flags.output, settings, viewSettings)
  }

  private settings(flags: {
    namespace?: string | undefined
    target?: string | undefined
    debug?: boolean
  }) {
    const folders = foldersOf(this.io.env)
    const env = this.io.env
    return {
      HELM_DEBUG: String(flags.debug ?? false),
      HELM_MAX_HISTORY: env['HELM_MAX_HISTORY'] ?? '10',
      HELM_NAMESPACE: flags.namespace ?? 'default',
      KUBECTL_PKG_CACHE_HOME: folders.cache,
      KUBECTL_PKG_CONFIG_HOME: folders.config,
      KUBECTL_PKG_DATA_HOME: folders.data,
      KUBECTL_PKG_TARGET: flags.target ?? '',
    } as Record<string, string>
  }
}

function viewSettings(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join('\n')
}
