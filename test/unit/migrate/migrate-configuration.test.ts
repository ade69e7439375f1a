import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrateFiles, type FileMigration } from '../../../src/migrate/migrate-files.ts'
import { migrationTarget } from '../../support/migration.ts'

function migrated(path: string, text: string): FileMigration {
  const [file] = migrateFiles([{ path, text }], migrationTarget())
  if (file === undefined) throw new Error('nothing came back')
  return file
}

const FLUENTD = `# Logs of Docker.
<source>
  type tail # of files
  id containers
  format json
</source>
<filter **>
  @type record_transformer
  <record>
    type \${tag}
  </record>
</filter>
<match **>
  type copy
  <store>
    type kafka
    zookeeper one:2181
    log_level warn
  </store>
</match>
`

test('parameters of fluentd 0.12 get their new names, and those of records keep theirs', () => {
  const { outcome, after, objects } = migrated('old/td-agent.conf', FLUENTD)
  expect(outcome).toBe('migrate')
  expect(after).toBe(`# Logs of Docker.
<source>
  @type tail # of files
  @id containers
  format json
</source>
<filter **>
  @type record_transformer
  <record>
    type \${tag}
  </record>
</filter>
<match **>
  @type copy
  <store>
    @type kafka
    zookeeper one:2181
    @log_level warn
  </store>
</match>
`)
  expect(objects.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
    'FluentdConfiguration/td-agent.conf',
  ])
  expect(objects.flatMap(({ notes }) => notes.map((note) => `${note.kind} ${note.path}`))).toEqual([
    'rewritten source.type',
    'rewritten source.id',
    'rewritten match.type',
    'rewritten match.store.type',
    'needed match.store.zookeeper',
    'needed match.store.zookeeper',
    'rewritten match.store.log_level',
  ])
  expect(migrated('new.conf', after)).toMatchObject({ outcome: 'accept', after })
})

const VAULT = `# Of 2016.
backend "consul" {
  address = "consul:8500"
  advertise_addr = "https://vault:8200" # of this server
  tls_skip_verify = 1
}

listener "tcp" {
  address = "0.0.0.0:8200"
  tls_disable = 1
}
`

test('the store of Vault is called by its new name, and addresses leave it', () => {
  const { outcome, after, objects } = migrated('vault.hcl', VAULT)
  expect({ outcome, after }).toEqual({
    outcome: 'migrate',
    after: `# Of 2016.
storage "consul" {
  address = "consul:8500"
  tls_skip_verify = "true"
}

api_addr = "https://vault:8200" # of this server

listener "tcp" {
  address = "0.0.0.0:8200"
  tls_disable = 1
}
`,
  })
  expect(objects[0]?.notes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'rewritten backend',
    'rewritten backend.tls_skip_verify',
    'rewritten backend.advertise_addr',
    'needed cluster_addr',
  ])
  expect(migrated('vault.hcl', after)).toMatchObject({ outcome: 'accept', after })
})

test.each([
  ['policy.hcl', 'path "secret/app/*" {\n  capabilities = ["read"]\n}\n', 'VaultPolicy'],
  ['new.conf', '<match **>\n  @type stdout\n</match>\n', 'FluentdConfiguration'],
])('%s is as it should be', (path, text, kind) => {
  expect(migrated(path, text)).toMatchObject({
    outcome: 'accept',
    after: text,
    objects: [{ kind, outcome: 'accept' }],
  })
})

test.each([
  ['a.conf', '<source>\n  type tail\n', '1:1: schema: <source> has no end'],
  ['a.conf', '<match **>\n</source>\n', '2:1: schema: </source> ends nothing that began'],
  ['a.hcl', 'storage "raft" {\n  path = "/d"\n', '3:1: schema: a block has no end'],
  ['a.hcl', 'storage "raft" {\n}\n}\n', '3:1: schema: "}" ends nothing'],
  [
    'a.hcl',
    'backend "consul" {\n  token = %%TOKEN%%\n}\n',
    '2:11: placeholder: "%%TOKEN%%" is to be filled in, and a text in quotes',
  ],
  [
    'a.conf',
    '<VirtualHost *:443>\n</VirtualHost>\n',
    '1:1: not-installable: this configures Apache httpd',
  ],
  [
    'a.ldif',
    'dn: dc=example,dc=com\n',
    '1:1: not-installable: these are entries of an LDAP directory',
  ],
  ['a.txt', '# TYPE up gauge\nup 1\n', '1:1: not-installable: these are metrics'],
  ['a.txt', '{"user":"bob", "resource":"pods"}\n', '1:1: not-installable: these are rules of ABAC'],
  [
    'a.txt',
    'Dear diary\n',
    '1:1: not-installable: this is the file of a program that is not known',
  ],
])('%s is refused, with the place and the cause: %j', (path, text, wanted) => {
  const { outcome, refusals, after } = migrated(path, text)
  const told = refusals.map(
    ({ line, column, cause, message }) => `${line}:${column}: ${cause}: ${message}`,
  )
  expect({ outcome, after, begins: told[0]?.slice(0, wanted.length) }).toEqual({
    outcome: 'refuse',
    after: text,
    begins: wanted,
  })
})

/** A collection of old configurations may lie beside the checkout. */
const folder = join(import.meta.dirname, '../../../../shared/old-manifests/configs')

describe.runIf(existsSync(folder))('old configurations', () => {
  test.each([
    ['002-1073-fluentd-cri-source.conf', 'accept', ''],
    ['002-1097-fluentd-kubernetes-metadata.conf', 'accept', ''],
    ['004-0395-td-agent.conf', 'migrate', ''],
    ['003-2223-vault-policy.hcl', 'accept', ''],
    ['004-0717-vault-server.hcl', 'refuse', '6:11 placeholder'],
    ['002-1236-exposition.txt', 'refuse', '1:1 not-installable'],
    ['003-1255-users.ldif', 'refuse', '1:1 not-installable'],
    ['004-0224-oidc-vhost.conf', 'refuse', '1:1 not-installable'],
    ['001-0284-abac.txt', 'refuse', '1:1 not-installable'],
    ['002-0719-cni-flannel.json', 'refuse', '4:6 yaml-syntax'],
  ])('%s: %s', (name, outcome, place) => {
    const file = migrated(name, readFileSync(join(folder, name), 'utf8'))
    const [refusal] = file.refusals
    const found = refusal === undefined ? '' : `${refusal.line}:${refusal.column} ${refusal.cause}`
    expect({ outcome: file.outcome, found }).toEqual({ outcome, found: place })
  })
})
