import * as Flags from '@oclif/core/flags'
import { chartArg, releaseArg } from '../cli/args.ts'
import {
  allowanceFlags,
  applyFlags,
  chartFlags,
  describeFlags,
  historyFlag,
  hookFlags,
  renderFlags,
  reuseFlags,
  valuesFlags,
} from '../cli/flags.ts'
import { allowanceOf, crdModeOf, readLabels, renderOptions, valueReuse } from '../cli/read-flags.ts'
import { loadValues } from '../cli/read-values.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { writePrivateFile } from '../cli/write-file.ts'
import { assertGate, planRelease } from '../actions/plan.ts'
import { newMask } from '../base/redact.ts'
import { encodeDocument } from '../output/document.ts'
import { viewPlan } from '../output/plan-view.ts'

export default class Plan extends ReleaseCommand {
  static override summary = 'Show what an upgrade would do, and write it to a file to apply later.'

  static override description = `
Plan takes the same arguments as upgrade --install and changes nothing. It shows each object that
would be written, the fields that change, and what that does to what runs: none, metadata,
config-reload, rolling-restart, scale, recreate, downtime, data-loss or cluster-wide.

With -o FILE the plan is written as JSON, or as YAML when the name ends in .yaml or .yml. The
file holds values and Secrets; only its owner may read it. "apply FILE" does exactly what it
says, or nothing when an object has moved since.`

  static override examples = [
    '<%= config.bin %> plan web ./charts/web --values prod.yaml -o web.plan.json',
    '<%= config.bin %> plan web ./charts/web --max-impact rolling-restart --detailed-exitcode',
  ]

  static override args = {
    name: releaseArg,
    chart: chartArg,
  }

  static override flags = {
    ...valuesFlags,
    ...reuseFlags,
    ...renderFlags,
    ...chartFlags,
    ...describeFlags(),
    ...allowanceFlags(),
    'take-ownership': applyFlags['take-ownership'],
    crds: applyFlags.crds,
    ...hookFlags,
    ...historyFlag,
    'create-namespace': Flags.boolean({ summary: 'Create the namespace when it is missing.' }),
    output: Flags.string({
      char: 'o',
      summary: 'A file to write the plan to; json or yaml print it instead.',
      helpValue: 'FILE',
    }),
    'detailed-exitcode': Flags.boolean({ summary: 'Exit with 2 when something would change.' }),
    'show-secrets': Flags.boolean({ summary: 'Show Secret data.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan)
    const connections = await this.openConnections(flags)
    const mask = flags['show-secrets'] ? (value: string) => value : newMask()
    const { document, release, plan } = await planRelease(
      connections,
      {
        release: this.releaseOf(args.name, flags),
        chart: args.chart,
        values: await loadValues(flags, this.io),
        reuse: valueReuse(flags),
        render: renderOptions(flags, this.io),
        description: flags.description,
        labels: readLabels(flags.labels),
        takeOwnership: flags['take-ownership'],
        crds: crdModeOf(flags, connections.cluster),
        allowance: allowanceOf(flags),
        createNamespace: flags['create-namespace'],
        withHooks: flags['write-hooks'] && !flags['no-hooks'],
        historyMax: flags['history-max'],
      },
      mask,
    )
    for (const notice of plan.notices ?? []) this.note(notice)

    const { output = '' } = flags
    if (output === 'json' || output === 'yaml') {
      const { record: _record, definitions: _definitions, digest: _digest, ...shown } = document
      this.print(output, shown, String)
    } else {
      const event = document.release.isInstall ? 'install' : 'upgrade'
      const hooks = connections.cluster.runsHooks && !flags['no-hooks'] ? release.hooks : []
      this.io.out(
        viewPlan(document, {
          color: this.isColored(flags.color),
          hooks: hooks.flatMap(({ events, kind, name }) =>
            events.filter((each) => each.endsWith(event)).map((each) => `${each} ${kind}/${name}`),
          ),
        }),
      )
      if (output !== '') writePrivateFile(output, encodeDocument(formatOf(output), document))
    }
    // What was asked not to happen is shown first, and then refused.
    assertGate(plan, allowanceOf(flags))
    if (flags['detailed-exitcode'] && document.changes.some(({ op }) => op !== 'keep')) this.exit(2)
  }
}

function formatOf(file: string): 'json' | 'yaml' {
  return /\.ya?ml$/i.test(file) ? 'yaml' : 'json'
}
