import { toBytes } from '../golang/bytes.ts'
import { sprintf } from '../golang/format.ts'
import { compareText, sortedKeys } from '../golang/order.ts'
import { GoError, GoInt, GoNil, int, typeName, type Value } from '../golang/value.ts'
import { encodeJson } from './json.ts'
import { parseJsonPath, type PathNode, type SliceBound } from './json-path-parse.ts'

/** Prints what a template finds in some data. @throws GoError when something is not found */
export type JsonPath = (data: Value) => string

/**
 * Compiles a JSONPath template as kubectl and Helm have them: text and paths in braces,
 * `{range …}{end}`, filters, slices, unions and recursive descent.
 *
 * Where Go takes the keys of a map in any order, they are sorted here.
 *
 * Source: k8s.io/client-go v0.35.1 util/jsonpath.
 *
 * @throws GoError with client-go's text for a template that is not well-formed
 */
export function compileJsonPath(template: string): JsonPath {
  const nodes = parseJsonPath(template)
  return (data) => new Evaluation(nodes).run(data)
}

/** What a step found. With a problem it is what Go's step gave beside it, which a filter sees. */
interface Found {
  values: Value[]
  problem?: string
}

class Evaluation {
  readonly #nodes: readonly PathNode[]
  /** Ranges that a step asked for, that are under way, and whose end was met. */
  readonly #ranges = { begun: 0, open: 0, ended: 0 }
  #lastEnd = -1

  constructor(nodes: readonly PathNode[]) {
    this.#nodes = nodes
  }

  run(data: Value): string {
    return this.#block(0, data)
      .map((values) => values.map(printed).join(' '))
      .join('')
  }

  /** Evaluates from one of the outermost nodes to the end of the range that it is in. */
  #block(from: number, data: Value): Value[][] {
    const results: Value[][] = []
    const ranges = this.#ranges
    for (let at = from; at < this.#nodes.length; at++) {
      const node = this.#nodes[at]
      const { values, problem } = node === undefined ? NOTHING : this.#walk([data], node)
      if (problem !== undefined) throw new GoError(problem)
      if (ranges.ended > 0 && ranges.ended <= ranges.open) {
        ranges.ended--
        this.#lastEnd = at
        return results
      }
      if (ranges.begun === 0) {
        results.push(values)
        continue
      }
      ranges.begun--
      ranges.open++
      for (const value of values) results.push(...this.#block(at + 1, value ?? NO_VALUE))
      // Without a value the block is walked too, to find its end.
      if (values.length === 0) this.#block(at + 1, NO_VALUE)
      ranges.open--
      if (this.#lastEnd > at) at = this.#lastEnd
    }
    return results
  }

  #walkAll(values: Value[], nodes: readonly PathNode[]): Found {
    let found: Found = { values }
    for (const node of nodes) {
      found = this.#walk(found.values, node)
      if (found.problem !== undefined) return found
    }
    return found
  }

  #walk(values: Value[], node: PathNode): Found {
    switch (node.kind) {
      case 'list':
        return this.#walkAll(values, node.nodes)
      case 'text':
        return { values: [node.text] }
      case 'constant':
        return { values: values.map(() => constant(node.value)) }
      case 'field':
        return fieldsOf(values, node.name)
      case 'slice':
        return sliced(values, node)
      case 'wildcard':
        return { values: values.flatMap(childrenOf) }
      case 'recursive':
        return { values: descendantsOf(values) }
      case 'keyword':
        return this.#keyword(values, node.name)
      case 'union':
        return this.#union(values, node.members)
      default:
        return this.#filter(values, node)
    }
  }

  #keyword(values: Value[], name: string): Found {
    const ranges = this.#ranges
    if (name === 'range') {
      ranges.begun++
      return { values }
    }
    if (name !== 'end') return { values, problem: `unrecognized identifier ${name}` }
    if (ranges.open === 0) return { values: [], problem: 'not in range, nothing to end' }
    ranges.ended++
    return NOTHING
  }

  #union(values: Value[], members: readonly PathNode[][]): Found {
    const all: Value[] = []
    for (const member of members) {
      const found = this.#walkAll(values, member)
      if (found.problem !== undefined) return { values, problem: found.problem }
      all.push(...found.values)
    }
    return { values: all }
  }

  #filter(values: Value[], node: FilterNode): Found {
    const kept: Value[] = []
    for (const list of values) {
      if (!Array.isArray(list)) {
        const problem = sprintf('%v is not array or slice and cannot be filtered', list)
        return { values, problem }
      }
      for (const item of list) {
        const verdict = this.#matches(item, node)
        if (typeof verdict === 'string') return { values: kept, problem: verdict }
        if (verdict) kept.push(item)
      }
    }
    return { values: kept }
  }

  /** Whether an item passes, or why that cannot be said. */
  #matches(item: Value, { left, right, operator }: FilterNode): boolean | string {
    const lefts = this.#walkAll([item], left)
    if (operator === 'exists') return lefts.values.length > 0
    if (lefts.problem !== undefined) return lefts.problem
    if (lefts.values.length === 0) return false
    const rights = this.#walkAll([item], right)
    if (rights.problem !== undefined) return rights.problem
    if (rights.values.length === 0) return false
    if (lefts.values.length > 1 || rights.values.length > 1) {
      return 'can only compare one element at a time'
    }
    return compared(lefts.values[0] ?? null, operator, rights.values[0] ?? null)
  }
}

type FilterNode = Extract<PathNode, { kind: 'filter' }>
type SliceNode = Extract<PathNode, { kind: 'slice' }>

/** What stands in a range for an item that is null: no null any more, but nothing at all. */
const NO_VALUE = new GoNil('ptr', { name: 'interface {}' })
const NOTHING: Found = { values: [] }

function constant(value: boolean | number | bigint): Value {
  return typeof value === 'bigint' ? int(value) : value
}

function fieldsOf(values: Value[], name: string): Found {
  if (values.length === 0) return NOTHING
  const found: Value[] = []
  for (const value of values) {
    if (value instanceof Map && value.has(name)) found.push(value.get(name) ?? null)
  }
  return found.length === 0 ? { values: [], problem: `${name} is not found` } : { values: found }
}

function sliced(values: Value[], node: SliceNode): Found {
  const all: Value[] = []
  for (const value of values) {
    if (value === null) continue
    if (!Array.isArray(value)) {
      return { values, problem: `${typeName(value)} is not array or slice` }
    }
    const items = sliceItems(value, node)
    if (typeof items === 'string') return { values, problem: items }
    if (items === undefined) return { values: all }
    all.push(...items)
  }
  return { values: all }
}

/** The items, undefined for a slice of none, after which Go looks at nothing more, or why not. */
function sliceItems(list: Value[], node: SliceNode): Value[] | undefined | string {
  const { length } = list
  const start = fromEnd(node.start.value ?? 0, length)
  const end = endOf(node, length)
  if (start === end) return undefined
  if (start >= length || start < 0) return outOfBounds(start, length)
  if (end > length || end < 0) return outOfBounds(end - 1, length)
  if (start > end) return `starting index ${start} is greater than ending index ${end}`
  const step = node.step.value ?? 1
  if (step <= 0) return 'step must be > 0'
  return list.slice(start, end).filter((_, at) => at % step === 0)
}

function endOf({ start, end }: { start: SliceBound; end: SliceBound }, length: number): number {
  if (end.isNext !== true) return fromEnd(end.value ?? length, length)
  const next = (start.value ?? 0) + 1
  // The item after −1 is the end of the list.
  return next <= 0 ? next + length : next
}

function fromEnd(index: number, length: number): number {
  return index < 0 ? index + length : index
}

function outOfBounds(index: number, length: number): string {
  return `array index out of bounds: index ${index}, length ${length}`
}

function childrenOf(value: Value): Value[] {
  if (Array.isArray(value)) return value
  if (value instanceof Map) return sortedKeys(value).map((key) => value.get(key) ?? null)
  if (typeof value !== 'string') return []
  return Array.from(toBytes(value), (byte) => new GoInt(BigInt(byte), 'uint8'))
}

/** What holds something, each before what it holds. */
function descendantsOf(values: readonly Value[]): Value[] {
  const found: Value[] = []
  const rest = values.toReversed()
  while (rest.length > 0) {
    const value = rest.pop() ?? null
    const children = childrenOf(value)
    if (children.length === 0) continue
    found.push(value)
    rest.push(...children.toReversed())
  }
  return found
}

/** Compares two scalars of one kind; otherwise says why it cannot. */
function compared(left: Value, operator: string, right: Value): boolean | string {
  const kinds = [left, right].map(kindOfScalar)
  if (kinds.includes(undefined)) return 'invalid type for comparison'
  if (kinds[0] !== kinds[1]) return 'incompatible types for comparison'
  const isOrdered = kinds[0] !== 'bool'
  if (!isOrdered && operator !== '==' && operator !== '!=') return 'invalid type for comparison'
  const order = orderOf(left, right)
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return `unrecognized filter operator ${operator}`
  }
}

function kindOfScalar(value: Value): 'bool' | 'float' | 'int' | 'string' | undefined {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'float'
  if (typeof value === 'string') return 'string'
  return value instanceof GoInt ? 'int' : undefined
}

function orderOf(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  const [a, b] = [left, right].map((value) =>
    value instanceof GoInt ? value.value : Number(value),
  )
  if (a === undefined || b === undefined || a === b) return 0
  return a < b ? -1 : 1
}

function printed(value: Value): string {
  if (value === null) return 'null'
  if (value === NO_VALUE) return '<no value>'
  if (Array.isArray(value) || value instanceof Map) return encodeJson(value)
  return sprintf('%v', value)
}
