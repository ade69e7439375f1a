import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { PkgError } from '../base/errors.ts'
import { releaseArg } from '../cli/args.ts'
import {
  allowanceFlags,
  dryRun,
  historyFlag,
  hookFlags,
  lockFlags,
  waitFlags,
} from '../cli/flags.ts'
import { allowanceOf, dryRunOf } from '../cli/read-flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { rollback } from '../actions/rollback.ts'

export default class Rollback extends ReleaseCommand {
  static override summary = 'Make an earlier revision the newest one again.'

  static override description =
    'Without a revision, or with 0, it goes back to the one before the newest.'

  static override examples = [
    '<%= config.bin %> rollback web',
    '<%= config.bin %> rollback web 3 --dry-run',
  ]

  static override args = {
    name: releaseArg,
    revision: Args.string({ description: 'Revision to go back to.' }),
  }

  static override flags = {
    ...hookFlags,
    ...historyFlag,
    ...waitFlags(),
    'dry-run': dryRun(),
    'no-hooks': Flags.boolean({ summary: 'Leave hooks out.' }),
    'cleanup-on-fail': Flags.boolean({
      summary: 'Remove at once what a failed rollback created; else the next run does.',
    }),
    ...lockFlags(),
    ...allowanceFlags(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rollback)
    const connections = await this.openConnections(flags)
    const rehearsal = dryRunOf(flags['dry-run'], connections.cluster)

    const result = await rollback(connections, {
      release: this.releaseOf(args.name, flags),
      revision: readRevision(args.revision),
      ...rehearsal,
      allowance: allowanceOf(flags),
      withHooks: flags['write-hooks'] && !flags['no-hooks'],
      historyMax: flags['history-max'],
      cleanupOnFail: flags['cleanup-on-fail'],
    })

    this.noteHooks(result, flags)
    const { release } = result
    const target = `revision ${release.revision}: ${release.description}`
    this.io.out(
      rehearsal.dryRun
        ? `Release "${args.name}" would get ${target}\n`
        : `Rollback was a success! Happy Helming!\nRelease "${args.name}" has ${target}\n`,
    )
  }
}

/** @throws PkgError USAGE with Helm's text */
function readRevision(text = '0'): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  throw new PkgError(
    'USAGE',
    `could not convert revision to a number: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    { hint: 'Run "kubectl pkg history NAME" to see the revisions.' },
  )
}
