import { optionalChartArg, releaseArg } from '../cli/args.ts'
import {
  applyFlags,
  chartFlags,
  hookFlags,
  outputFlag,
  releaseFlags,
  renderFlags,
  valuesFlags,
} from '../cli/flags.ts'
import { allowanceOf, crdModeOf, dryRunOf, readLabels, renderOptions } from '../cli/read-flags.ts'
import { loadValues } from '../cli/read-values.ts'
import { dependencyUpdateFlag } from '../cli/source-flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { chooseName } from '../actions/choose-name.ts'
import { install } from '../actions/install.ts'
import { releaseDocument, viewDeployed } from '../output/deployed-view.ts'

export default class Install extends ReleaseCommand {
  static override summary = 'Install a chart as a new release.'

  static override description = `
Install does these steps in this order:
- load the chart from a folder, an archive or standard input;
- take the release's lock, and settle a run that was cut off;
- lay your values over the chart's own, render the templates, read the objects they hold;
- plan: compare those objects with the live ones, and stop if one is not ours;
- record the release as pending, apply the plan, record the release as deployed.`

  static override examples = [
    '<%= config.bin %> install web ./charts/web --target dir:./deploy --values prod.yaml',
    '<%= config.bin %> install ./web-1.2.3.tgz --generate-name --namespace shop --dry-run',
  ]

  static override args = {
    name: releaseArg,
    chart: optionalChartArg,
  }

  static override flags = {
    ...valuesFlags,
    ...renderFlags,
    ...chartFlags,
    ...dependencyUpdateFlag,
    ...releaseFlags,
    ...applyFlags,
    ...hookFlags,
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Install)
    const choice = {
      words: args.chart === undefined ? [args.name] : [args.name, args.chart],
      generate: flags['generate-name'],
      template: flags['name-template'],
    }
    const { name, chart } = chooseName(choice, new Date(this.io.now()))
    const { isOffline: asksNothing } = dryRunOf(flags['dry-run'], { runsHooks: true })
    const connections = await this.openConnections(flags, { asksNothing })
    const { cluster } = connections
    const { dryRun, isOffline } = dryRunOf(flags['dry-run'], cluster)

    const deployed = await install(connections, {
      release: this.releaseOf(name, flags),
      chart,
      values: await loadValues(flags, this.io),
      render: renderOptions(flags, this.io),
      dryRun,
      isOffline,
      description: flags.description,
      labels: readLabels(flags.labels),
      takeOwnership: flags['take-ownership'],
      crds: crdModeOf(flags, cluster),
      allowance: allowanceOf(flags),
      createNamespace: flags['create-namespace'],
      withHooks: flags['write-hooks'] && !flags['no-hooks'],
      replace: flags.replace,
      rollbackOnFailure: flags['rollback-on-failure'],
    })

    const format = flags.output
    this.noteHooks(deployed, flags)
    if (format !== 'table') {
      const document = releaseDocument(deployed.release, { hideSecrets: !flags['show-secrets'] })
      return this.print(format, document, String)
    }
    this.io.out(
      viewDeployed(deployed, {
        hideNotes: flags['hide-notes'],
        withManifest: dryRun || flags.debug,
        showSecrets: flags['show-secrets'],
      }),
    )
  }
}
