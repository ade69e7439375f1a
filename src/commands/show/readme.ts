import { ShowCommand } from '../../cli/show-command.ts'

export default class ShowReadme extends ShowCommand {
  static override summary = 'Print the README of a chart.'

  static override aliases = ['inspect:readme']

  static override examples = ['<%= config.bin %> show readme ./charts/web']

  run(): Promise<void> {
    return this.show('readme')
  }
}
