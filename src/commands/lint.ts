import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { PkgError } from '../base/errors.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { capabilityFlags, outputFlag, valuesFlags } from '../cli/flags.ts'
import { ownFolders } from '../cli/home-folders.ts'
import { readFieldTable } from '../cli/kube-fields.ts'
import { lintPath } from '../cli/lint-path.ts'
import { holdsConfiguration, holdsManifests, readManifests } from '../cli/read-manifests.ts'
import { loadValues } from '../cli/read-values.ts'
import { lint } from '../actions/lint.ts'
import { lintDocument, lintSummary, viewLint } from '../output/lint-view.ts'

export default class Lint extends BaseCommand {
  static override summary = 'Check charts for possible issues.'

  static override description = `
What would make an installation fail is an error; what goes against conventions is a warning.
The output is what Helm 4.1.4 prints. --values-hygiene also tells of keys that stand twice in
values.yaml, of texts in it that YAML reads as something else, and of files that templates read
by name and the chart does not have.

--security measures what the objects may do: the Pod Security level that pods need against the
one that Chart.yaml declares (kubectl-pkg/pod-security), rights with "*", Secrets of all
namespaces, images without a tag, files of the node, plain passwords; each object gets a score.
--apis tells of what the Kubernetes version no longer serves, or serves in another form:
more than --kube-version, with which the output stays Helm's. docs/migrating.md lists the rules,
and how a chart says that it has a reason.

Files of manifests are checked as well, and with one of these flags folders of them: are they
well-formed, served, and do they mean what they say. So are configurations of fluentd and Vault
(*.conf, *.hcl): are they of a version that is still read.

The status is 1 when a chart or a file has errors, with --strict also when it has warnings.`

  static override examples = [
    '<%= config.bin %> lint ./charts/web',
    '<%= config.bin %> lint ./charts/web --strict --values-hygiene',
    '<%= config.bin %> lint ./charts/* --kube-version 1.31 -o json',
    '<%= config.bin %> lint ./charts/web --security --apis',
    '<%= config.bin %> lint ./manifests --security --kube-version 1.35',
    '<%= config.bin %> lint addons/vault --security',
  ]

  static override strict = false

  static override args = {
    path: Args.string({
      required: true,
      description: 'Folders and archives of charts, add-ons (addons/NAME), and files of manifests.',
    }),
  }

  static override flags = {
    ...valuesFlags,
    ...outputFlag,
    'kube-version': capabilityFlags['kube-version'],
    strict: Flags.boolean({ summary: 'Fail on warnings too.' }),
    quiet: Flags.boolean({ summary: 'Print warnings and errors alone.' }),
    'with-subcharts': Flags.boolean({ summary: 'Check the charts below charts/ too.' }),
    security: Flags.boolean({ summary: 'Also tell of what objects may do, with a score each.' }),
    apis: Flags.boolean({
      summary: 'Also tell of what the Kubernetes version, by default 1.35, no longer serves.',
    }),
    'values-hygiene': Flags.boolean({
      summary:
        'Also tell of keys that stand twice, values that YAML reads as others, missing files.',
    }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Lint)
    const takesFolders = flags.security || flags.apis
    const { cwd } = this.io
    const words = await Promise.all((argv as string[]).map((word) => lintPath(word, cwd)))
    const isFile = (word: string): boolean =>
      holdsManifests(word, cwd, takesFolders) ||
      (/\.(?:conf|hcl)$/i.test(word) && holdsConfiguration(word, cwd))
    const own = ownFolders(this.io.env)
    const manifests = readManifests(words.filter(isFile), cwd, own)
    const result = lint({
      paths: words.filter((word) => !isFile(word)),
      manifests,
      ownFolders: own,
      objectRules: {
        security: flags.security,
        apis: flags.apis,
        readFieldTable,
      },
      valuesFor: await loadValues(flags, this.io),
      namespace: flags.namespace ?? 'default',
      // As with Helm, an empty version is none.
      kubeVersion: flags['kube-version'] || undefined,
      skipSchemaValidation: flags['skip-schema-validation'],
      strictValues: flags['strict-values'],
      withSubcharts: flags['with-subcharts'],
      strict: flags.strict,
      hygiene: flags['values-hygiene'],
      onWarning: (warning) => this.note(warning),
    })

    const format = flags.output
    if (format === 'table') this.io.out(viewLint(result, flags.quiet))
    else this.print(format, lintDocument(result), () => '')
    if (result.failed > 0) throw new PkgError('LINT_FAILED', lintSummary(result))
  }
}
