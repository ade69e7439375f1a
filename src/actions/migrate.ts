import { PkgError } from '../base/errors.ts'
import { isConfiguration } from '../migrate/migrate-configuration.ts'
import { migrateFiles, type FileMigration } from '../migrate/migrate-files.ts'
import type { MigrationTarget } from '../migrate/migrate-object.ts'
import type { SourceFile } from '../migrate/read-source.ts'
import { readKubeFields } from '../migrate/kube-fields.ts'
import { parseKubeVersion } from '../render/capabilities.ts'
import { crdFiles } from '../render/crds.ts'
import { template, type TemplateRequest } from './template.ts'

/** What migrations are for. */
export interface MigrationOptions {
  /** A version of Kubernetes, such as `1.35`. */
  to: string
  /** Also what is still served but has a newer version. */
  withDeprecated: boolean
  /** Namespace of Rook's operator, by which its CSI drivers are called. */
  rookNamespace: string
  /** The table of the fields of Kubernetes' own kinds. */
  readFieldTable: () => string
}

/** Whether a file is migrated as the configuration of a program, and not as manifests. */
export function configuresProgram(path: string): boolean {
  return isConfiguration(path)
}

/** What becomes of files that are migrated together. */
export interface MigrationReport {
  /** As it was asked for: `1.35`. */
  to: string
  files: FileMigration[]
}

/**
 * Migrates files of manifests; what is to be written is in the report, and nothing is written.
 *
 * @throws PkgError USAGE for a version that is none
 */
export function migrateManifests(
  files: readonly SourceFile[],
  options: MigrationOptions,
): MigrationReport {
  return { to: options.to, files: migrateFiles(files, targetOf(options)) }
}

/**
 * Migrates what a chart gives with these values, template by template: which of them give
 * objects that moved, and what should come out instead. The templates are the person's to change.
 *
 * @throws PkgError as `template` does
 */
export function migrateChart(request: TemplateRequest, options: MigrationOptions): MigrationReport {
  const { rendered } = template(request)
  const templates = rendered.files
    .filter(({ path, content }) => /\.(?:ya?ml|hbs)$/.test(path) && content.trim() !== '')
    .map(({ path, content }) => ({ path, text: content }))
  const crds = crdFiles(rendered.chart).map(({ path, content }) => ({ path, text: content }))
  return migrateManifests([...crds, ...templates], options)
}

/** What refuses a migration, for people: all reasons, each with its place. */
export function refusalOf({ files }: MigrationReport): PkgError | undefined {
  const refused = files.filter(({ outcome }) => outcome === 'refuse')
  if (refused.length === 0) return undefined
  const details = refused.flatMap(({ path, refusals }) =>
    refusals.map(
      ({ line, column, cause, message }) => `${path}:${line}:${column}: ${cause}: ${message}`,
    ),
  )
  const [first] = refused
  const isOne = refused.length === 1
  const what = isOne ? `"${first?.path ?? ''}" cannot` : `${refused.length} files cannot`
  return new PkgError(
    'MIGRATION_REFUSED',
    `${what} be migrated as ${isOne ? 'it stands' : 'they stand'}`,
    {
      details,
      span: { file: first?.path ?? '', ...place(first?.refusals[0]) },
      hint: 'Mend these places, or pass --skip-refused to go on with the other files.',
    },
  )
}

function place(refusal: { line: number; column: number } | undefined) {
  return refusal === undefined ? {} : { line: refusal.line, column: refusal.column }
}

/** @throws PkgError USAGE */
function targetOf(options: MigrationOptions): MigrationTarget {
  const { to, withDeprecated, rookNamespace, readFieldTable } = options
  const { major, minor } = parseKubeVersion(to)
  if (major !== '1') {
    throw new PkgError('USAGE', `there is no Kubernetes ${to}`, { hint: 'Pass --to 1.35.' })
  }
  const fields = readKubeFields(readFieldTable())
  return { minor: Number(minor), withDeprecated, rookNamespace, fields }
}
