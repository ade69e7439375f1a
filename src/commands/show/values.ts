import * as Flags from '@oclif/core/flags'
import { chartArg } from '../../cli/args.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { chartFlags } from '../../cli/flags.ts'
import { readChart } from '../../cli/read-chart.ts'
import { showChart, showValuesAt } from '../../actions/show.ts'

export default class ShowValues extends BaseCommand {
  static override summary = 'Print the default values of a chart.'

  static override aliases = ['inspect:values']

  static override examples = [
    '<%= config.bin %> show values ./charts/web',
    "<%= config.bin %> show values ./charts/web --jsonpath '{.image.repository}:{.image.tag}'",
  ]

  static override args = {
    chart: chartArg,
  }

  static override flags = {
    ...chartFlags,
    jsonpath: Flags.string({
      summary: 'Print what this JSONPath template finds: {.a.b[0]}, {range .list[*]}…{end}.',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ShowValues)
    const chart = await readChart(args.chart, flags, this.io, { anyApiVersion: true })
    if (!flags.jsonpath) return this.printRaw(showChart(chart, 'values'))
    const { text, problem } = showValuesAt(chart, flags.jsonpath)
    if (problem !== undefined) this.note(`warning: nothing is printed: ${problem}`)
    this.printRaw(text)
  }
}
