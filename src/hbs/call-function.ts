import type { GoFunction, Param } from '../golang/function.ts'
import { GoError, GoInt, GoNil, GoStruct, kindOf, type Value } from '../golang/value.ts'

/**
 * Calls a template function, after its arguments were brought to the types it declares.
 *
 * Where Go is strict about kinds of numbers, Handlebars templates are not: an integer goes
 * where a float is wanted, and a float without a fraction where an integer is.
 *
 * @throws GoError when an argument is missing, too many, or of another type
 */
export function callFunction(name: string, target: GoFunction, args: readonly Value[]): Value {
  const { params, variadic } = target
  const fixed = variadic ? params.length - 1 : params.length
  if (args.length < fixed || (!variadic && args.length > fixed)) {
    const wanted = variadic ? `at least ${fixed}` : String(fixed)
    throw new GoError(`wrong number of arguments for ${name}: want ${wanted}, got ${args.length}`)
  }
  const call = target.call as unknown as (...given: unknown[]) => Value
  return call(...args.map((arg, at) => convert(arg, params[Math.min(at, params.length - 1)], name)))
}

/** How many arguments a call needs at least. */
export function fewestArguments({ params, variadic }: GoFunction): number {
  return variadic ? params.length - 1 : params.length
}

function convert(value: Value, param: Param | undefined, name: string): unknown {
  if (param === undefined || param === 'any') return value
  if (param === 'int' || param === 'int64' || param === 'uint32') {
    return toInteger(value, param, name)
  }
  if (param === 'float64' && value instanceof GoInt) return Number(value.value)
  if (param === 'map' && value instanceof GoNil && value.kind === 'map') return new Map()
  if (TAKES[param](value)) return value
  throw mismatch(value, param, name)
}

const isStruct = (value: Value): boolean => value instanceof GoStruct

/** Whether a value can be passed as it is. */
const TAKES: Record<
  Exclude<Param, 'any' | 'int' | 'int64' | 'uint32'>,
  (value: Value) => boolean
> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  float64: (value) => typeof value === 'number',
  map: (value) => value instanceof Map,
  list: (value) => Array.isArray(value),
  strings: (value) => Array.isArray(value),
  bytes: (value) => value instanceof Uint8Array,
  time: isStruct,
  duration: (value) => value instanceof GoInt,
  certificate: isStruct,
  version: isStruct,
}

function toInteger(value: Value, kind: 'int' | 'int64' | 'uint32', name: string): GoInt {
  if (value instanceof GoInt) return value.kind === kind ? value : new GoInt(value.value, kind)
  if (typeof value === 'number' && Number.isInteger(value)) return new GoInt(BigInt(value), kind)
  throw mismatch(value, kind, name)
}

function mismatch(value: Value, param: Param, name: string): GoError {
  const got = value === null ? 'null' : kindOf(value)
  return new GoError(`wrong type of argument for ${name}: want ${param}, got ${got}`)
}
