/** Any JSON value; objects are made without a prototype or read with `Object.hasOwn`. */
export type Json = null | boolean | number | string | Json[] | JsonObject

export interface JsonObject {
  [key: string]: Json
}

/** Whether the value is a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads JSON, of bytes in UTF-8; undefined for a text that is none. */
export function parseJson(source: string | Buffer): Json | undefined {
  try {
    return JSON.parse(typeof source === 'string' ? source : source.toString('utf8')) as Json
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
