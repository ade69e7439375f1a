import { type GoMap, typeOfCollection, type Value } from '../golang/value.ts'

/**
 * Gives a map as a `map[string]interface {}` that shares its entries.
 *
 * Go converts a map of a named type, such as `.Values`, when it passes it to a function, and
 * what the function gives back has the plain type. `dig` takes no other.
 */
export function plainMap(value: Value): Value {
  if (!(value instanceof Map) || typeOfCollection(value) === undefined) return value
  return new SharedMap(value)
}

/** A map whose entries are another map's. */
class SharedMap extends Map<string, Value> {
  private readonly shared: GoMap

  constructor(shared: GoMap) {
    super()
    this.shared = shared
  }

  override get size(): number {
    return this.shared.size
  }

  override get(key: string): Value | undefined {
    return this.shared.get(key)
  }

  override has(key: string): boolean {
    return this.shared.has(key)
  }

  override set(key: string, value: Value): this {
    this.shared.set(key, value)
    return this
  }

  override delete(key: string): boolean {
    return this.shared.delete(key)
  }

  override clear(): void {
    this.shared.clear()
  }

  override keys(): MapIterator<string> {
    return this.shared.keys()
  }

  override values(): MapIterator<Value> {
    return this.shared.values()
  }

  override entries(): MapIterator<[string, Value]> {
    return this.shared.entries()
  }

  override [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.shared.entries()
  }

  override forEach(visit: (value: Value, key: string, map: GoMap) => void): void {
    for (const [key, value] of this.shared) visit(value, key, this)
  }
}
