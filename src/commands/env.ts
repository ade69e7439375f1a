import * as Args from '@oclif/core/args'
import { BaseCommand } from '../cli/base-command.ts'
import { contextNamespace } from '../cli/context-namespace.ts'
import { foldersOf } from '../cli/home-folders.ts'
import type { GivenClusterFlags } from '../cli/kube-flags.ts'
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
    const settings = await this.settings(flags)
    if (args.name !== undefined) return this.io.out(`${settings[args.name] ?? ''}\n`)
    this.print(flags.output, settings, viewSettings)
  }

  private async settings(
    flags: GivenClusterFlags & {
      namespace?: string | undefined
      target?: string | undefined
      debug?: boolean
    },
  ): Promise<Record<string, string>> {
    const folders = foldersOf(this.io.env)
    const env = this.io.env
    return {
      HELM_DEBUG: String(flags.debug ?? false),
      ...clusterSettings(flags),
      HELM_MAX_HISTORY: env['HELM_MAX_HISTORY'] ?? '10',
      HELM_NAMESPACE: flags.namespace || (await contextNamespace(flags, this.io)),
      KUBECONFIG: flags.kubeconfig ?? env['KUBECONFIG'] ?? '',
      KUBECTL_PKG_CACHE_HOME: folders.cache,
      KUBECTL_PKG_CONFIG_HOME: folders.config,
      KUBECTL_PKG_DATA_HOME: folders.data,
      KUBECTL_PKG_STORAGE: flags.storage ?? env['HELM_DRIVER'] ?? '',
      KUBECTL_PKG_TARGET: flags.target ?? '',
    }
  }
}

/** Helm's variables for what flags say of the API server; no secret is printed. */
function clusterSettings(flags: GivenClusterFlags): Record<string, string> {
  return {
    HELM_KUBEAPISERVER: flags.server ?? '',
    HELM_KUBEASGROUPS: (flags['as-group'] ?? []).join(','),
    HELM_KUBEASUSER: flags.as ?? '',
    HELM_KUBECAFILE: flags['certificate-authority'] ?? '',
    HELM_KUBECONTEXT: flags.context ?? '',
    HELM_KUBEINSECURE_SKIP_TLS_VERIFY: String(flags['kube-insecure-skip-tls-verify'] ?? false),
    HELM_KUBETLS_SERVER_NAME: flags['tls-server-name'] ?? '',
    HELM_KUBETOKEN: flags.token === undefined ? '' : '[redacted]',
  }
}

function viewSettings(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join('\n')
}
