import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { duration } from '../cli/flag-kinds.ts'
import { dryRun, lockFlags, preflightFlag, waitFlags } from '../cli/flags.ts'
import { dryRunOf } from '../cli/read-flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { uninstall } from '../actions/uninstall.ts'
import { viewUninstalled } from '../output/uninstalled-view.ts'

const { events } = waitFlags()

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
    'dry-run': dryRun(),
    'keep-history': Flags.boolean({ summary: 'Keep the records, so that a rollback is possible.' }),
    'ignore-not-found': Flags.boolean({
      summary: 'Take it for done when there is no such release.',
    }),
    description: Flags.string({ summary: 'A description of the uninstallation.' }),
    'no-hooks': Flags.boolean({ summary: 'Run no hooks.' }),
    cascade: Flags.option({
      summary: 'What becomes of what the objects own: background, foreground or orphan.',
      options: ['background', 'foreground', 'orphan'] as const,
      default: 'background',
    })(),
    'delete-crds': Flags.boolean({
      summary: 'Delete CRDs of the release too, with all custom resources that live of them.',
    }),
    wait: Flags.string({
      summary: 'Wait until the objects are gone.',
      options: ['watcher', 'hookOnly', 'legacy', 'true', 'false'],
      bare: 'watcher',
      helpValue: '[=watcher|hookOnly|legacy]',
    }),
    timeout: duration({ summary: 'How long one step may take.', default: 300_000 }),
    events,
    ...lockFlags(),
    ...preflightFlag(),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Uninstall)
    const connections = await this.openConnections(flags)
    const rehearsal = dryRunOf(flags['dry-run'], connections.cluster)
    for (const name of argv as string[]) {
      const result = await uninstall(connections, {
        release: this.releaseOf(name, flags),
        dryRun: rehearsal.dryRun,
        keepHistory: flags['keep-history'],
        ignoreNotFound: flags['ignore-not-found'],
        description: flags.description,
        cascade: flags.cascade,
        deleteCrds: flags['delete-crds'],
      })
      this.io.out(viewUninstalled(name, result, rehearsal))
    }
  }
}
