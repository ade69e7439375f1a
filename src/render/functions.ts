import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import { decodeJsonList, decodeJsonMap, encodeJson } from '../encoding/json.ts'
import { decodeToml, encodeToml } from '../encoding/toml.ts'
import { decodeYaml, decodeYamlMap } from '../encoding/yaml-decode.ts'
import { encodeYaml, encodeYamlPretty } from '../encoding/yaml-encode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { fn, type FunctionTable, type GoFunction } from '../golang/function.ts'
import { GoError, type GoMap, type Value } from '../golang/value.ts'
import { countChanges } from '../sprig/changes.ts'
import { sprigFunctions } from '../sprig/index.ts'
import { copyMap } from '../values/copy-values.ts'
import type { CrdDecoder } from './kept-crds.ts'
import type { Lookup } from './lookup.ts'
import { wrapWarning } from './template-failure.ts'

export interface FunctionOptions {
  lookup: Lookup
  /**
   * Called instead of failing for what `required` and `fail` complain of: linting shows
   * everything it can.
   */
  onLintWarning?: ((message: string) => void) | undefined
  /** Lets `getHostByName` ask for addresses; else it gives an empty text. */
  enableDns?: boolean
  /** Decodes large CRDs faster than they can be read. */
  crds?: CrdDecoder | undefined
}

/**
 * Builds the functions that templates of both engines call: Sprig's, and Helm's own. What
 * calls other templates (`include`, `tpl`) is added by the renderer.
 *
 * Source: Helm 4.1.4 pkg/engine/funcs.go, engine.go.
 */
export function helmFunctions(options: FunctionOptions): FunctionTable {
  const table = new Map<string, GoFunction>(
    sprigFunctions({ enableDns: options.enableDns === true }),
  )
  table.delete('env')
  table.delete('expandenv')
  for (const [name, target] of Object.entries(ENCODINGS)) table.set(name, target)
  for (const [name, target] of Object.entries(checks(options))) table.set(name, target)
  table.set('lookup', lookupFunction(options.lookup))
  table.set('fromYaml', fromYaml(options.crds))
  limitDearCalls(table)
  return table
}

/** What takes long by design, so that a loop of it is stopped early. */
const DEAR = [
  ...['bcrypt', 'derivePassword', 'htpasswd', 'genPrivateKey', 'genCA', 'genCAWithKey'],
  ...['genSelfSignedCert', 'genSelfSignedCertWithKey', 'genSignedCert', 'genSignedCertWithKey'],
]

function limitDearCalls(table: Map<string, GoFunction>): void {
  let left: number = LIMITS.dearCalls
  for (const name of DEAR) {
    const target = table.get(name)
    if (target === undefined) continue
    const call = target.call as (...args: unknown[]) => Value
    const limited = (...args: unknown[]): Value => {
      if (left-- > 0) return call(...args)
      throw new PkgError(
        'RENDER_BUDGET',
        `more than ${LIMITS.dearCalls} keys, certificates and passwords are made`,
        { hint: `Make fewer calls of "${name}", or keep their results in values.` },
      )
    }
    table.set(name, { ...target, call: limited })
  }
}

const ENCODINGS: Record<string, GoFunction> = {
  toYaml: fn(['any'], (value) => orEmpty(() => trimLineBreak(encodeYaml(value)))),
  mustToYaml: fn(['any'], (value) => trimLineBreak(encodeYaml(value))),
  toYamlPretty: fn(['any'], (value) => orEmpty(() => trimLineBreak(encodeYamlPretty(value)))),
  fromYamlArray: fn(['string'], (text: string) => orErrorList(() => decodeYamlList(text))),
  toJson: fn(['any'], (value) => orEmpty(() => encodeJson(value))),
  mustToJson: fn(['any'], (value) => encodeJson(value)),
  fromJson: fn(['string'], (text: string) => orErrorMap(() => decodeJsonMap(text))),
  fromJsonArray: fn(['string'], (text: string) => orErrorList(() => decodeJsonList(text))),
  toToml: fn(['any'], (value) => {
    if (value === null) throw new GoError('reflect: call of reflect.Value.Type on zero Value')
    return orMessage(() => encodeToml(value))
  }),
  fromToml: fn(['string'], (text: string) => orErrorMap(() => decodeToml(text))),
}

/** `required` and `fail`, which in a lint warn instead of failing. */
function checks({ onLintWarning }: FunctionOptions): Record<string, GoFunction> {
  const complain = (message: string): string => {
    if (onLintWarning === undefined) throw new GoError(wrapWarning(message))
    onLintWarning(message)
    return ''
  }
  return {
    required: fn(['string', 'any'], (message: string, value: Value) =>
      value === null || value === '' ? complain(message) : value,
    ),
    fail: fn(['string'], complain),
  }
}

function fromYaml(crds: CrdDecoder | undefined): GoFunction {
  return fn(['string'], (text: string) =>
    orErrorMap(() => crds?.decode(text) ?? decodeYamlAgain(text)),
  )
}

function lookupFunction(lookup: Lookup): GoFunction {
  return fn(
    ['string', 'string', 'string', 'string'],
    (apiVersion: string, kind: string, namespace: string, name: string) =>
      lookup({ apiVersion, kind, namespace, name }),
  )
}

let lastDecoded: { text: string; map: GoMap; changes: number } | undefined

/**
 * Decodes a text that was decoded right before by copying what it gave, if nothing has been
 * changed since: a chart that takes a file of many objects apart asks each of them several things.
 */
function decodeYamlAgain(text: string): GoMap {
  const changes = countChanges()
  if (lastDecoded?.text === text && lastDecoded.changes === changes) return copyMap(lastDecoded.map)
  const map = decodeYamlMap(text)
  lastDecoded = text.length > LONGEST_KEPT ? undefined : { text, map, changes }
  return map
}

/** In characters; a longer text is rather decoded twice than kept. */
const LONGEST_KEPT = 262_144

function decodeYamlList(text: string): Value {
  const value = decodeYaml(text)
  if (value === null) return []
  if (Array.isArray(value)) return value
  const kind = value instanceof Map ? 'object' : jsonKind(value)
  const problem = `json: cannot unmarshal ${kind} into Go value of type []interface {}`
  throw new GoError(`error unmarshaling JSON: while decoding JSON: ${problem}`)
}

function jsonKind(value: Value): string {
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'number'
}

function trimLineBreak(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}

function orEmpty(encode: () => string): string {
  return attempt(encode, () => '')
}

function orMessage(encode: () => string): string {
  return attempt(encode, (message) => message)
}

function orErrorMap(decode: () => Value): Value {
  return attempt(decode, (message) => new Map<string, Value>([['Error', message]]))
}

function orErrorList(decode: () => Value): Value {
  return attempt(decode, (message) => [message])
}

/** Helm's functions give an error as their result, so that templates go on. */
function attempt<T>(work: () => T, onError: (message: string) => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof YamlError) return onError(error.unmarshalMessage)
    if (error instanceof GoError) return onError(error.message)
    throw error
  }
}
