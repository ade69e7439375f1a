import * as Flags from '@oclif/core/flags'
import { chartArg } from '../../cli/args.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { chartFlags } from '../../cli/flags.ts'
import { readChart } from '../../cli/read-chart.ts'
import { writeFile } from '../../cli/write-file.ts'
import { typesOf } from '../../actions/values-schema.ts'

export default class ValuesTypes extends BaseCommand {
  static override summary = 'Print TypeScript types for the values of a chart.'

  static override description = `
The types follow values.schema.json; without one they follow values.yaml and its comments.`

  static override examples = [
    '<%= config.bin %> values types ./charts/web',
    '<%= config.bin %> values types ./charts/web --name WebValues --output-file web-values.ts',
  ]

  static override args = {
    chart: chartArg,
  }

  static override flags = {
    ...chartFlags,
    name: Flags.string({ summary: 'Name of the outermost type.', default: 'Values' }),
    'output-file': Flags.string({ summary: 'Write to this file, which may be there, instead.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ValuesTypes)
    const chart = await readChart(args.chart, flags, this.io)
    const types = await typesOf(chart, flags.name)
    const file = flags['output-file']
    if (file === undefined) this.io.out(types)
    else writeFile(file, types, { force: true })
  }
}
