import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { optionalChartArg } from '../cli/args.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { list } from '../cli/flag-kinds.ts'
import {
  applyFlags,
  capabilityFlags,
  chartFlags,
  releaseFlags,
  renderFlags,
  valuesFlags,
} from '../cli/flags.ts'
import type { ConnectionFlags } from '../cli/open-connections.ts'
import { readLabels, renderOptions } from '../cli/read-flags.ts'
import { readChart, siteOpener } from '../cli/read-chart.ts'
import { loadValues } from '../cli/read-values.ts'
import { dependencyUpdateFlag } from '../cli/source-flags.ts'
import { userAgentOf } from '../cli/user-agent.ts'
import { writeTemplates } from '../cli/write-templates.ts'
import { PkgError } from '../base/errors.ts'
import { chooseName } from '../actions/choose-name.ts'
import { template, type TemplateRequest, type TemplateResult } from '../actions/template.ts'
import { withUpstreamCrds } from '../actions/upstream-crds.ts'

/** Helm's words. */
const BOTH =
  'if any flags in the group [validate dry-run] are set none of the others can be; [dry-run validate] were all set'

export default class Template extends BaseCommand {
  static override summary = 'Render a chart and print the manifests.'

  static override description = `
Nothing is asked of a cluster: capabilities are those of Kubernetes 1.35 unless
--kube-version and --api-versions say otherwise, and "lookup" finds nothing. With
--dry-run=server they are those of the cluster, whose objects "lookup" finds.
The output is byte for byte what Helm 4.1.4 prints.`

  static override examples = [
    '<%= config.bin %> template web ./charts/web --values prod.yaml',
    '<%= config.bin %> template web web-1.2.3.tgz --show-only templates/service.yaml',
    'cat web-1.2.3.tgz | <%= config.bin %> template web -',
  ]

  static override args = {
    name: Args.string({ required: true, description: 'Name of the release; may be left out.' }),
    chart: optionalChartArg,
  }

  static override flags = {
    ...valuesFlags,
    ...renderFlags,
    ...capabilityFlags,
    ...chartFlags,
    ...dependencyUpdateFlag,
    ...releaseFlags,
    ...applyFlags,
    'include-crds': Flags.boolean({
      summary: 'Print what lies in crds/ too.',
      helpGroup: 'RENDERING',
    }),
    'is-upgrade': Flags.boolean({ summary: 'Render as an upgrade.', helpGroup: 'RENDERING' }),
    'skip-tests': Flags.boolean({ summary: 'Leave test hooks out.', helpGroup: 'RENDERING' }),
    'show-only': list({
      char: 's',
      summary: 'Print what these templates gave alone: templates/NAME.yaml.',
      helpGroup: 'RENDERING',
    }),
    'output-dir': Flags.string({ summary: 'Write files below this folder instead of printing.' }),
    'release-name': Flags.boolean({
      summary: 'Put the release’s name into the paths of --output-dir.',
    }),
    validate: Flags.boolean({
      summary: 'Render for the cluster, as --dry-run=server.',
      hidden: true,
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Template)
    if (this.given.has('validate') && this.given.has('dry-run')) {
      throw new PkgError('USAGE', BOTH, { hint: 'Leave --validate out: it is --dry-run=server.' })
    }
    const choice = {
      words: args.chart === undefined ? [args.name] : [args.name, args.chart],
      generate: flags['generate-name'],
      template: flags['name-template'],
      fallback: 'release-name',
    }
    const { name, chart: reference } = chooseName(choice, new Date(this.io.now()))
    const chart = await readChart(reference, flags, this.io)
    this.noteWarnings(chart)
    const folder = flags['output-dir']
    const values = (await loadValues(flags, this.io))(chart)

    let unreadable = ''
    const request: TemplateRequest = {
      chart: await withUpstreamCrds(chart, values, siteOpener(flags, this.io)),
      values,
      release: { name, namespace: flags.namespace || 'default' },
      options: renderOptions(flags, this.io),
      isUpgrade: flags['is-upgrade'],
      kubeVersion: flags['kube-version'],
      apiVersions: flags['api-versions'] ?? [],
      includeCrds: flags['include-crds'],
      noHooks: flags['no-hooks'],
      skipTests: flags['skip-tests'],
      showOnly: flags['show-only'] ?? [],
      toFiles: folder !== undefined,
      labels: readLabels(flags.labels),
      isLastUse: true,
      onWarning: (warning) => this.note(warning),
      onUnreadable: (text) => {
        unreadable = text
      },
    }
    const isServers = flags.validate || flags['dry-run'] === 'server'
    let result: TemplateResult
    try {
      result = isServers ? await this.templateAtTarget(request, flags) : template(request)
    } catch (error) {
      if (flags.debug) this.io.out(unreadable)
      throw error
    }

    if (folder !== undefined) {
      writeTemplates(result.files, { folder, inside: flags['release-name'] ? name : '' }, this.io)
    }
    this.printRaw(result.output)
  }

  /** Nothing of a cluster is loaded unless it is asked for. */
  private async templateAtTarget(
    request: TemplateRequest,
    flags: ConnectionFlags,
  ): Promise<TemplateResult> {
    const { openConnections } = await import('../cli/open-connections.ts')
    const { templateAtTarget } = await import('../actions/template-at-target.ts')
    const connections = await openConnections(flags, this.io, {
      signal: new AbortController().signal,
      userAgent: userAgentOf(this.config.version),
    })
    const { namespace } = connections
    const release = { ...request.release, namespace: flags.namespace || namespace }
    try {
      return await templateAtTarget(connections, { ...request, release })
    } finally {
      connections.close()
    }
  }
}
