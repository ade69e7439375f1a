import { resume } from '../actions/resume.ts'
import { SettleCommand } from '../cli/settle-command.ts'

export default class Resume extends SettleCommand {
  static override summary = 'Finish what a run that was cut off has begun.'

  static override description = `
The record says what was wanted: no chart and no values are needed. A run that is still alive
keeps its release; --lock-timeout says how long to wait for it. The command that was cut off
does the same when it is run again.`

  static override examples = ['<%= config.bin %> resume web --namespace shop']

  async run(): Promise<void> {
    await this.settle(resume, 'finished')
  }
}
