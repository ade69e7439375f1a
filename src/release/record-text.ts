import type { Json } from '../base/json.ts'
import { encodeJson, encodeJsonString } from '../encoding/json.ts'
import { int64, type Value } from '../golang/value.ts'

/** A piece of JSON that is text already. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** A field of a record; a value that is undefined is left out. */
export type Field = readonly [key: string, value: Json | RawJson | undefined]

/** Writes an object with its fields in the given order, as Go writes a struct. */
export function objectText(fields: readonly Field[]): RawJson {
  const parts: string[] = []
  for (const [key, value] of fields) {
    if (value !== undefined) parts.push(`${encodeJsonString(key)}:${textOf(value)}`)
  }
  return new RawJson(`{${parts.join(',')}}`)
}

/** Writes a list of pieces. */
export function listText(pieces: readonly RawJson[]): RawJson {
  return new RawJson(`[${pieces.map(({ text }) => text).join(',')}]`)
}

/** Writes values as Go's encoding/json does: keys sorted, integers in full. */
export function valueText(value: Value): RawJson {
  return new RawJson(encodeJson(value))
}

/** How numbers are read back: as float64, or whole ones as int64. */
export type Numbers = 'float64' | 'integers'

/** Reads values back; Go makes every number of JSON a float64. */
export function valueFrom(json: Json, numbers: Numbers): Value {
  if (typeof json === 'number') {
    return numbers === 'integers' && Number.isSafeInteger(json) ? int64(json) : json
  }
  if (json === null || typeof json !== 'object') return json
  if (Array.isArray(json)) return json.map((item) => valueFrom(item, numbers))
  return new Map(Object.entries(json).map(([key, item]) => [key, valueFrom(item, numbers)]))
}

function textOf(value: Json | RawJson): string {
  return value instanceof RawJson ? value.text : encodeJson(value)
}
