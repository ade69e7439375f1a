import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { releaseArg } from '../cli/args.ts'
import { integer } from '../cli/flag-kinds.ts'
import { chartFlags, renderFlags, reuseFlags, valuesFlags } from '../cli/flags.ts'
import { renderOptions, valueReuse } from '../cli/read-flags.ts'
import { loadValues } from '../cli/read-values.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { PkgError } from '../base/errors.ts'
import { diffChart, diffLive, diffRevisions, type ObjectDiff } from '../actions/diff.ts'
import { newMask } from '../base/redact.ts'
import { viewDiff } from '../output/diff-view.ts'

export default class Diff extends ReleaseCommand {
  static override summary =
    'Show what differs between revisions, a chart and a release, or a release and its target.'

  static override description = `
- diff NAME: what the target holds against what the release recorded, edits by hand included;
- diff NAME CHART: what an upgrade to the chart and values would change;
- diff NAME FROM TO: one revision against another.

What is secret is masked; equal values have equal masks. --show-secrets shows it.`

  static override examples = [
    '<%= config.bin %> diff web 1 2',
    '<%= config.bin %> diff web ./charts/web --values prod.yaml --detailed-exitcode',
    '<%= config.bin %> diff web corp/web --version ^1.3',
    '<%= config.bin %> diff web --output json',
  ]

  static override args = {
    name: releaseArg,
    from: Args.string({ description: 'A chart, or the revision to start from.' }),
    to: Args.string({ description: 'The revision to compare with; the newest by default.' }),
  }

  static override flags = {
    ...valuesFlags,
    ...reuseFlags,
    ...renderFlags,
    ...chartFlags,
    output: Flags.option({
      char: 'o',
      summary: 'Output format.',
      options: ['text', 'json', 'yaml'] as const,
      default: 'text',
    })(),
    lines: integer({ char: 'C', summary: 'Lines around each change.', default: 3, min: 0 }),
    'detailed-exitcode': Flags.boolean({ summary: 'Exit with 2 when there are differences.' }),
    'show-secrets': Flags.boolean({ summary: 'Show Secret data.' }),
    'take-ownership': Flags.boolean({ summary: 'Compare as if objects of others were adopted.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff)
    const connections = await this.openConnections(flags)
    const release = this.releaseOf(args.name, flags)
    const mask = flags['show-secrets'] ? undefined : newMask()
    const { from = '', to = '0' } = args
    if (args.to !== undefined) assertRevisions(from, to)

    const compare = async (): Promise<ObjectDiff[]> => {
      if (from === '') return diffLive(connections, release, { mask })
      if (isRevision(from)) {
        return diffRevisions(connections, release, { from: Number(from), to: Number(to), mask })
      }
      return diffChart(
        connections,
        {
          release,
          chart: from,
          values: await loadValues(flags, this.io),
          reuse: valueReuse(flags),
          render: renderOptions(flags, this.io),
          takeOwnership: flags['take-ownership'],
        },
        { mask },
      )
    }
    const differences = await compare()

    if (flags.output === 'text') {
      const color = this.isColored(flags.color)
      this.io.out(viewDiff(differences, { color, context: flags.lines, isDone: from === '' }))
    } else {
      this.print(flags.output, differences, String)
    }
    if (flags['detailed-exitcode'] && differences.length > 0) this.exit(2)
  }
}

/** @throws PkgError USAGE for a chart among them, which is compared with a release alone */
function assertRevisions(...texts: string[]): void {
  const other = texts.find((text) => !isRevision(text))
  if (other === undefined) return
  throw new PkgError(
    'USAGE',
    `${JSON.stringify(other)} is no revision, and there are two operands`,
    {
      hint: 'Write NAME CHART to compare a chart with a release, or NAME FROM TO with the numbers of two revisions.',
    },
  )
}

function isRevision(text: string): boolean {
  return /^\d+$/.test(text)
}
