/*
 * Templates' values as Handlebars sees them.
 *
 * Handlebars reads properties, our maps are `Map`s: a map is shown through a proxy that has
 * its entries as own properties and nothing else, so that no prototype can be reached. One
 * proxy is made for a map when it is first met, and leads back to it. Integers are bigints
 * on the other side, which print all their digits; arrays show their items the same way.
 *
 * Facts (release, chart, capabilities …) have Go's capitalised names; they can also be read
 * with a small first letter: `chart.appVersion`, `capabilities.apiVersions`.
 */
import { encodeJson } from '../encoding/json.ts'
import { fromBytes } from '../golang/bytes.ts'
import {
  GoInt,
  GoNil,
  GoStruct,
  int,
  typeOfCollection,
  type GoMap,
  type GoType,
  type Value,
} from '../golang/value.ts'

type Viewed = GoMap | Value[] | GoStruct

/** Converts values for Handlebars and back; one for all templates of a chart. */
export class Views {
  private readonly proxies = new WeakMap<Viewed, object>()
  private readonly originals = new WeakMap<object, Viewed>()

  /** The value as Handlebars sees it. */
  show(value: Value | undefined): unknown {
    switch (typeof value) {
      case 'object':
        return value === null ? null : this.showObject(value, false)
      default:
        return value
    }
  }

  /** Like `show`, for facts, whose names can be written with a small first letter. */
  showFacts(value: Value): unknown {
    if (value instanceof Map || Array.isArray(value)) return this.showObject(value, true)
    return this.show(value)
  }

  /** The value that Handlebars hands to a function: turns `show` round. */
  read(shown: unknown): Value {
    switch (typeof shown) {
      case 'string':
      case 'boolean':
        return shown
      case 'number':
        return Number.isSafeInteger(shown) ? int(shown) : shown
      case 'bigint':
        return new GoInt(BigInt.asIntN(64, shown), 'int64')
      case 'object':
        return shown === null ? null : this.readObject(shown)
      default:
        return null
    }
  }

  /** Whether names can be laid over what is shown: a map, or nothing at all. */
  hasNames(shown: unknown): boolean {
    if (shown === undefined || shown === null) return true
    return typeof shown === 'object' && !Array.isArray(this.originals.get(shown) ?? shown)
  }

  private showObject(
    value: Exclude<Value, null | string | number | boolean>,
    facts: boolean,
  ): unknown {
    if (value instanceof GoInt) return value.value
    if (value instanceof GoNil) return value.kind === 'slice' ? [] : null
    if (value instanceof Uint8Array) return fromBytes(value)
    const known = this.proxies.get(value)
    if (known !== undefined) return known
    const proxy = this.proxyOf(value, facts)
    this.proxies.set(value, proxy)
    this.originals.set(proxy, value)
    return proxy
  }

  private readObject(shown: object): Value {
    const original = this.originals.get(shown)
    if (original !== undefined) return original
    if (Array.isArray(shown)) return shown.map((item) => this.read(item))
    const entries = Object.entries(shown).map(([key, item]): [string, Value] => [
      key,
      this.read(item),
    ])
    return new Map(entries)
  }

  private proxyOf(value: Viewed, facts: boolean): object {
    const source = this.sourceOf(value, facts)
    const property = (key: string | symbol): unknown => {
      if (key === Symbol.toPrimitive) return () => encodeJson(value)
      return typeof key === 'string' ? source.get(key) : undefined
    }
    return new Proxy(Object.create(null) as object, {
      get: (_, key) => property(key),
      has: (_, key) => property(key) !== undefined,
      ownKeys: () => source.keys(),
      getOwnPropertyDescriptor: (_, key) => {
        const shown = typeof key === 'string' ? property(key) : undefined
        if (shown === undefined) return undefined
        return { value: shown, enumerable: true, configurable: true, writable: false }
      },
      set: () => false,
      deleteProperty: () => false,
      defineProperty: () => false,
      getPrototypeOf: () => null,
    })
  }

  private sourceOf(value: Viewed, facts: boolean): Source {
    if (Array.isArray(value)) return this.listSource(value, facts)
    if (value instanceof GoStruct) {
      const names = [...value.fields.keys()].filter((name) => /^[A-Z]/.test(name))
      const fields = new Map(names.map((name) => [name, value.fields.get(name) ?? null]))
      return this.factsSource(fields, value.type, value)
    }
    const type = typeOfCollection(value)
    if (facts && type?.zero === undefined) return this.factsSource(value, type, value)
    return {
      get: (key) => {
        const item = value.get(key)
        return item === undefined ? this.method(type, key, value) : this.show(item)
      },
      keys: () => [...value.keys()],
    }
  }

  private listSource(value: Value[], facts: boolean): Source {
    const type = typeOfCollection(value)
    return {
      get: (key) => {
        if (key === 'length') return value.length
        const at = /^\d+$/.test(key) ? Number(key) : -1
        if (at < 0) return this.method(type, key, value)
        return facts ? this.showFacts(value[at] ?? null) : this.show(value[at])
      },
      keys: () => value.map((_, at) => String(at)),
    }
  }

  private factsSource(facts: GoMap, type: GoType | undefined, self: Viewed): Source {
    const names = new Map<string, string>()
    const nameOf = (key: string): string => {
      if (facts.has(key)) return key
      if (names.size !== facts.size) {
        for (const name of facts.keys()) names.set(name.toLowerCase(), name)
      }
      return names.get(key.toLowerCase()) ?? key
    }
    return {
      get: (key) => {
        const name = nameOf(key)
        const item = facts.get(name)
        if (item === undefined) return this.method(type, key, self)
        return name === 'Values' ? this.show(item) : this.showFacts(item)
      },
      keys: () => [...new Set([...facts.keys()].flatMap((name) => [name, smallName(name)]))],
    }
  }

  /** A method of Go's type as a function that Handlebars can call: `files.get "x"`. */
  private method(type: GoType | undefined, key: string, self: Viewed): unknown {
    const methods = type?.methods
    if (methods === undefined || key === '') return undefined
    const name = key.charAt(0).toUpperCase() + key.slice(1)
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (method === undefined) return undefined
    return (...args: unknown[]) => {
      const given = args.slice(0, -1).map((arg) => this.read(arg))
      return this.show(method(self, ...given))
    }
  }
}

interface Source {
  get: (key: string) => unknown
  keys: () => string[]
}

/** `Name` → `name`, `APIVersion` → `apiVersion`, `URL` → `url`. */
function smallName(name: string): string {
  const capitals = /^[A-Z]+(?![a-z])|^[A-Z]/.exec(name)?.[0] ?? ''
  return capitals.toLowerCase() + name.slice(capitals.length)
}
