import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.ts'
import { foldersOf, ownFolders } from '../cli/home-folders.ts'
import { packageRoot } from '../cli/package-root.ts'
import { createChart } from '../actions/create.ts'

export default class Create extends BaseCommand {
  static override summary = 'Create a new chart.'

  static override description = `
The chart is native: Handlebars templates, values with a schema. --engine gotemplate makes one
that Helm renders too. A starter is a chart whose files are copied; <CHARTNAME> in its templates
becomes the new name. These come with the program: webapp (rolling, canary, blue/green and A/B),
stateful, job and cronjob.`

  static override examples = [
    '<%= config.bin %> create web',
    '<%= config.bin %> create ./charts/web --engine gotemplate',
    '<%= config.bin %> create web --starter webapp',
    '<%= config.bin %> create web --starter ./starters/web',
  ]

  static override args = {
    name: Args.string({ required: true, description: 'Name of the chart, or the folder to make.' }),
  }

  static override flags = {
    engine: Flags.option({
      summary: 'Templates of the new chart.',
      options: ['handlebars', 'gotemplate'] as const,
      default: 'handlebars',
    })(),
    starter: Flags.string({
      char: 'p',
      summary: 'Folder of a starter, or the name of one.',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Create)
    this.io.out(`Creating ${args.name}\n`)
    const overwritten = createChart({
      path: args.name,
      engine: flags.engine,
      starter: flags.starter,
      ownFolders: ownFolders(this.io.env),
      starters: [`${foldersOf(this.io.env).data}/starters`, `${packageRoot()}/charts/starters`],
    })
    for (const path of overwritten)
      this.note(`warning: ${path} was there already and is overwritten`)
  }
}
