import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { nginxReport } from '../../actions/nginx-report.ts'
import { PkgError } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { outputFlag } from '../../cli/flags.ts'
import { readText } from '../../cli/read-text.ts'
import { nginxSummary, viewNginxReport } from '../../output/nginx-view.ts'

export default class AddonNginxReport extends BaseCommand {
  static override summary = 'Tell which annotations of ingress-nginx addons/ingress would follow.'

  static override description = `
ingress-nginx is retired. addons/ingress serves Ingress objects that were written for it with
providers.nginxCompat.enabled=true. Of each annotation that such objects have, this tells what
Traefik does with it:

- supported: the same;
- limited: much the same, and what differs;
- ignored: nothing, and what that means;
- refused: it leaves out the Ingress, or its paths.

Paths for which Traefik would leave out an Ingress are listed too. Nothing is changed.`

  static override examples = [
    'kubectl get ingress -A -o yaml | <%= config.bin %> addon nginx-report -',
    '<%= config.bin %> template web ./charts/web | <%= config.bin %> addon nginx-report -',
    '<%= config.bin %> addon nginx-report ingress.yaml --strict',
  ]

  static override strict = false

  static override args = {
    file: Args.string({
      required: true,
      description: 'Files with manifests; - reads standard input.',
    }),
  }

  static override flags = {
    ...outputFlag,
    'allow-snippets': Flags.boolean({
      summary: 'As with providers.nginxCompat.allowSnippets=true.',
    }),
    strict: Flags.boolean({ summary: 'Fail when something is ignored or refused.' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(AddonNginxReport)
    const files = (argv as string[]).map((name) => ({ name, text: readText(name, this.io) }))
    const report = nginxReport(files, {
      namespace: flags.namespace || 'default',
      allowSnippets: flags['allow-snippets'],
    })
    this.print(flags.output, report, viewNginxReport)
    const hasLost = report.items.some(
      ({ outcome }) => outcome === 'ignored' || outcome === 'refused',
    )
    if (flags.strict && hasLost) throw new PkgError('LINT_FAILED', nginxSummary(report))
  }
}
