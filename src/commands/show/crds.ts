import { ShowCommand } from '../../cli/show-command.ts'

export default class ShowCrds extends ShowCommand {
  static override summary = 'Print the CRDs of a chart.'

  static override aliases = ['inspect:crds']

  static override examples = ['<%= config.bin %> show crds ./charts/web']

  run(): Promise<void> {
    return this.show('crds')
  }
}
