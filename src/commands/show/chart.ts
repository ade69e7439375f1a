import { ShowCommand } from '../../cli/show-command.ts'

export default class ShowChart extends ShowCommand {
  static override summary = 'Print Chart.yaml as it is read.'

  static override aliases = ['inspect:chart']

  static override examples = ['<%= config.bin %> show chart ./charts/web']

  run(): Promise<void> {
    return this.show('chart')
  }
}
