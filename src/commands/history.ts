import { releaseArg } from '../cli/args.ts'
import { integer } from '../cli/flag-kinds.ts'
import { outputFlag } from '../cli/flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { history } from '../actions/inspect.ts'
import { historyItems, repairHints, viewHistory } from '../output/release-view.ts'

export default class History extends ReleaseCommand {
  static override summary = 'List the revisions of a release, the oldest first.'

  static override aliases = ['hist']

  static override examples = [
    '<%= config.bin %> history web',
    '<%= config.bin %> history web --max 3',
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = {
    ...outputFlag,
    max: integer({
      summary: 'Most revisions to list, the newest ones.',
      default: 256,
      min: 0,
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(History)
    const connections = await this.openConnections(flags)
    const release = this.releaseOf(args.name, flags)
    const revisions = await history(connections, release, flags.max)
    const reasons: string[] = []
    const items = historyItems(revisions, (reason) => reasons.push(reason))
    for (const reason of reasons) this.note(`warning: ${reason}`)
    for (const hint of repairHints(reasons.map(() => release))) this.note(hint)
    this.print(flags.output, items, viewHistory)
  }
}
