import type { JsonObject } from '../base/json.ts'
import { nearest } from '../base/nearest.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { declaredNames, ITEM, undeclaredName } from '../values/schema-names.ts'
import type { Severity } from './finding.ts'

export interface Problem {
  severity: Severity
  message: string
}

/** What values.yaml and values.schema.json tell of the names that values have. */
export class KnownValues {
  private readonly values: GoMap
  private readonly schema: JsonObject | undefined
  /** What was asked before, by path. */
  private readonly names = new Map<string, string[]>()

  constructor(values: GoMap, schema: JsonObject | undefined) {
    this.values = values
    this.schema = schema
  }

  /** All names that are known in the maps at a path. */
  namesAt(path: readonly string[]): string[] {
    const key = JSON.stringify(path)
    const known = this.names.get(key) ?? this.readNamesAt(path)
    this.names.set(key, known)
    return known
  }

  private readNamesAt(path: readonly string[]): string[] {
    const maps = samplesAt(this.values, path).filter((value) => value instanceof Map)
    const declared = (this.schema && declaredNames(this.schema, path)) ?? []
    return [...new Set([...declared, ...maps.flatMap((map) => [...map.keys()])])]
  }

  /**
   * A name that no values can have by the schema.
   *
   * @param told how many names of the path were looked at where they are read themselves
   */
  forbidden(path: readonly string[], told: number): Problem | undefined {
    const undeclared = this.schema && undeclaredName(this.schema, path)
    if (undeclared === undefined || undeclared.at < told) return undefined
    const { at, declared } = undeclared
    const meant = nearest(path[at] ?? '', declared)
    const advice = meant === undefined ? 'declare it there' : `did you mean "${meant}"?`
    const read = spoken(path.slice(0, at + 1))
    const message = `${read} is read, but values.schema.json allows no such value; ${advice}`
    return { severity: 'error', message }
  }

  /** A name that is not known may be one that only people give, unless there is its like. */
  misspelt(path: readonly string[], told: number): Problem | undefined {
    for (const [at, name] of path.entries()) {
      const here = samplesAt(this.values, path.slice(0, at))
      if (name === ITEM || (here.length > 0 && here.every(Array.isArray))) continue
      const names = this.namesAt(path.slice(0, at))
      if (names.length === 0 || !here.every((value) => value instanceof Map)) return undefined
      if (at < told || names.includes(name)) continue
      const meant = alike(name, names)
      if (meant === undefined) return undefined
      const isDefault = here.some((value) => value.has(meant))
      const where = isDefault ? 'values.yaml' : 'values.schema.json'
      const message = `${spoken(path.slice(0, at + 1))} is read, but ${where} has "${meant}" there`
      return { severity: 'warning', message }
    }
    return undefined
  }

  /**
   * A fact that is read where names are those of a value: told when the value is known to have no
   * such name, or when what is read of `values` is known to be the chart's.
   */
  lostFact(path: readonly string[], context: readonly string[]): Problem | undefined {
    const [root = '', name = ''] = path
    if (path.length < 2 || !isFact(root)) return undefined
    const items = samplesAt(this.values, context)
    if (items.some((item) => item instanceof Map && item.has(root))) return undefined
    if ((this.schema && declaredNames(this.schema, context))?.includes(root) === true) {
      return undefined
    }
    const isKnown =
      root.toLowerCase() === 'values' ? this.namesAt([]).includes(name) : items.length > 0
    if (!isKnown) return undefined
    const message = `${path.join('.')} is read of ${spoken(context)}, which has no "${root}"; write @root.${path.join('.')}`
    return { severity: 'warning', message }
  }
}

/** What templates see beside values, with the fields of what has the same ones everywhere. */
export const FACTS: Readonly<Record<string, readonly string[] | undefined>> = {
  values: undefined,
  release: ['name', 'namespace', 'revision', 'isInstall', 'isUpgrade', 'service'],
  capabilities: ['kubeVersion', 'apiVersions', 'helmVersion'],
  template: ['name', 'basePath'],
  chart:
    'name version appVersion description type annotations dependencies kubeVersion home sources keywords maintainers icon apiVersion condition tags deprecated isRoot'.split(
      ' ',
    ),
  files: undefined,
  subcharts: undefined,
}

/** A fact is found whatever the case of its letters. */
export function isFact(name: string): boolean {
  return Object.keys(FACTS).includes(name.toLowerCase())
}

/** The known name that is nearly the same; of short names letters must only have changed places. */
export function alike(name: string, known: readonly string[]): string | undefined {
  if (name.length >= SHORT) return nearest(name, known)
  const letters = lettersOf(name)
  return nearest(
    name,
    known.filter((each) => lettersOf(each) === letters),
  )
}

function lettersOf(name: string): string {
  return name.split('').sort().join('')
}

/** Letters below which names are alike by chance: `port` and `host`. */
const SHORT = 6

/** `values.hosts.*.name`. */
export function spoken(path: readonly string[]): string {
  return ['values', ...path].join('.')
}

/** What values.yaml has at a path, where `*` leads to each item. */
function samplesAt(values: GoMap, path: readonly string[]): Value[] {
  let here: Value[] = [values]
  for (const name of path) {
    here = here.flatMap((value) => {
      if (name === ITEM) return itemsOf(value)
      if (Array.isArray(value)) return /^\d+$/.test(name) ? [value[Number(name)] ?? null] : []
      return value instanceof Map && value.has(name) ? [value.get(name) ?? null] : []
    })
  }
  return here
}

function itemsOf(value: Value): Value[] {
  if (Array.isArray(value)) return value
  return value instanceof Map ? [...value.values()] : []
}
