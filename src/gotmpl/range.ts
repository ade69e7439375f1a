import { sprint } from '../golang/format.ts'
import { sortedKeys } from '../golang/order.ts'
import { GoInt, type GoMap, GoNil, int, type Value } from '../golang/value.ts'
import { holdsInterfaces } from './convert.ts'
import { compilePipe, type Store, storeOf } from './expression.ts'
import {
  type Block,
  BREAK,
  type Cell,
  failure,
  type Frame,
  GO_ON,
  spend,
  type Step,
} from './frame.ts'
import type { ListNode, RangeNode } from './nodes.ts'
import type { Scope } from './scope.ts'

/** Runs the body for one element; says whether the loop goes on. */
type Turn = (frame: Frame, key: Cell, element: Cell) => boolean

/**
 * Compiles a loop over a list, a map in the order of its keys, or the integers below one.
 *
 * Source: Go's text/template/exec.go, `walkRange`.
 */
export function compileRange(
  node: RangeNode,
  scope: Scope,
  compileList: (list: ListNode, scope: Scope) => Block,
): Step {
  const variables = compileVariables(node, scope)
  const body = compileList(node.list, scope)
  const otherwise = node.otherwise && compileList(node.otherwise, scope)
  const { key, element, collection } = variables
  return (frame) => {
    const value = collection(frame)
    const isBoxed = holdsInterfaces(value)
    const outer = frame.dot
    const isOuterBoxed = frame.isDotBoxed
    const turn: Turn = (_, index, each) => {
      key?.(frame, index, false)
      element?.(frame, each, isBoxed)
      frame.dot = each
      frame.isDotBoxed = isBoxed
      spend(frame, 1)
      return body(frame) !== BREAK
    }
    const hasRun = loop(frame, value, turn, node.pipe.variables.length)
    frame.dot = outer
    frame.isDotBoxed = isOuterBoxed
    return hasRun ? GO_ON : (otherwise ?? GO_ON)
  }
}

/** The loop's collection, and the ways into its variables: one takes the element, of two the second. */
function compileVariables(node: RangeNode, scope: Scope) {
  const { pipe, shift } = node
  // Compiled without its variables, to which the loop then gives values of its own.
  const value = compilePipe(pipe.variables.length === 0 ? pipe : { ...pipe, variables: [] }, scope)
  const stores: Store[] = pipe.variables.map((variable) => storeOf(variable, pipe, scope))
  const collection = (frame: Frame): Cell => {
    frame.shift = shift
    const result = value(frame) ?? undefined
    for (let index = 0; index < stores.length; index++) stores[index]?.(frame, result, false)
    return result
  }
  return {
    collection,
    key: stores.length > 1 ? stores[0] : undefined,
    element: stores.at(-1),
  }
}

/** Runs the turns of a loop; says whether there were any. */
function loop(frame: Frame, value: Cell, turn: Turn, variables: number): boolean {
  if (value === null || value === undefined) return false
  if (Array.isArray(value)) return loopList(frame, value, turn)
  if (value instanceof Map) return loopMap(frame, value, turn)
  if (value instanceof GoInt) return loopInt(frame, value, turn, variables)
  if (value instanceof Uint8Array) {
    const bytes = Array.from(value, (byte) => new GoInt(BigInt(byte), 'uint8'))
    return loopList(frame, bytes, turn)
  }
  if (value instanceof GoNil && value.kind !== 'ptr') return false
  throw failure(frame, `range can't iterate over ${sprint(value)}`)
}

function loopList(frame: Frame, list: readonly Value[], turn: Turn): boolean {
  const { length } = list
  for (let index = 0; index < length; index++) {
    if (!turn(frame, int(index), list[index] ?? null)) break
  }
  return length > 0
}

function loopMap(frame: Frame, map: GoMap, turn: Turn): boolean {
  const keys = sortedKeys(map)
  // Read beforehand, since the body may change the map.
  const values = keys.map((key) => map.get(key) ?? null)
  for (let index = 0; index < keys.length; index++) {
    if (!turn(frame, keys[index] ?? '', values[index] ?? null)) break
  }
  return keys.length > 0
}

function loopInt(frame: Frame, end: GoInt, turn: Turn, variables: number): boolean {
  if (variables > 1) {
    throw failure(frame, `can't use ${sprint(end)} to iterate over more than one variable`)
  }
  for (let value = 0n; value < end.value; value++) {
    if (!turn(frame, undefined, new GoInt(value, end.kind, end.type))) break
  }
  return end.value > 0n
}
