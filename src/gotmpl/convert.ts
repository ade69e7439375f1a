import type { Param } from '../golang/function.ts'
import {
  GoInt,
  type GoMap,
  GoNil,
  GoStruct,
  type GoType,
  typeName,
  typeOfCollection,
  type Value,
} from '../golang/value.ts'
import { type Cell, failure, type Frame } from './frame.ts'

/** What a parameter takes; builtins may look at a value before it is unwrapped. */
export type Parameter = Param | 'reflect.Value'

/** Go's names of the types. */
export const TYPE_NAMES: Readonly<Record<Parameter, string>> = {
  any: 'interface {}',
  string: 'string',
  bool: 'bool',
  int: 'int',
  int64: 'int64',
  uint32: 'uint32',
  float64: 'float64',
  map: 'map[string]interface {}',
  list: '[]interface {}',
  strings: '[]string',
  bytes: '[]uint8',
  time: 'time.Time',
  duration: 'time.Duration',
  certificate: 'sprig.certificate',
  version: '*semver.Version',
  'reflect.Value': 'reflect.Value',
}

/** The value that nil stands for where the parameter's type has one; else undefined. */
export function nilOf(parameter: Parameter): { value: Cell } | undefined {
  switch (parameter) {
    case 'any':
      return { value: null }
    case 'reflect.Value':
      return { value: undefined }
    case 'map':
      return { value: new GoNil('map', { name: TYPE_NAMES.map }) }
    case 'list':
    case 'strings':
      return { value: [] }
    case 'bytes':
      return { value: new Uint8Array() }
    case 'version':
      return { value: new GoNil('ptr', { name: TYPE_NAMES.version }) }
    default:
      return undefined
  }
}

/**
 * Checks a value against a parameter's type and unwraps it.
 *
 * Go converts nothing here: a float64 is no int, and an int no int64.
 *
 * @throws TemplateError when the value has another type
 */
export function validate(frame: Frame, value: Cell, parameter: Parameter): Cell {
  if (parameter === 'any') return value ?? null
  if (parameter === 'reflect.Value') return value
  if (value === undefined) {
    const nil = nilOf(parameter)
    if (nil !== undefined) return nil.value
    throw failure(frame, `invalid value; expected ${TYPE_NAMES[parameter]}`)
  }
  if (isAssignable(value, parameter)) {
    return value instanceof GoNil ? nilOf(parameter)?.value : value
  }
  const got = value === null ? TYPE_NAMES.any : typeName(value)
  throw failure(frame, `wrong type for value; expected ${TYPE_NAMES[parameter]}; got ${got}`)
}

function isAssignable(value: Value, parameter: Param): boolean {
  switch (parameter) {
    case 'string':
    case 'bool':
    case 'float64':
      return typeof value === SCALARS[parameter]
    case 'int':
    case 'int64':
    case 'uint32':
      return value instanceof GoInt && value.kind === parameter && value.type === undefined
    case 'map':
    case 'list':
    case 'strings':
      return isCollection(value, parameter)
    case 'bytes':
      return (
        value instanceof Uint8Array || (value instanceof GoNil && value.type.name === '[]uint8')
      )
    default:
      return typeName(value).replace(/^\*/, '') === TYPE_NAMES[parameter].replace(/^\*/, '')
  }
}

const SCALARS = { string: 'string', bool: 'boolean', float64: 'number' } as const

function isCollection(value: Value, parameter: 'map' | 'list' | 'strings'): boolean {
  const kind = parameter === 'map' ? 'map' : 'slice'
  if (value instanceof GoNil) return value.kind === kind && hasElements(value.type, parameter)
  const isKind = kind === 'map' ? value instanceof Map : Array.isArray(value)
  if (!isKind) return false
  return hasElements(typeOfCollection(value as GoMap | Value[]), parameter)
}

/** A type with a name of its own is assignable when its elements' type is the parameter's. */
function hasElements(type: GoType | undefined, parameter: 'map' | 'list' | 'strings'): boolean {
  if (type === undefined) return parameter !== 'strings'
  if (type.name.startsWith('[') || type.name.startsWith('map['))
    return type.name === TYPE_NAMES[parameter]
  return parameter === 'strings' ? type.zero === '' : type.zero === undefined
}

/** The Go type that a value was given; undefined for plain ones. */
export function goTypeOf(value: Value): GoType | undefined {
  if (value instanceof Map || Array.isArray(value)) return typeOfCollection(value)
  if (value instanceof GoInt || value instanceof GoStruct || value instanceof GoNil) {
    return value.type
  }
  return undefined
}

/** Whether a collection's elements are `interface {}`. */
export function holdsInterfaces(collection: Cell): boolean {
  if (!(collection instanceof Map) && !Array.isArray(collection)) return false
  return typeOfCollection(collection)?.zero === undefined
}
