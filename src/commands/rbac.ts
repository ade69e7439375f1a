import * as Flags from '@oclif/core/flags'
import { optionalChartArg, releaseArg } from '../cli/args.ts'
import { list } from '../cli/flag-kinds.ts'
import { chartFlags, renderFlags, valuesFlags, waitFlags } from '../cli/flags.ts'
import { crdModeOf, readVerbs, renderOptions } from '../cli/read-flags.ts'
import { loadValues } from '../cli/read-values.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { rbac } from '../actions/rbac.ts'
import { roleDocument, viewRbac } from '../output/rbac-view.ts'

const { wait, 'wait-for-jobs': waitForJobs } = waitFlags()

export default class Rbac extends ReleaseCommand {
  static override summary = 'Print the least roles for the verbs of a release.'

  static override description = `
- rbac NAME: for the release as it is recorded;
- rbac NAME CHART: for a chart and values, before anything is installed.

Verbs that only look take rights too: diff and drift try changes out, which a server allows to whoever
may make them. With CHART, objects that its templates look up count as well.

Roles are printed for each namespace that the release reaches into, and a ClusterRole for what
lies in none. Bind them to whoever runs kubectl pkg. Left out is what a run does without: events
and logs for the account of a failure, and autoscalers to yield to.

Rules cannot choose Secrets by label, so who may read the records of a namespace may read all
its Secrets; --storage configmap keeps the records in ConfigMaps.`

  static override examples = [
    '<%= config.bin %> rbac web ./charts/web --for install,upgrade',
    '<%= config.bin %> rbac web --wait | kubectl apply --filename -',
  ]

  static override args = {
    name: releaseArg,
    chart: optionalChartArg,
  }

  static override flags = {
    ...valuesFlags,
    ...renderFlags,
    ...chartFlags,
    for: list({
      summary:
        'Verbs, from install, upgrade, rollback, uninstall, test, repair to list, history, get, status, diff, drift; all of them when not given.',
      commas: true,
    }),
    'create-namespace': Flags.boolean({ summary: 'Let the namespace be created too.' }),
    wait,
    'wait-for-jobs': waitForJobs,
    output: Flags.option({
      char: 'o',
      summary: 'Output format.',
      options: ['yaml', 'json'] as const,
      default: 'yaml',
    })(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rbac)
    const connections = await this.openConnections(flags)
    const result = await rbac(connections, {
      release: this.releaseOf(args.name, flags),
      chart: args.chart,
      values: await loadValues(flags, this.io),
      render: renderOptions(flags),
      verbs: readVerbs(flags.for),
      createNamespace: flags['create-namespace'],
      crds: crdModeOf(flags, connections.cluster),
    })
    if (flags.output === 'json') return this.print('json', result.roles.map(roleDocument), String)
    this.io.out(viewRbac(result))
  }
}
