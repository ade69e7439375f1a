import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { PkgError } from '../base/errors.ts'
import { readFieldTable } from '../cli/kube-fields.ts'
import { integer } from '../cli/flag-kinds.ts'
import { chartFlags, lockFlags, renderFlags, valuesFlags } from '../cli/flags.ts'
import { ownFolders } from '../cli/home-folders.ts'
import { namesRelease } from '../cli/names-release.ts'
import type { ConnectionFlags } from '../cli/open-connections.ts'
import { readChart } from '../cli/read-chart.ts'
import { renderOptions } from '../cli/read-flags.ts'
import { holdsConfiguration, holdsManifests, readManifests } from '../cli/read-manifests.ts'
import { loadValues } from '../cli/read-values.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { replaceManifests, writeManifests } from '../cli/write-manifests.ts'
import {
  migrateChart,
  migrateManifests,
  refusalOf,
  type MigrationOptions,
  type MigrationReport,
} from '../actions/migrate.ts'
import { migrateRelease } from '../actions/migrate-release.ts'
import { migrationDocument, viewMigration } from '../output/migrate-view.ts'

export default class Migrate extends ReleaseCommand {
  static override summary = 'Rewrite old manifests for the API versions that Kubernetes serves.'

  static override description = `
- migrate FILES: files, and folders with all their *.yaml, *.yml and *.json; named by itself, also
  the configuration of fluentd (*.conf) and of Vault (*.hcl);
- migrate CHART: what the chart gives with your values, template by template. Templates are
  never changed: the diff shows what each of them should give;
- migrate NAME: the manifest that a release has stored. --write stores the result as a new
  revision; the objects of the cluster are left alone.

Objects are rewritten field by field, and defaults that are others now are written out. The diff
shows it, with what could not be carried over and what is left for you to do. Files that hold
something that cannot be migrated are refused, with place and cause, and then nothing is written.
Comments and all lines that need no change stay as they are.

A plain word is the name of a release, unless there is a file or folder of that name.`

  static override examples = [
    '<%= config.bin %> migrate old/*.yaml',
    '<%= config.bin %> migrate ./manifests --to 1.33 --write',
    '<%= config.bin %> migrate ./manifests --output-dir ./migrated --skip-refused',
    '<%= config.bin %> migrate ./charts/web -f prod.yaml',
    '<%= config.bin %> migrate web --namespace shop -o json',
  ]

  static override strict = false

  static override args = {
    source: Args.string({
      required: true,
      description: 'Files and folders of manifests, a chart, or the name of a release.',
    }),
  }

  static override flags = {
    to: Flags.string({ summary: 'Kubernetes version to migrate to.', default: '1.35' }),
    write: Flags.boolean({
      summary: 'Change the files in place, or store a new revision of the release.',
    }),
    'output-dir': Flags.string({ summary: 'Write the migrated files below this folder.' }),
    'skip-refused': Flags.boolean({ summary: 'Go on with other files when some are refused.' }),
    deprecated: Flags.boolean({
      summary: 'Also rewrite what is still served but has a newer version.',
    }),
    'rook-namespace': Flags.string({
      summary: 'Namespace of the operator of Rook, by which its CSI drivers are called.',
      default: 'rook-ceph',
    }),
    output: Flags.option({
      char: 'o',
      summary: 'Output format.',
      options: ['text', 'json', 'yaml'] as const,
      default: 'text',
    })(),
    lines: integer({ char: 'C', summary: 'Lines around each change.', default: 3, min: 0 }),
    ...valuesFlags,
    ...renderFlags,
    ...chartFlags,
    ...lockFlags(),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Migrate)
    const words = argv as string[]
    if (flags.write && flags['output-dir'] !== undefined) {
      throw new PkgError('USAGE', '--write and --output-dir cannot be passed together', {
        hint: 'Choose where the migrated files go: in place, or below a folder.',
      })
    }
    const options = {
      to: flags.to,
      withDeprecated: flags.deprecated,
      rookNamespace: flags['rook-namespace'],
      readFieldTable,
    }
    const isFiles = words.every(
      (word) => holdsManifests(word, this.io.cwd, true) || holdsConfiguration(word, this.io.cwd),
    )
    if (isFiles) return this.migrateFiles(words, options, flags)
    const [source = '', another] = words
    if (another !== undefined) {
      throw new PkgError('USAGE', 'a chart or a release is migrated alone', {
        hint: `Run "${this.commandLine()} ${source}" by itself.`,
      })
    }
    if (namesRelease(source, this.io.cwd)) return this.migrateRelease(source, options, flags)
    return this.migrateChart(source, options, flags)
  }

  private async migrateFiles(
    words: string[],
    options: MigrationOptions,
    flags: MigrateFlags,
  ): Promise<void> {
    const report = migrateManifests(
      readManifests(words, this.io.cwd, ownFolders(this.io.env)),
      options,
    )
    this.show(report, flags)
    const refusal = refusalOf(report)
    if (refusal !== undefined && !flags['skip-refused']) throw refusal
    const isDirectory = flags['output-dir'] !== undefined
    const written = report.files
      .filter(({ outcome }) => outcome === 'migrate' || (isDirectory && outcome === 'accept'))
      .map(({ path, after }) => ({ path, text: after }))
    if (flags.write) await replaceManifests(written, this.io.cwd)
    if (flags['output-dir'] !== undefined) await writeManifests(written, flags['output-dir'])
    if (flags.write || isDirectory) this.note(`wrote ${written.length} files`)
  }

  private async migrateChart(
    reference: string,
    options: MigrationOptions,
    flags: MigrateFlags & ChartMigrationFlags,
  ): Promise<void> {
    if (flags.write || flags['output-dir'] !== undefined) {
      throw new PkgError('USAGE', 'templates of a chart are not written', {
        hint: 'Change them as the diff shows; "kubectl pkg template" writes what they give.',
      })
    }
    const chart = await readChart(reference, flags, this.io)
    this.noteWarnings(chart)
    const report = migrateChart(
      {
        chart,
        values: (await loadValues(flags, this.io))(chart),
        release: { name: 'release-name', namespace: flags.namespace || 'default' },
        options: renderOptions(flags),
        onWarning: (warning) => this.note(warning),
      },
      options,
    )
    this.show(report, flags)
    const refusal = refusalOf(report)
    if (refusal !== undefined && !flags['skip-refused']) throw refusal
  }

  private async migrateRelease(
    name: string,
    options: MigrationOptions,
    flags: MigrateFlags & ConnectionFlags & { namespace?: string | undefined },
  ): Promise<void> {
    const connections = await this.openConnections(flags)
    const release = this.releaseOf(name, flags)
    const report = await migrateRelease(connections, release, { ...options, write: flags.write })
    this.show(report, flags)
    const refusal = refusalOf(report)
    if (refusal !== undefined) throw refusal
    if (report.revision !== undefined) this.note(`stored revision ${report.revision} of "${name}"`)
  }

  private show(report: MigrationReport, flags: MigrateFlags): void {
    const { output, lines, color } = flags
    if (output !== 'text') return this.print(output, migrationDocument(report), String)
    this.io.out(viewMigration(report, { color: this.isColored(color), context: lines }))
  }
}

interface MigrateFlags {
  output: 'text' | 'json' | 'yaml'
  lines: number
  color: string
  write: boolean
  'output-dir'?: string | undefined
  'skip-refused': boolean
}

type ChartMigrationFlags = Parameters<typeof readChart>[1] &
  Parameters<typeof loadValues>[0] &
  Parameters<typeof renderOptions>[0] & { namespace?: string | undefined }
