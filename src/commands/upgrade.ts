import * as Flags from '@oclif/core/flags'
import { chartArg, releaseArg } from '../cli/args.ts'
import {
  applyFlags,
  chartFlags,
  describeFlags,
  historyFlag,
  hookFlags,
  outputFlag,
  renderFlags,
  reuseFlags,
  valuesFlags,
} from '../cli/flags.ts'
import {
  allowanceOf,
  crdModeOf,
  dryRunOf,
  readLabels,
  renderOptions,
  valueReuse,
} from '../cli/read-flags.ts'
import { loadValues } from '../cli/read-values.ts'
import { dependencyUpdateFlag } from '../cli/source-flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { upgrade } from '../actions/upgrade.ts'
import { releaseDocument, viewDeployed } from '../output/deployed-view.ts'

export default class Upgrade extends ReleaseCommand {
  static override summary = 'Upgrade a release to another chart or other values.'

  static override description = `
When nothing would change, nothing is written and no revision is made; --always-record makes
one all the same.

Without values on the command line the release keeps the ones it has; with values, only those
count. --reset-values forgets the old ones, --reuse-values lays the new ones over them, and
--reset-then-reuse-values does so over the new chart's defaults.`

  static override examples = [
    '<%= config.bin %> upgrade web ./charts/web --install --values prod.yaml',
    '<%= config.bin %> upgrade web ./charts/web --reuse-values --set image.tag=1.2.3',
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
    ...dependencyUpdateFlag,
    ...describeFlags(),
    ...applyFlags,
    ...hookFlags,
    ...historyFlag,
    ...outputFlag,
    install: Flags.boolean({ char: 'i', summary: 'Install the release when there is none.' }),
    'create-namespace': Flags.boolean({ summary: 'With --install, create the namespace.' }),
    'always-record': Flags.boolean({ summary: 'Make a revision even when nothing changes.' }),
    'cleanup-on-fail': Flags.boolean({
      summary: 'Remove at once what a failed upgrade created; else the next run does.',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Upgrade)
    const connections = await this.openConnections(flags)
    const { cluster } = connections
    const { dryRun, isOffline } = dryRunOf(flags['dry-run'], cluster)

    const upgraded = await upgrade(connections, {
      release: this.releaseOf(args.name, flags),
      chart: args.chart,
      values: await loadValues(flags, this.io),
      reuse: valueReuse(flags),
      render: renderOptions(flags, this.io),
      install: flags.install,
      dryRun,
      isOffline,
      description: flags.description,
      labels: readLabels(flags.labels),
      takeOwnership: flags['take-ownership'],
      crds: crdModeOf(flags, cluster),
      allowance: allowanceOf(flags),
      createNamespace: flags['create-namespace'],
      withHooks: flags['write-hooks'] && !flags['no-hooks'],
      historyMax: flags['history-max'],
      alwaysRecord: flags['always-record'],
      rollbackOnFailure: flags['rollback-on-failure'],
      cleanupOnFail: flags['cleanup-on-fail'],
    })

    const format = flags.output
    this.noteHooks(upgraded, flags)
    if (format !== 'table') {
      const document = releaseDocument(upgraded.release, { hideSecrets: !flags['show-secrets'] })
      return this.print(format, document, String)
    }
    this.io.out(headline(args.name, upgraded, dryRun))
    this.io.out(
      viewDeployed(upgraded, {
        hideNotes: flags['hide-notes'],
        withManifest: dryRun || flags.debug,
        showSecrets: flags['show-secrets'],
      }),
    )
  }
}

function headline(
  name: string,
  result: { isInstall: boolean; isRecorded: boolean },
  dryRun: boolean,
): string {
  if (dryRun) return `Release "${name}" would be ${result.isInstall ? 'installed' : 'upgraded'}.\n`
  if (result.isInstall) return `Release "${name}" does not exist. Installing it now.\n`
  if (!result.isRecorded) return `Release "${name}" is unchanged.\n`
  return `Release "${name}" has been upgraded. Happy Helming!\n`
}
