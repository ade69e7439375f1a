import { decodeJson, encodeJson } from '../encoding/json.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import { fn, type GoFunction } from '../golang/function.ts'
import { GoError, type Value } from '../golang/value.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import { decodeBase64Text } from './base64.ts'
import { orZero } from './cast.ts'

/**
 * Gives base64, base32 and JSON. Where decoding base64 or base32 fails, the text is the error.
 *
 * Source: Masterminds/sprig v3.3.0 strings.go, defaults.go.
 */
export function encodingFunctions(): Record<string, GoFunction> {
  return { ...binaryFunctions(), ...jsonFunctions() }
}

function binaryFunctions(): Record<string, GoFunction> {
  return {
    b64enc: fn(['string'], (text: string) => toBytes(text).toString('base64')),
    b64dec: fn(['string'], (text: string) => orMessage(() => decodeBase64Text(text))),
    b32enc: fn(['string'], (text: string) => encodeBase32(toBytes(text))),
    b32dec: fn(['string'], (text: string) => orMessage(() => fromBytes(decodeBase32(text)))),
  }
}

function jsonFunctions(): Record<string, GoFunction> {
  const compact = (value: Value): string => encodeJson(value)
  const pretty = (value: Value): string => encodeJson(value, { indent: '  ' })
  const raw = (value: Value): string => encodeJson(value, { escapeHtml: false })
  return {
    toJson: fn(['any'], (value: Value) => orZero(() => compact(value), '')),
    mustToJson: fn(['any'], compact),
    toPrettyJson: fn(['any'], (value: Value) => orZero(() => pretty(value), '')),
    mustToPrettyJson: fn(['any'], pretty),
    toRawJson: fn(['any'], raw),
    mustToRawJson: fn(['any'], raw),
    fromJson: fn(['string'], (text: string) => orZero<Value>(() => decodeJson(text), null)),
    mustFromJson: fn(['string'], decodeJson),
  }
}

function orMessage(decode: () => string): string {
  try {
    return decode()
  } catch (error) {
    if (error instanceof GoError) return error.message
    throw error
  }
}
