import { ValueBudget } from '../base/value-budget.ts'
import { fromBytes } from './bytes.ts'
import { formatFloatVerb, formatInteger, formatText, pad } from './format-scalar.ts'
import { sortedKeys } from './order.ts'
import { formatFloat } from './strconv.ts'
import {
  GoError,
  GoInt,
  type GoMap,
  GoNil,
  GoStruct,
  type GoType,
  typeName,
  typeOfCollection,
  type Value,
} from './value.ts'

/** One `%…` of a format: its verb with flags, width and precision. */
export interface Directive {
  verb: string
  /** −1 when none is given. */
  width: number
  /** −1 when none is given. */
  precision: number
  plus: boolean
  minus: boolean
  sharp: boolean
  space: boolean
  zero: boolean
  /** `%+v` */
  fieldNames: boolean
  /** `%#v` */
  goSyntax: boolean
  /** Whether a mistake is being reported, in which methods are not called. */
  reporting: boolean
  /** Of the whole text that the directive is a part of; made when a collection is met. */
  budget: ValueBudget | undefined
}

/** Width, precision and indexes beyond this are mistakes. */
export const MAX_NUMBER = 1_000_000

/** A directive without flags. */
export function directive(verb = 'v', budget?: ValueBudget): Directive {
  return {
    verb,
    width: -1,
    precision: -1,
    plus: false,
    minus: false,
    sharp: false,
    space: false,
    zero: false,
    fieldNames: false,
    goSyntax: false,
    reporting: false,
    budget,
  }
}

/**
 * Formats a value as `%v` does: what `{{ value }}` and `print` show.
 *
 * @param budget of the whole text that it is a part of
 * @throws PkgError RENDER_BUDGET when the text of a map or list is too long
 */
export function sprint(value: Value, budget?: ValueBudget): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return formatFloat(value)
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      if (value === null) return '<nil>'
      if (value instanceof GoInt && value.type === undefined) return value.value.toString()
      return formatArgument(directive('v', budget), value)
  }
}

/** Formats one argument by its directive. */
export function formatArgument(flags: Directive, value: Value): string {
  if (value === null) {
    return flags.verb === 'T' || flags.verb === 'v' ? pad(flags, '<nil>') : badVerb(flags, null, 0)
  }
  if (flags.verb === 'T') return formatText({ ...flags, verb: 's' }, typeName(value)) ?? ''
  if (flags.verb === 'p') return formatAddress(flags, value)
  if (value instanceof Uint8Array) return formatBytes(flags, value, '[]byte')
  return formatValue(flags, value, 0)
}

/** Addresses mean nothing here; all of them read like one of Go's. */
const ADDRESS = new GoInt(0xc000012000n, 'uint64')

function formatValue(flags: Directive, value: Value, depth: number): string {
  // Only `Errorf` knows `%w`.
  if (flags.verb === 'w') return badVerb(flags, value, depth)
  const byMethod = formatByMethod(flags, value)
  if (byMethod !== undefined) return byMethod
  switch (typeof value) {
    case 'string':
      return formatText(flags, value) ?? badVerb(flags, value, depth)
    case 'number':
      return formatFloatVerb(flags, value) ?? badVerb(flags, value, depth)
    case 'boolean':
      if (flags.verb !== 'v' && flags.verb !== 't') return badVerb(flags, value, depth)
      return pad(flags, value ? 'true' : 'false')
    default:
      return formatObject(flags, value, depth)
  }
}

function formatObject(
  flags: Directive,
  value: Exclude<Value, string | number | boolean>,
  depth: number,
): string {
  // Within a collection nil is an empty interface, which every verb prints like this.
  if (value === null) return flags.goSyntax ? 'interface {}(nil)' : '<nil>'
  if (value instanceof GoInt) return formatInteger(flags, value) ?? badVerb(flags, value, depth)
  if (value instanceof Map) return formatMap(flags, value, depth)
  if (value instanceof Uint8Array) return formatInnerBytes(flags, value, depth)
  if (Array.isArray(value)) return formatSlice(flags, value, typeName(value), depth)
  if (value instanceof GoNil) return formatNil(flags, value)
  if (value.type.kind !== 'ptr') return formatStruct(flags, value, value.type.name, depth)
  if (depth > 0) return formatAddress(flags, value)
  return `&${formatStruct(flags, value, value.type.name.replace(/^\*/, ''), depth)}`
}

/** Formats by the value's own `GoString`, `Error` or `String`, as the verb allows. */
function formatByMethod(flags: Directive, value: Value): string | undefined {
  const { methods, hasPointerMethods = false } = goTypeOf(value) ?? {}
  if (methods === undefined || hasPointerMethods || flags.reporting) return undefined
  const name = methodFor(flags, methods)
  if (name === undefined) return undefined
  try {
    const text = methods[name]?.(value)
    if (typeof text !== 'string') return undefined
    return formatText(name === 'GoString' ? { ...flags, verb: 's' } : flags, text)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return `%!${flags.verb}(PANIC=${name} method: ${error.message})`
  }
}

function methodFor(flags: Directive, methods: NonNullable<GoType['methods']>): string | undefined {
  if (flags.goSyntax) return Object.hasOwn(methods, 'GoString') ? 'GoString' : undefined
  if (!'vsxXq'.includes(flags.verb)) return undefined
  if (Object.hasOwn(methods, 'Error')) return 'Error'
  return Object.hasOwn(methods, 'String') ? 'String' : undefined
}

function goTypeOf(value: Value): GoType | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
  if (value instanceof Map || Array.isArray(value)) return typeOfCollection(value)
  return value.type
}

function formatMap(flags: Directive, map: GoMap, depth: number): string {
  const entries = sortedKeys(map).map((key) => {
    const shownKey = formatItem(flags, key, depth)
    return `${shownKey}:${formatItem(flags, map.get(key) ?? null, depth)}`
  })
  if (flags.goSyntax) return `${typeName(map)}{${entries.join(', ')}}`
  return `map[${entries.join(' ')}]`
}

function formatSlice(
  flags: Directive,
  values: readonly Value[],
  type: string,
  depth: number,
): string {
  const items = values.map((item) => formatItem(flags, item, depth))
  return flags.goSyntax ? `${type}{${items.join(', ')}}` : `[${items.join(' ')}]`
}

function formatStruct(flags: Directive, value: GoStruct, name: string, depth: number): string {
  const named = flags.fieldNames || flags.goSyntax
  const items = [...value.fields].map(([field, item]) => {
    const text = formatItem(flags, item, depth)
    return named ? `${field}:${text}` : text
  })
  return flags.goSyntax ? `${name}{${items.join(', ')}}` : `{${items.join(' ')}}`
}

function formatItem(flags: Directive, item: Value, depth: number): string {
  const budget = (flags.budget ??= new ValueBudget())
  budget.visit()
  const text = formatValue(flags, item, depth + 1)
  // What a collection holds is counted already.
  budget.write(item instanceof Map || Array.isArray(item) ? 2 : text.length + 1)
  return text
}

/** Bytes that are an argument of their own: `%s` and `%q` show them as text. */
function formatBytes(flags: Directive, bytes: Uint8Array, type: string): string {
  return formatBytesOf(flags, bytes, { type, depth: 0 })
}

function formatInnerBytes(flags: Directive, bytes: Uint8Array, depth: number): string {
  return formatBytesOf(flags, bytes, { type: typeName(bytes), depth })
}

function formatBytesOf(
  flags: Directive,
  bytes: Uint8Array,
  { type, depth }: { type: string; depth: number },
): string {
  if ('sqxX'.includes(flags.verb)) return formatText(flags, fromBytes(bytes)) ?? ''
  // Files are large, and bytes hold nothing: their text is counted, not each of them.
  if (isBare(flags)) return `[${bytes.join(' ')}]`
  const items = Array.from(bytes, (byte) => new GoInt(BigInt(byte), 'uint8'))
  return formatSlice(flags, items, type, depth)
}

/** Whether the directive is `%v` or `%d` with nothing that shapes a number. */
function isBare({ verb, width, precision, plus, sharp, space, goSyntax }: Directive): boolean {
  if (verb !== 'v' && verb !== 'd') return false
  return width < 0 && precision < 0 && !plus && !sharp && !space && !goSyntax
}

function formatNil(flags: Directive, value: GoNil): string {
  const { name } = value.type
  if (value.kind === 'ptr') return formatNilPointer(flags, value)
  if (flags.goSyntax) return `${name}(nil)`
  return value.kind === 'map' ? 'map[]' : '[]'
}

function formatNilPointer(flags: Directive, value: GoNil): string {
  if (flags.goSyntax) return `(${value.type.name})(nil)`
  if (flags.verb === 'v') return pad(flags, '<nil>')
  if ('bodxX'.includes(flags.verb)) return formatInteger(flags, ZERO) ?? ''
  return `%!${flags.verb}(${value.type.name}=${pad(flags, '<nil>')})`
}

const ZERO = new GoInt(0n, 'uint64')

function formatAddress(flags: Directive, value: Value): string {
  const isPointer =
    value instanceof Map ||
    Array.isArray(value) ||
    value instanceof Uint8Array ||
    value instanceof GoNil ||
    (value instanceof GoStruct && value.type.kind === 'ptr')
  if (!isPointer) return badVerb(flags, value, 0)
  if (!'vpbodxX'.includes(flags.verb)) return badVerb(flags, value, 1)
  const address = value instanceof GoNil ? ZERO : ADDRESS
  if (flags.goSyntax) return `(${typeName(value)})(0x${address.value.toString(16)})`
  const isHex = flags.verb === 'v' || flags.verb === 'p'
  const sharp = isHex ? !flags.sharp : flags.sharp
  return formatInteger({ ...flags, verb: isHex ? 'x' : flags.verb, sharp }, address) ?? ''
}

/** `%!d(string=x)`: the verb does not fit the value. */
function badVerb(flags: Directive, value: Value, depth: number): string {
  if (value === null) return `%!${flags.verb}(<nil>)`
  const shown = { ...flags, verb: 'v', reporting: true }
  return `%!${flags.verb}(${typeName(value)}=${formatValue(shown, value, depth)})`
}
