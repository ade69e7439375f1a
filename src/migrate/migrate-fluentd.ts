import type { ConfigurationMigration } from './migrate-configuration.ts'
import type { MigrationNote } from './migration.ts'
import type { Position, Refusal } from './refusal.ts'

/** Parameters that begin with "@" since fluentd 0.14, by their old name. */
const RENAMED = new Set(['type', 'id', 'log_level'])

/** Blocks whose parameters are a plugin's; elsewhere, as in a record, the names are the person's. */
const PLUGIN = /^(?:source|match|filter|store|secondary|buffer|parse|format|inject|storage)$/

const ZOOKEEPER = [
  'Kafka 4 has no ZooKeeper: name the brokers, as brokers HOST:9092',
  'the chart efk makes such a pipeline: collector.kind=fluentd, and sinks.kafka with topicPerNamespace',
]

interface Block extends Position {
  name: string
}

/** Rewrites a configuration of fluentd 0.12 or td-agent 2 as fluentd 1 has it, line by line. */
export function migrateFluentd(text: string): ConfigurationMigration {
  const notes: MigrationNote[] = []
  const open: Block[] = []
  const refusals: Refusal[] = []
  const lines = text.split('\n').map((line, at) => {
    const [tag, indent = '', slash = '', name = ''] = /^(\s*)<(\/?)(\w+)[^>]*>/.exec(line) ?? []
    if (tag === undefined) return migrateParameter(line, open, notes)
    const block = { name, line: at + 1, column: indent.length + 1 }
    if (slash === '') open.push(block)
    else if (open.pop()?.name !== name) refusals.push(wrong(block, 'ends nothing that began', '/'))
    return line
  })
  return {
    kind: 'FluentdConfiguration',
    after: lines.join('\n'),
    notes,
    refusals: [...refusals, ...open.map((block) => wrong(block, 'has no end'))],
  }
}

function migrateParameter(line: string, open: readonly Block[], notes: MigrationNote[]): string {
  if (!PLUGIN.test(open.at(-1)?.name ?? '')) return line
  const [, indent = '', name = '', rest = ''] = /^(\s*)(\w+)(\s.*)$/.exec(line) ?? []
  const path = [...open.map((each) => each.name), name].join('.')
  if (name === 'zookeeper') {
    for (const message of ZOOKEEPER) notes.push({ kind: 'needed', path, message })
  }
  if (!RENAMED.has(name)) return line
  notes.push({ kind: 'rewritten', path, message: `is @${name}` })
  return `${indent}@${name}${rest}`
}

function wrong({ name, line, column }: Block, what: string, slash = ''): Refusal {
  return { cause: 'schema', message: `<${slash}${name}> ${what}`, line, column }
}
