import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { duration } from '../cli/flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { uninstall } from '../actions/uninstall.ts'
import { viewUninstalled } from '../output/uninstalled-view.ts'

export default class Uninstall extends ReleaseCommand {
  static override summary = 'Take releases and their objects from the target.'

  static override aliases = ['del', 'delete', 'un']

  static override description =
    'Objects with the annotation "helm.sh/resource-policy: keep" stay, and are listed.'

  static override examples = [
    '<%= config.bin %> uninstall web',
    '<%= config.bin %> uninstall web --keep-history --description "moved to another cluster"',
  ]

  static override strict = false

  static override args = {
    name: Args.string({ required: true, description: 'Names of the releases.' }),
  }

  static override flags = {
    'dry-run': Flags.boolean({ summary: 'Show what would be deleted and change nothing.' }),
    'keep-history': Flags.boolean({ summary: 'Keep the records, so that a rollback is possible.' }),
    'ignore-not-found': Flags.boolean({
      summary: 'Take it for done when there is no such release.',
    }),
    description: Flags.string({ summary: 'A description of the uninstallation.' }),
    'no-hooks': Flags.boolean({ summary: 'Leave hooks out.', hidden: true }),
    cascade: Flags.string({
      summary: 'How dependents are deleted on an API server.',
      options: ['background', 'foreground', 'orphan'],
      default: 'background',
      hidden: true,
    }),
    wait: Flags.string({ summary: 'Wait until objects are gone.', bare: 'watcher', hidden: true }),
    timeout: duration({ summary: 'How long one step may take.', default: 300_000, hidden: true }),
    'lock-timeout': duration({
      summary: 'How long to wait while another run holds the release.',
      default: 300_000,
    }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Uninstall)
    const connections = await this.openConnections(flags)
    for (const name of argv as string[]) {
      const result = await uninstall(connections, {
        release: this.releaseOf(name, flags),
        dryRun: flags['dry-run'],
        keepHistory: flags['keep-history'],
        ignoreNotFound: flags['ignore-not-found'],
        description: flags.description,
      })
      this.io.out(viewUninstalled(name, result, { dryRun: flags['dry-run'] }))
    }
  }
}
