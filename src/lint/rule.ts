import type { JsonObject } from '../base/json.ts'
import { itemsAt, textAt, type FieldPath } from '../migrate/field-path.ts'
import type { PodSecurityLevel } from '../migrate/migrate-pod-security.ts'
import type { RuleId } from './rule-table.ts'

/** What rules look at, one object at a time. */
export interface RuleScene {
  object: JsonObject
  apiVersion: string
  kind: string
  /** All objects that are checked together. */
  all: readonly JsonObject[]
  /** Minor version of Kubernetes 1 that the objects are for. */
  minor: number
  /** What the chart says that its pods need; undefined when it says nothing. */
  declared: PodSecurityLevel | undefined
  /** @param path of the field; the nearest one that is there is shown */
  report: (rule: RuleId, path: FieldPath, message: string) => void
}

/** Reports what it finds in one object. */
export type Rule = (scene: RuleScene) => void

/** A part of an object and where it is. */
export interface Part {
  value: JsonObject
  path: FieldPath
}

/** The pods of an object: itself, or what it makes pods of. */
export function podSpecsOf(object: JsonObject): Part[] {
  const paths =
    textAt(object, 'kind') === 'Pod'
      ? [['spec']]
      : [
          ['spec', 'template', 'spec'],
          ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
        ]
  return paths.flatMap((path) => {
    const [last = ''] = path.slice(-1)
    const holder = path.slice(0, -1).reduce<unknown>((found, key) => child(found, key), object)
    const value = child(holder, last)
    return isPart(value) ? [{ value, path }] : []
  })
}

/** Containers of all kinds of one pod. */
export function containersIn({ value, path }: Part): Part[] {
  return CONTAINERS.flatMap((list) =>
    itemsAt(value, list).map(({ item, at }) => ({ value: item, path: [...path, list, at] })),
  )
}

/** Containers wherever they are in an object, custom resources and damaged objects included. */
export function containersAnywhere(object: JsonObject): Part[] {
  const found: Part[] = []
  const rest: { value: unknown; path: FieldPath }[] = [{ value: object, path: [] }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, path } = next
    const isInList = CONTAINERS.includes(String(path.at(-2))) && typeof path.at(-1) === 'number'
    if (isInList && isPart(value)) found.push({ value, path })
    if (typeof value !== 'object' || value === null) continue
    const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
    rest.push(...entries.map(([key, each]) => ({ value: each, path: [...path, key] })).toReversed())
  }
  return found
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers']

function child(value: unknown, key: string): unknown {
  return isPart(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function isPart(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
