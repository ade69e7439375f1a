import type { FileMigration } from './migrate-files.ts'
import { migrateFluentd } from './migrate-fluentd.ts'
import { migrateVaultConfig } from './migrate-vault-config.ts'
import type { MigrationNote } from './migration.ts'
import type { SourceFile } from './read-source.ts'
import type { Refusal } from './refusal.ts'

/** What becomes of a file that configures a program. */
export interface ConfigurationMigration {
  /** Whose configuration it is, spelt as a kind. */
  kind: string
  /** The text as it is to be. */
  after: string
  notes: MigrationNote[]
  refusals: Refusal[]
}

/** Whether a file is looked at as the configuration of a program, and not as manifests. */
export function isConfiguration(path: string): boolean {
  return /\.(?:hcl|conf|ldif|txt)$/i.test(path)
}

/** Migrates the configuration of fluentd and Vault; any other is refused by what it is for. */
export function migrateConfiguration({ path, text }: SourceFile): FileMigration {
  const { kind, notes, refusals, after } = migrated(text)
  const isRefused = refusals.length > 0
  const outcome = isRefused ? 'refuse' : after === text ? 'accept' : 'migrate'
  const name = path.slice(path.lastIndexOf('/') + 1)
  const object = {
    apiVersion: '',
    kind,
    name,
    outcome,
    to: '',
    notes,
    refusals,
    after: undefined,
  } as const
  return {
    path,
    outcome,
    objects: [object],
    refusals,
    before: text,
    after: isRefused ? text : after,
    rewrittenWhole: [],
  }
}

function migrated(text: string): ConfigurationMigration {
  if (/^\s*<(?:source|match|filter|label|system)\b/m.test(text)) return migrateFluentd(text)
  if (/^\s*(?:backend|storage|listener|seal)\s+"/m.test(text)) return migrateVaultConfig(text)
  if (/^\s*path\s+"[^"]+"\s*\{/m.test(text)) return unchanged('VaultPolicy', text, [])
  const [, kind, what] = OTHERS.find(([sign]) => sign.test(text)) ?? UNKNOWN
  const message = `${what}; it is no object of a cluster`
  const refusal: Refusal = { cause: 'not-installable', message, line: 1, column: 1 }
  return unchanged(kind, text, [refusal])
}

function unchanged(kind: string, after: string, refusals: Refusal[]): ConfigurationMigration {
  return { kind, after, notes: [], refusals }
}

/** What files of other programs look like, whose they are, and what to do with them. */
const OTHERS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^\s*<VirtualHost\b/m,
    'ApacheConfiguration',
    'this configures Apache httpd, and is a key of a ConfigMap',
  ],
  [
    /^dn:\s/m,
    'LdapEntries',
    'these are entries of an LDAP directory, which ldapadd loads and the chart dex asks',
  ],
  [/^# (?:TYPE|HELP) /m, 'Metrics', 'these are metrics as a program shows them to Prometheus'],
  [
    /^[[{]\s*"(?:user|group)"\s*:/m,
    'AbacPolicy',
    'these are rules of ABAC, a file of the API server: write Roles and RoleBindings',
  ],
]

const UNKNOWN = [
  /^/,
  'Configuration',
  'this is the file of a program that is not known here',
] as const
