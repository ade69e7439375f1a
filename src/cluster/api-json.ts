import { PkgError } from '../base/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'

/** Reads JSON of a server; undefined when it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Reads a JSON object of a server.
 *
 * @param label what was asked for
 * @throws PkgError CLUSTER_FAILED for anything else, which a balancer may have put in its place
 */
export function parseJsonObject(text: string, label: string): JsonObject {
  const value = parseJson(text)
  if (isJsonObject(value)) return value
  throw new PkgError('CLUSTER_FAILED', `what the server answered of ${label} is no object`, {
    hint: 'Look at what is between here and the API server: a proxy, or a balancer.',
  })
}
