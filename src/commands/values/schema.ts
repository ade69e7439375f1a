import * as Flags from '@oclif/core/flags'
import { PkgError } from '../../base/errors.ts'
import { chartArg } from '../../cli/args.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { chartFlags } from '../../cli/flags.ts'
import { readChart } from '../../cli/read-chart.ts'
import { isFolder, writeFile } from '../../cli/write-file.ts'
import { schemaOf } from '../../actions/values-schema.ts'

export default class ValuesSchema extends BaseCommand {
  static override summary = 'Infer a JSON schema from the values of a chart.'

  static override description = `
Types and defaults come from values.yaml, descriptions from the comments above its keys, also as
helm-docs and Bitnami's charts ("## @param a.b text") write them. "# @schema minimum: 1" above a key
adds what a value cannot tell; "required: true" says that it must be given.`

  static override examples = [
    '<%= config.bin %> values schema ./charts/web',
    '<%= config.bin %> values schema ./charts/web --write',
  ]

  static override args = {
    chart: chartArg,
  }

  static override flags = {
    ...chartFlags,
    write: Flags.boolean({ summary: 'Write values.schema.json into the chart’s folder.' }),
    force: Flags.boolean({ summary: 'Replace a values.schema.json that is there.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ValuesSchema)
    const chart = await readChart(args.chart, flags, this.io)
    const schema = schemaOf(chart, (warning) => this.note(`warning: ${warning}`))
    const text = `${JSON.stringify(schema, null, 2)}\n`
    if (!flags.write) return this.io.out(text)
    if (!isFolder(args.chart)) {
      throw new PkgError(
        'USAGE',
        `"${args.chart}" is no folder, so no schema can be written to it`,
        {
          hint: 'Leave --write out to print the schema.',
        },
      )
    }
    const path = `${args.chart.replace(/\/+$/, '')}/values.schema.json`
    writeFile(path, text, { force: flags.force })
    this.note(`wrote ${path}`)
  }
}
