import { typeOfCollection, withType, type GoMap, type Value } from '../golang/value.ts'

/** What templates asked a map for. */
export interface Reads {
  readonly names: Set<string>
  /** Whether all of it was read at once: printed, looped over or copied. */
  isWhole: boolean
}

/** A map that remembers which of its names were read; what is in it is traced when it is read. */
class TracedMap extends Map<string, Value> {
  readonly reads: Reads
  readonly #known: Known

  constructor(reads: Reads, known: Known) {
    super()
    this.reads = reads
    this.#known = known
  }

  override get(name: string): Value | undefined {
    this.reads.names.add(name)
    const value = super.get(name)
    if (typeof value !== 'object' || value === null) return value
    const inner = traced(value, this.#known)
    if (inner !== value) super.set(name, inner)
    return inner
  }

  override has(name: string): boolean {
    this.reads.names.add(name)
    return super.has(name)
  }

  override keys(): MapIterator<string> {
    this.reads.isWhole = true
    return super.keys()
  }

  override values(): MapIterator<Value> {
    this.#readWhole()
    return super.values()
  }

  override entries(): MapIterator<[string, Value]> {
    this.#readWhole()
    return super.entries()
  }

  override [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries()
  }

  override forEach(visit: (value: Value, name: string, map: GoMap) => void): void {
    this.#readWhole()
    super.forEach(visit)
  }

  /** Its value, as if nobody had asked. */
  peek(name: string): Value | undefined {
    return super.get(name)
  }

  /** A copy whose reads count as this one's. */
  copy(): TracedMap {
    const copy = new TracedMap(this.reads, this.#known)
    super.forEach((value, name) => copy.set(name, traced(value, this.#known)))
    return copy
  }

  #readWhole(): void {
    this.reads.isWhole = true
    super.forEach((value, name) => {
      const inner = traced(value, this.#known)
      if (inner !== value) super.set(name, inner)
    })
  }
}

/** Copies values so that what templates read of them is remembered; what is shared stays shared. */
export function traceValues(values: GoMap): GoMap {
  return tracedMap(values, new Map())
}

/** A copy of one map without those in it; reads of a traced one count for both. */
export function copyOfTable(values: GoMap): GoMap {
  return values instanceof TracedMap ? values.copy() : new Map(values)
}

/** What was read of a map; undefined for one that is not traced. */
export function readsOf(values: GoMap): Reads | undefined {
  return values instanceof TracedMap ? values.reads : undefined
}

/** The value under a name, without a read that counts. */
export function peek(values: GoMap, name: string): Value | undefined {
  return values instanceof TracedMap ? values.peek(name) : values.get(name)
}

/** Copies by their originals. */
type Known = Map<GoMap | Value[], GoMap | Value[]>

function traced(value: Value, known: Known): Value {
  if (value instanceof Map) return tracedMap(value, known)
  if (Array.isArray(value)) return tracedList(value, known)
  return value
}

function tracedMap(values: GoMap, known: Known): GoMap {
  if (values instanceof TracedMap) return values
  const before = known.get(values)
  if (before instanceof Map) return before
  const copy = sameType(new TracedMap({ names: new Set(), isWhole: false }, known), values)
  known.set(values, copy)
  for (const [name, value] of values) copy.set(name, value)
  return copy
}

function tracedList(values: Value[], known: Known): Value[] {
  const before = known.get(values)
  if (Array.isArray(before)) return before
  const copy = sameType<Value[]>([], values)
  known.set(values, copy)
  known.set(copy, copy)
  for (const value of values) copy.push(traced(value, known))
  return copy
}

function sameType<T extends GoMap | Value[]>(copy: T, values: T): T {
  const type = typeOfCollection(values)
  return type === undefined ? copy : withType(copy, type)
}
