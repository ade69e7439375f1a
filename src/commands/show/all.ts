import { ShowCommand } from '../../cli/show-command.ts'

export default class ShowAll extends ShowCommand {
  static override summary = 'Print everything about a chart: metadata, values, README and CRDs.'

  static override aliases = ['inspect:all']

  static override examples = ['<%= config.bin %> show all ./charts/web']

  run(): Promise<void> {
    return this.show('all')
  }
}
