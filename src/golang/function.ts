import type { Value } from './value.ts'

/**
 * What a parameter of a template function takes, by Go type.
 *
 * `any` takes everything, nil included. The engine checks and unwraps before the call:
 * `string`, `bool`, `float64` arrive as JavaScript's own, every integer type as a
 * `GoInt`, `map` as a `Map` (a nil one as a `GoNil`), `list` as an array, `bytes` as a `Uint8Array`.
 */
export type Param =
  | 'any'
  | 'string'
  | 'bool'
  | 'int'
  | 'int64'
  | 'uint32'
  | 'float64'
  | 'map' // map[string]interface {}
  | 'list' // []interface {}
  | 'strings' // []string
  | 'bytes' // []uint8
  | 'time' // time.Time
  | 'duration' // time.Duration
  | 'certificate' // sprig.certificate
  | 'version' // *semver.Version

/** A function that templates can call; it throws GoError where Go's returns an error. */
export interface GoFunction {
  readonly params: readonly Param[]
  /** The last parameter may be given any number of times, also none. */
  readonly variadic: boolean
  readonly call: (...args: never[]) => Value
}

export type FunctionTable = ReadonlyMap<string, GoFunction>

/** Declares a function by its parameters' Go types. */
export function fn<A extends Value[]>(
  params: readonly Param[],
  call: (...args: A) => Value,
): GoFunction {
  return { params, variadic: false, call: call as unknown as GoFunction['call'] }
}

/** Declares a function whose last parameter repeats, as Go's `...T`. */
export function variadic<A extends Value[]>(
  params: readonly Param[],
  call: (...args: A) => Value,
): GoFunction {
  return { params, variadic: true, call: call as unknown as GoFunction['call'] }
}

/** A method that declares its parameters' Go types, without those of its receiver. */
export interface TypedMethod {
  (self: Value, ...args: Value[]): Value
  readonly params: readonly Param[]
}

/** Declares a method by its parameters' Go types, so that templates check its arguments. */
export function method<A extends Value[]>(
  params: readonly Param[],
  call: (self: Value, ...args: A) => Value,
): TypedMethod {
  return Object.assign(call as unknown as (self: Value, ...args: Value[]) => Value, { params })
}
