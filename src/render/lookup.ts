import type { GoMap, Value } from '../golang/value.ts'

/** What a template asks of the cluster; an empty name asks for a list. */
export interface LookupQuery {
  apiVersion: string
  kind: string
  namespace: string
  name: string
}

/** Answers `lookup`; an empty map where there is no such object. */
export type Lookup = (query: LookupQuery) => GoMap

/** Answers every lookup with nothing, as Helm does without a cluster. */
export const lookupNothing: Lookup = () => new Map()

/** Objects fetched before a render, and what the render asked for beyond them. */
export interface Snapshot {
  lookup: Lookup
  /** Queries without an answer so far, each once, in the order they were asked. */
  missing: () => LookupQuery[]
}

/**
 * Answers lookups from objects known before the render and notes what it did not know, so
 * that the caller can fetch that and render again.
 *
 * @param answers by `lookupKey`; an empty map says that the object does not exist
 */
export function lookupSnapshot(answers: ReadonlyMap<string, GoMap>): Snapshot {
  const missing = new Map<string, LookupQuery>()
  return {
    lookup: (query) => {
      const key = lookupKey(query)
      const answer = answers.get(key)
      if (answer === undefined) missing.set(key, query)
      return answer === undefined ? new Map<string, Value>() : copyMap(answer)
    },
    missing: () => [...missing.values()],
  }
}

/** Names one query in a snapshot. */
export function lookupKey({ apiVersion, kind, namespace, name }: LookupQuery): string {
  return JSON.stringify([apiVersion, kind, namespace, name])
}

/** Templates may change what they are given; the snapshot stays as it is. */
function copyMap(map: GoMap): GoMap {
  return new Map([...map].map(([key, value]) => [key, copyValue(value)]))
}

function copyValue(value: Value): Value {
  if (value instanceof Map) return copyMap(value)
  return Array.isArray(value) ? value.map(copyValue) : value
}
