import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'

/** What charts of some places need before they are used; with both, both. */
export interface PolicyRule {
  match: string
  /** Paths of public keys, of which one must have signed in the registry. */
  cosignKeys: readonly string[] | undefined
  /** Path of the keyring that a provenance file must be signed with. */
  keyring: string | undefined
}

export interface SigningPolicy {
  path: string
  /** The rule for a place, `oci://HOST/REPOSITORY` or a URL; the first that matches. */
  ruleFor(place: string): PolicyRule | undefined
  /** Whether charts that no rule matches are refused. */
  refusesOthers: boolean
}

/** A policy is written by hand. */
const LIMIT = 1024 * 1024

/**
 * Reads a policy file, which `schemas/signing-policy.schema.json` describes. Whatever in it is
 * not understood is an error, for it was meant to protect.
 *
 * @throws PkgError POLICY_INVALID
 */
export function readPolicy(path: string): SigningPolicy {
  const document = readDocument(path)
  assertKeys(document, ['rules', 'otherwise'], path)
  const { rules, otherwise } = document
  if (!Array.isArray(rules)) throw invalid(path, '"rules" must be a list')
  if (otherwise !== undefined && otherwise !== 'accept' && otherwise !== 'refuse') {
    throw invalid(path, '"otherwise" must be accept or refuse')
  }
  const read = rules.map((rule, at) => readRule(rule, `${path}: rule ${at + 1}`, dirname(path)))
  return {
    path,
    refusesOthers: otherwise === 'refuse',
    ruleFor(place) {
      const one = spelled(place)
      return read.find(({ pattern }) => pattern.test(one))?.rule
    },
  }
}

/**
 * One spelling of a place, so that nobody gets around a rule by another one: without query, port
 * that goes without saying, `..`, `//`, and `%63` for `c`.
 */
function spelled(place: string): string {
  if (!/^https?:/i.test(place) || !URL.canParse(place)) return place
  const { protocol, host, pathname } = new URL(place)
  const path = pathname
    .replaceAll(/%([2-7][0-9a-f])/gi, (code, hex: string) => {
      const letter = String.fromCharCode(Number.parseInt(hex, 16))
      return /[\w.~-]/.test(letter) ? letter : code
    })
    .replaceAll(/\/{2,}/g, '/')
  return `${protocol}//${host.replace(/\.(?=:|$)/, '')}${path}`
}

/** The same for the host of a pattern. */
function spelledPattern(match: string): string {
  return match.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, (head) =>
    head
      .toLowerCase()
      .replace(/^(https:.*):443$/, '$1')
      .replace(/^(http:.*):80$/, '$1'),
  )
}

function readDocument(path: string): JsonObject {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > LIMIT) throw new RangeError(`it is larger than ${LIMIT} bytes`)
    const document = decodeYamlPlain(bytes.toString('utf8'))
    if (isJsonObject(document)) return document
  } catch (error) {
    throw invalid(path, (error as Error).message)
  }
  throw invalid(path, 'it is no map')
}

function readRule(value: Json, name: string, folder: string) {
  if (!isJsonObject(value)) throw invalid(name, 'it is no map')
  assertKeys(value, ['match', 'cosign', 'provenance', 'trust'], name)
  const { match, cosign, provenance, trust } = value
  if (typeof match !== 'string' || match === '') throw invalid(name, '"match" is missing')
  const isTrusted = trust === true
  if (trust !== undefined && !isTrusted) throw invalid(name, '"trust" can only be true')
  if (isTrusted === (cosign !== undefined || provenance !== undefined)) {
    throw invalid(name, 'it needs "cosign", "provenance" or both, or else "trust: true"')
  }
  const rule: PolicyRule = {
    match,
    cosignKeys: cosign === undefined ? undefined : readKeys(cosign, name, folder),
    keyring: provenance === undefined ? undefined : readKeyringPath(provenance, name, folder),
  }
  return { rule, pattern: patternOf(match) }
}

function readKeys(value: Json, name: string, folder: string): string[] {
  const keys = isJsonObject(value) ? value['keys'] : undefined
  if (isJsonObject(value)) assertKeys(value, ['keys'], `${name}: cosign`)
  if (!Array.isArray(keys) || keys.length === 0) throw invalid(name, '"cosign.keys" names no files')
  return keys.map((key) => {
    if (typeof key !== 'string') throw invalid(name, '"cosign.keys" must be names of files')
    return resolve(folder, key)
  })
}

function readKeyringPath(value: Json, name: string, folder: string): string {
  const keyring = isJsonObject(value) ? value['keyring'] : undefined
  if (isJsonObject(value)) assertKeys(value, ['keyring'], `${name}: provenance`)
  if (typeof keyring === 'string' && keyring !== '') return resolve(folder, keyring)
  throw invalid(name, '"provenance.keyring" names no file')
}

/** `*` is one part of a place, `**` any number of them; everything else stands for itself. */
function patternOf(match: string): RegExp {
  const source = spelledPattern(match)
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*\*|\*/g, (stars) => (stars === '**' ? String.raw`[\s\S]*` : '[^/]*'))
  return new RegExp(`^${source}$`)
}

function assertKeys(value: JsonObject, known: readonly string[], name: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  if (unknown !== undefined) throw invalid(name, `"${unknown}" is unknown`)
}

function invalid(name: string, reason: string): PkgError {
  return new PkgError('POLICY_INVALID', `${name}: ${reason}`, {
    hint: 'docs/signing.md shows what a policy holds.',
  })
}
