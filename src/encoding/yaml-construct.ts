import { LIMITS } from '../base/limits.ts'
import { compareText } from '../golang/order.ts'
import { GoInt } from '../golang/value.ts'
import type { YamlNode } from './yaml-node.ts'
import { positionOf, yamlError } from './yaml-cursor.ts'
import type { Position } from './yaml-error.ts'
import { YamlError } from './yaml-error.ts'
import { goSyntaxOf, keyText } from './yaml-keys.ts'
import type { YamlDialect, YamlScalar } from './yaml-resolve.ts'
import { refuseNode, typedScalar } from './yaml-typed.ts'

export interface ConstructOptions {
  readonly dialect: YamlDialect
  /** Whether to build plain objects without a prototype instead of Maps. */
  readonly isJson: boolean
  /** Whether every integer is a GoInt. */
  readonly keepIntegers?: boolean | undefined
  readonly onDuplicateKey?: OnDuplicateKey | undefined
}

/** Told of a key that replaces an earlier one of its map; `value` is where its value starts. */
export type OnDuplicateKey = (
  key: string,
  first: Position,
  second: Position,
  value: Position,
) => void

/** A value of either kind while it is built; in the end a `Value`, or `Json`. */
export type YamlValue = null | boolean | string | number | GoInt | YamlValue[] | YamlMap

/** A Map, or for plain JSON an object without a prototype. */
export type YamlMap = Map<string, YamlValue> | { [key: string]: YamlValue }

type Step = (frame: Frame) => YamlValue | undefined

/** A collection that is being filled. */
interface Frame {
  readonly node: YamlNode
  /** The alias that led here. */
  readonly alias: YamlNode | undefined
  readonly step: Step
  readonly items: YamlValue[]
  readonly map: YamlMap
  /** Where each key of the mapping stands; undefined when nobody wants to know. */
  readonly keys: Map<string, YamlNode> | undefined
  /** Whether `map` and `keys` belong to a mapping that merges this one. */
  readonly isMerged: boolean
  /** Whether the collection stands where a key should. */
  readonly isKey: boolean
  index: number
  key: string
}

/** A key that no text can be made of. */
interface BadKey {
  readonly key: YamlNode
  readonly typed: YamlScalar
  readonly value: YamlNode
  /** Where the key would stand. */
  readonly map: YamlMap
}

/** How a collection is come to. */
interface Entrance {
  readonly alias: YamlNode | undefined
  /** The frame of the mapping that merges it. */
  readonly merging?: Frame | undefined
  readonly isKey?: boolean
}

/**
 * Builds the value that a node stands for; nesting is kept on a stack of its own.
 *
 * The `helm` dialect does at once what Helm does in three steps: goyaml builds Go values,
 * then keys become strings, then JSON makes every number a float64. So what a later step
 * refuses waits until the earlier one is through.
 *
 * @throws YamlError
 * Source: decode.go of go.yaml.in/yaml/v2 and yaml.go of sigs.k8s.io/yaml.
 */
export function constructYaml(root: YamlNode, options: ConstructOptions): YamlValue {
  return new Constructor(options).construct(root)
}

/** Makes an empty map of the kind that is wanted. */
export function newYamlMap(isJson: boolean): YamlMap {
  return isJson ? (Object.create(null) as YamlMap) : new Map<string, YamlValue>()
}

/** Sets a key, also one named `__proto__`; maps without a prototype take it as any other. */
function setYamlKey(map: YamlMap, key: string, value: YamlValue): void {
  if (map instanceof Map) map.set(key, value)
  else map[key] = value
}

/** Sets a key as `setYamlKey` does; false when the map had it already. */
export function addYamlKey(map: YamlMap, key: string, value: YamlValue): boolean {
  if (map instanceof Map) {
    const { size } = map
    return map.set(key, value).size > size
  }
  const isNew = !Object.hasOwn(map, key)
  map[key] = value
  return isNew
}

/** The value of an integer, which is of Go's int64 or uint64. */
export function integerValue(integer: bigint, options: ConstructOptions): YamlValue {
  const { dialect, isJson, keepIntegers } = options
  const number = Number(integer)
  if (isJson) return number
  if (keepIntegers !== true && (dialect === 'helm' || Number.isSafeInteger(number))) return number
  return new GoInt(integer, BigInt.asIntN(64, integer) === integer ? 'int64' : 'uint64')
}

class Constructor {
  readonly #options: ConstructOptions
  readonly #frames: Frame[] = []
  readonly #activeAliases = new Set<YamlNode>()
  #depth = 0
  #nodes = 1
  #aliasedNodes = 0
  readonly #badKeys: BadKey[] = []
  #hasNonFinite = false

  constructor(options: ConstructOptions) {
    this.#options = options
  }

  construct(root: YamlNode): YamlValue {
    let value = this.#begin(root)
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      if (value !== undefined) this.#attach(frame, value)
      value = frame.step(frame)
    }
    const result = value ?? null
    if (this.#badKeys.length > 0) refuseKeys(result, this.#badKeys)
    if (this.#hasNonFinite) assertFinite(result, root)
    return result
  }

  #attach(frame: Frame, value: YamlValue): void {
    if (frame.step === this.#stepSequence) frame.items.push(value)
    else if (!this.#isProtected(frame)) setYamlKey(frame.map, frame.key, value)
  }

  /** Whether the key is the mapping's own, which in the core dialect no merge replaces. */
  #isProtected(frame: Frame): boolean {
    return frame.isMerged && this.#options.dialect === 'core' && frame.keys?.has(frame.key) === true
  }

  /** Gives the value of a scalar, or opens a collection and gives undefined. */
  #begin(node: YamlNode, merging?: Frame): YamlValue | undefined {
    this.#count(node)
    const target = this.#followAlias(node)
    const alias = target === node ? undefined : node
    if (target.kind !== 'scalar') {
      this.#open(target, { alias, merging })
      return undefined
    }
    if (alias !== undefined) this.#activeAliases.delete(alias)
    return this.#valueOf(target)
  }

  #followAlias(node: YamlNode): YamlNode {
    if (node.target === undefined) return node
    if (this.#activeAliases.has(node))
      refuseNode(`anchor '${node.value}' value contains itself`, node)
    this.#activeAliases.add(node)
    this.#count(node)
    return node.target
  }

  /** goyaml's bound on how much of a document may come from aliases. */
  #count(node: YamlNode): void {
    this.#nodes++
    if (this.#activeAliases.size > 0) this.#aliasedNodes++
    if (this.#aliasedNodes <= 100 || this.#nodes <= 1000) return
    if (this.#aliasedNodes / this.#nodes > allowedAliasRatio(this.#nodes)) {
      refuseNode('document contains excessive aliasing', node)
    }
  }

  #open(node: YamlNode, { alias, merging, isKey = false }: Entrance): void {
    const { dialect, isJson, onDuplicateKey } = this.#options
    const wantsKeys = dialect === 'core' || onDuplicateKey !== undefined
    if (merging === undefined) this.#depth++
    if (this.#depth > LIMITS.yamlDepth) {
      const place = { goLine: node.start.line + 1, mark: node.start }
      throw yamlError(`exceeded max depth of ${LIMITS.yamlDepth}`, place)
    }
    this.#frames.push({
      node,
      alias,
      step: node.kind === 'mapping' ? this.#stepMapping : this.#stepSequence,
      items: [],
      map: merging?.map ?? newYamlMap(isJson),
      keys: merging === undefined && wantsKeys ? new Map<string, YamlNode>() : merging?.keys,
      isMerged: merging !== undefined,
      isKey,
      index: 0,
      key: '',
    })
  }

  #close(frame: Frame): void {
    this.#frames.pop()
    if (!frame.isMerged) this.#depth--
    if (frame.alias !== undefined) this.#activeAliases.delete(frame.alias)
    if (frame.isKey) refuseNode(`invalid map key: ${goSyntaxOf(frame.node)}`, frame.node)
  }

  readonly #stepSequence: Step = (frame) => {
    const child = frame.node.children[frame.index++]
    if (child !== undefined) return this.#begin(child)
    this.#close(frame)
    return frame.items
  }

  readonly #stepMapping: Step = (frame) => {
    const key = frame.node.children[frame.index]
    const value = frame.node.children[frame.index + 1]
    frame.index += 2
    if (key === undefined || value === undefined) {
      this.#close(frame)
      return frame.isMerged ? undefined : frame.map
    }
    if (isMergeKey(key)) {
      this.#merge(value, frame)
      return undefined
    }
    const text = this.#keyOf(key, value, frame.map)
    if (text === undefined) return undefined
    frame.key = text
    if (!frame.isMerged && frame.keys !== undefined) this.#noteKey(frame, key, value)
    return this.#begin(value)
  }

  /** Merges a list of mappings from the last to the first, so that the first wins. */
  readonly #stepMergeList: Step = (frame) => {
    const child = frame.node.children[--frame.index]
    if (child === undefined) this.#close(frame)
    else this.#mergeMapping(child, frame)
    return undefined
  }

  #merge(value: YamlNode, frame: Frame): void {
    if (value.kind !== 'sequence') {
      this.#mergeMapping(value, frame)
      return
    }
    const { map, keys } = frame
    const index = value.children.length
    const step = this.#stepMergeList
    const rest = { alias: undefined, items: [], isMerged: true, isKey: false, key: '' }
    this.#frames.push({ ...rest, node: value, step, map, keys, index })
  }

  #mergeMapping(value: YamlNode, frame: Frame): void {
    if ((value.target ?? value).kind !== 'mapping') {
      refuseNode('map merge requires map or sequence of maps as the value', value)
    }
    this.#begin(value, frame)
  }

  /** The text of a key; a collection, which is none, is opened to be refused when it is read. */
  #keyOf(key: YamlNode, value: YamlNode, map: YamlMap): string | undefined {
    this.#count(key)
    const target = this.#followAlias(key)
    if (target.kind !== 'scalar') {
      this.#open(target, { alias: target === key ? undefined : key, isKey: true })
      return undefined
    }
    this.#activeAliases.delete(key)
    if (this.#options.dialect === 'core') return target.value
    const typed = typedScalar(target, 'helm')
    const text = keyText(typed)
    if (text === undefined) this.#badKeys.push({ key, typed, value, map })
    return text ?? ''
  }

  #noteKey(frame: Frame, node: YamlNode, value: YamlNode): void {
    const { key } = frame
    const first = frame.keys?.get(key)
    frame.keys?.set(key, node)
    if (first === undefined) return
    if (this.#options.dialect === 'core') {
      const problem = `key ${JSON.stringify(key)} is already set on line ${first.start.line + 1}`
      throw yamlError(problem, { goLine: node.start.line + 1, mark: node.start })
    }
    if (this.#activeAliases.size > 0) return
    this.#options.onDuplicateKey?.(
      key,
      positionOf(first.start),
      positionOf(node.start),
      positionOf(value.start),
    )
  }

  #valueOf(node: YamlNode): YamlValue {
    const { dialect } = this.#options
    const typed = typedScalar(node, dialect)
    if (typeof typed === 'bigint') return integerValue(typed, this.#options)
    if (typeof typed === 'number' && !Number.isFinite(typed)) {
      if (dialect === 'core') refuseNonFinite(node)
      this.#hasNonFinite = true
    }
    return typed
  }
}

function isMergeKey(node: YamlNode): boolean {
  return node.value === '<<' && (node.isPlain || node.tag === 'tag:yaml.org,2002:merge')
}

function allowedAliasRatio(nodes: number): number {
  if (nodes <= 400_000) return 0.99
  if (nodes >= 4_000_000) return 0.1
  return 0.99 - 0.89 * ((nodes - 400_000) / 3_600_000)
}

function refuseNonFinite(node: YamlNode): never {
  const place = { goLine: node.start.line + 1, mark: node.start }
  throw yamlError(`"${node.value}" is not a number that JSON can hold`, place)
}

/** Refuses the first bad key, with the last value that it is given, of a map that is in use. */
function refuseKeys(result: YamlValue, badKeys: readonly BadKey[]): void {
  const used = mapsIn(result)
  const first = badKeys.find(({ map }) => used.has(map))
  if (first === undefined) return
  const { map, typed, key } = first
  const last = badKeys.findLast((bad) => bad.map === map && bad.typed === typed) ?? first
  refuseKey({ ...last, key })
}

function mapsIn(value: YamlValue): ReadonlySet<unknown> {
  const found = new Set<unknown>()
  const rest: YamlValue[] = [value]
  while (rest.length > 0) {
    const next = rest.pop()
    if (typeof next !== 'object' || next === null || next instanceof GoInt) continue
    if (found.has(next)) continue
    found.add(next)
    const inner = next instanceof Map ? next.values() : Object.values(next)
    for (const item of inner) rest.push(item)
  }
  return found
}

function refuseKey(bad: BadKey): never {
  const type = bad.typed === null ? '%!s(<nil>)' : 'uint64'
  const key = typeof bad.typed === 'bigint' ? `0x${bad.typed.toString(16)}` : '<nil>'
  const value = goSyntaxOf(bad.value.target ?? bad.value, '<nil>')
  const problem = `unsupported map key of type: ${type}, key: ${key}, value: ${value}`
  throw new YamlError(problem, { problem, position: positionOf(bad.key.start) })
}

/** Refuses the first infinity or NaN in the order in which Go writes JSON: keys sorted. */
function assertFinite(value: YamlValue, root: YamlNode): void {
  const rest: YamlValue[] = [value]
  while (rest.length > 0) {
    const next = rest.pop()
    if (typeof next === 'number' && !Number.isFinite(next)) {
      const text = Number.isNaN(next) ? 'NaN' : next > 0 ? '+Inf' : '-Inf'
      const problem = `json: unsupported value: ${text}`
      throw new YamlError(problem, { problem, position: positionOf(root.start) })
    }
    if (Array.isArray(next)) rest.push(...next.toReversed())
    else if (next instanceof Map) {
      const keys = [...next.keys()].sort(compareText).reverse()
      for (const key of keys) rest.push(next.get(key) ?? null)
    } else if (typeof next === 'object' && next !== null && !(next instanceof GoInt)) {
      for (const key of Object.keys(next).sort(compareText).reverse()) rest.push(next[key] ?? null)
    }
  }
}
