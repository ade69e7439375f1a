import { isJsonObject, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { valueAt } from './content.ts'
import { isSameJson } from './json-equal.ts'
import { narrowingsOf } from './schema-narrowing.ts'
import { addedRules } from './schema-rules.ts'

/** What a CRD becomes compared with the one at the target. */
export interface DefinitionCheck {
  /** Why it cannot be at all, whatever lives. */
  refusals: string[]
  /** Where its schemas take less than before, for people: `v1 spec.size: becomes required`. */
  narrowings: string[]
  /** Rules in CEL that are new, which only the API server can try: `v1 spec: self.size < 50`. */
  rules: string[]
}

/** One version of a CRD. */
export interface DefinitionVersion {
  name: string
  served: boolean
  storage: boolean
  /** The OpenAPI schema; empty when there is none. */
  schema: JsonObject
}

/** Compares a CRD with the one that it would take the place of. */
export function checkDefinition(live: KubeObject, wanted: KubeObject): DefinitionCheck {
  return {
    refusals: [...fixedFields(live, wanted), ...droppedVersions(live, wanted)],
    narrowings: comparedVersions(live, wanted, narrowingsOf),
    rules: comparedVersions(live, wanted, addedRules),
  }
}

/** The versions of a CRD, in its order. */
export function versionsOf(definition: KubeObject): DefinitionVersion[] {
  const versions = valueAt(definition, 'spec', 'versions')
  return (Array.isArray(versions) ? versions : []).filter(isJsonObject).map((version) => {
    const schema = valueAt(version, 'schema', 'openAPIV3Schema')
    const { name } = version
    return {
      name: typeof name === 'string' ? name : '',
      served: version['served'] === true,
      storage: version['storage'] === true,
      schema: isJsonObject(schema) ? schema : {},
    }
  })
}

const FIXED = [['group'], ['scope'], ['names', 'kind'], ['names', 'plural']]

function fixedFields(live: KubeObject, wanted: KubeObject): string[] {
  return FIXED.flatMap((path) => {
    const [before, after] = [valueAt(live, 'spec', ...path), valueAt(wanted, 'spec', ...path)]
    if (isSameJson(before, after)) return []
    const label = `spec.${path.join('.')}`
    return [`${label} changes from ${JSON.stringify(before)} to ${JSON.stringify(after)}`]
  })
}

function droppedVersions(live: KubeObject, wanted: KubeObject): string[] {
  const stored = valueAt(live, 'status', 'storedVersions')
  const kept = new Set(versionsOf(wanted).map(({ name }) => name))
  return (Array.isArray(stored) ? stored : [])
    .filter((name): name is string => typeof name === 'string' && !kept.has(name))
    .map((name) => `version ${name} goes, and objects may still be stored in it`)
}

/** A version that is new is compared with the one that objects are stored in. */
function comparedVersions(
  live: KubeObject,
  wanted: KubeObject,
  compare: (before: JsonObject, after: JsonObject) => string[],
): string[] {
  const before = versionsOf(live)
  const stored = before.find(({ storage }) => storage)
  return versionsOf(wanted).flatMap(({ name, schema }) => {
    const old = before.find((version) => version.name === name) ?? stored
    return old === undefined ? [] : compare(old.schema, schema).map((found) => `${name} ${found}`)
  })
}
