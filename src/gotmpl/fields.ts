import { quote } from '../golang/strconv.ts'
import {
  type GoMap,
  GoNil,
  GoStruct,
  typeName,
  typeOfCollection,
  type Value,
} from '../golang/value.ts'
import { callMethod, type MethodCall } from './call.ts'
import { goTypeOf, holdsInterfaces } from './convert.ts'
import { type Cell, failure, type Frame } from './frame.ts'

/** Where a chain of fields begins. */
export interface ChainStart {
  value: Cell
  /** Whether an interface holds the value. */
  isBoxed: boolean
}

/**
 * Follows a chain of fields, map keys and methods from a value.
 *
 * @param call the arguments of the last name, if it has any, and the node that errors name
 * @throws TemplateError when a value has no such field
 *
 * Source: Go's text/template/exec.go, `evalFieldChain` and `evalField`.
 */
export function follow(
  frame: Frame,
  start: ChainStart,
  names: readonly string[],
  call: MethodCall,
): Cell {
  let owner: Cell
  let { value } = start
  for (let index = 0; index < names.length; index++) {
    const name = names[index] ?? ''
    const isBoxed = index === 0 ? start.isBoxed : holdsInterfaces(owner)
    const isLast = index === names.length - 1
    owner = value
    value = member(frame, { value, isBoxed }, name, isLast ? call : (call.bare ?? call))
  }
  return value
}

/** What a key gives that the map does not have, by the `missingkey` option. */
function missing(frame: Frame, name: string, zero: Value | undefined): Cell {
  switch (frame.budget.missingKey) {
    case 'zero':
      return zero ?? null
    case 'default':
      return undefined
    default:
      throw failure(frame, `map has no entry for key ${quote(name)}`)
  }
}

function member(frame: Frame, receiver: ChainStart, name: string, call: MethodCall): Cell {
  const { value } = receiver
  if (value === undefined) {
    if (frame.budget.missingKey !== 'error') return undefined
    throw failure(frame, `nil data; no entry for key ${quote(name)}`)
  }
  if (value === null) throw failure(frame, `nil pointer evaluating interface {}.${name}`)
  const methods = goTypeOf(value)?.methods
  if (methods !== undefined && Object.hasOwn(methods, name)) {
    const method = methods[name]
    if (method !== undefined) return callMethod(frame, { self: value, name, method }, call)
  }
  if (value instanceof Map) return entry(frame, value, name, call)
  if (value instanceof GoNil && value.kind === 'map') return entry(frame, value, name, call)
  const typ = receiver.isBoxed ? 'interface {}' : typeName(value)
  if (value instanceof GoStruct) {
    const field = structField(frame, { struct: value, typ }, name, call)
    if (field !== undefined) return field
  }
  if (value instanceof GoNil) failOnNil(frame, value, typ, name)
  throw failure(frame, `can't evaluate field ${name} in type ${typ}`)
}

function entry(frame: Frame, map: GoMap | GoNil, name: string, call: MethodCall): Cell {
  if (call.hasArguments) throw failure(frame, `${name} is not a method but has arguments`)
  if (map instanceof GoNil) return missing(frame, name, map.type.zero)
  const value = map.get(name)
  return value === undefined ? missing(frame, name, typeOfCollection(map)?.zero) : value
}

function structField(
  frame: Frame,
  { struct, typ }: { struct: GoStruct; typ: string },
  name: string,
  call: MethodCall,
): Cell {
  const isField =
    struct.fields.has(name) || struct.type.fields?.some((field) => field.name === name)
  if (isField !== true) return undefined
  if (!isExported(name)) {
    throw failure(frame, `${name} is an unexported field of struct type ${typ}`)
  }
  if (call.hasArguments) {
    throw failure(frame, `${name} has arguments but cannot be invoked as function`)
  }
  return struct.fields.get(name) ?? null
}

/** Whether Go lets others see the field. */
export function isExported(name: string): boolean {
  const first = name.charCodeAt(0)
  return first < 0x80 ? first >= LETTER_A && first <= LETTER_Z : /^\p{Lu}/u.test(name)
}

const LETTER_A = 65
const LETTER_Z = 90

function failOnNil(frame: Frame, value: GoNil, typ: string, name: string): void {
  if (value.kind !== 'ptr' || !value.type.fields?.some((field) => field.name === name)) return
  throw failure(frame, `nil pointer evaluating ${typ}.${name}`)
}
