import { isJsonObject, type JsonObject } from '../base/json.ts'
import { itemsAt, objectAt, textAt, valueAt } from './field-path.ts'
import type { Migration } from './migration.ts'

const OLD_IMAGE = /^(?:docker\.io\/)?jaegertracing\/all-in-one(?::|@|$)/

/** The image of Jaeger 2 that stands for all-in-one when nothing else is configured. */
const JAEGER_IMAGE = 'jaegertracing/jaeger:2.20.0'

/** Ports of the agent, which Jaeger 2 does not have. */
const AGENT_PORTS = new Set<unknown>([5775, 6831, 6832, 5778, 14_267])

/** Whether the object runs Jaeger 1, or is a Service of its agent. */
export function isOldJaeger(object: JsonObject): boolean {
  const pod = containersOf(object).some(({ item }) => OLD_IMAGE.test(textAt(item, 'image')))
  return pod || hasAgentPorts(object)
}

function hasAgentPorts(object: JsonObject): boolean {
  const isJaeger = JSON.stringify(valueAt(object, 'spec', 'selector') ?? '').includes('jaeger')
  const isService = textAt(object, 'kind') === 'Service' && isJaeger
  return (
    isService && itemsAt(object, 'spec', 'ports').some(({ item }) => AGENT_PORTS.has(item['port']))
  )
}

/**
 * Rewrites pods of Jaeger 1's all-in-one for Jaeger 2, and Services for the ports that are left.
 *
 * Source: jaegertracing.io/docs/2.x, "Migration from v1 to v2".
 *
 * @returns undefined for a Service that had the agent's ports alone
 */
export function migrateJaeger(object: JsonObject, migration: Migration): JsonObject | undefined {
  for (const { item, at } of containersOf(object)) {
    if (OLD_IMAGE.test(textAt(item, 'image'))) migrateContainer(item, at, migration)
  }
  if (!hasAgentPorts(object)) return object
  const spec = objectAt(object, 'spec') ?? {}
  const ports = withoutAgent(itemsAt(spec, 'ports'), 'spec.ports', migration)
  if (ports.length === 0) return undefined
  spec['ports'] = ports
  return object
}

function containersOf(object: JsonObject): { item: JsonObject; at: number }[] {
  const path = textAt(object, 'kind') === 'Pod' ? ['spec'] : ['spec', 'template', 'spec']
  return itemsAt(object, ...path, 'containers')
}

function migrateContainer(container: JsonObject, at: number, migration: Migration): void {
  const { note } = migration
  const path = `containers[${at}]`
  container['image'] = JAEGER_IMAGE
  note('rewritten', `${path}.image`, 'Jaeger 2, which keeps traces in memory as all-in-one did')
  const ports = itemsAt(container, 'ports')
  if (ports.length > 0) container['ports'] = withoutAgent(ports, `${path}.ports`, migration)
  dropOldSettings(container, path, migration)
  const probe = objectAt(container, 'readinessProbe', 'httpGet')
  if (probe?.['port'] === 14_269) {
    Object.assign(probe, { path: '/status', port: 13_133 })
    note('rewritten', `${path}.readinessProbe`, 'health is told on port 13133')
  }
}

/** Settings of Jaeger 1 are variables and flags; Jaeger 2 reads a file. */
function dropOldSettings(container: JsonObject, path: string, { note }: Migration): void {
  const env = container['env']
  if (Array.isArray(env)) {
    const isOld = (item: unknown): boolean =>
      isJsonObject(item) &&
      /^(?:COLLECTOR|SPAN_STORAGE|MEMORY|QUERY|JAEGER|SAMPLING)_/.test(textAt(item, 'name'))
    for (const item of env.filter(isOld)) {
      note('dropped', `${path}.env`, `${textAt(item, 'name')}: Jaeger 2 is configured by a file`)
    }
    const left = env.filter((item) => !isOld(item))
    if (left.length > 0) container['env'] = left
    else delete container['env']
  }
  if (Array.isArray(container['args'])) {
    note('dropped', `${path}.args`, 'flags of Jaeger 1: write a configuration file')
    delete container['args']
  }
}

function withoutAgent(
  ports: { item: JsonObject; at: number }[],
  path: string,
  { note }: Migration,
): JsonObject[] {
  const isAgents = ({ item }: { item: JsonObject }): boolean =>
    AGENT_PORTS.has(item['containerPort'] ?? item['port'])
  for (const port of ports.filter(isAgents)) {
    const number = JSON.stringify(port.item['containerPort'] ?? port.item['port'])
    note(
      'dropped',
      `${path}[${port.at}]`,
      `port ${number} was the agent's; clients send OTLP to 4317 or 4318`,
    )
  }
  return ports.filter((port) => !isAgents(port)).map(({ item }) => item)
}
