import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson, type JsonObject } from '../base/json.ts'

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
