import { abort } from '../actions/resume.ts'
import { SettleCommand } from '../cli/settle-command.ts'

export default class Abort extends SettleCommand {
  static override summary = 'Undo what a run that was cut off has begun.'

  static override description = `
An installation goes, an upgrade or a rollback is rolled back to the revision before it, and
what an uninstallation has taken away comes back. A run that is still alive keeps its release;
--lock-timeout says how long to wait for it.`

  static override examples = ['<%= config.bin %> abort web --namespace shop']

  async run(): Promise<void> {
    await this.settle(abort, 'undone')
  }
}
