import { isJsonObject, parseJson, type Json } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { annotationOf, at } from './readiness-fields.ts'
import { failed, progressing, ready, type Readiness } from './readiness-verdict.ts'

/*
 * An object's own rule, in annotations: lists of comparisons with what its status holds.
 *
 *   helm.sh/readiness-success: '["{.phase} == \"Done\"", "{.succeeded} >= 1"]'
 *   helm.sh/readiness-failure: '["{.conditions[?(@.type==\"Broken\")].status} == \"True\""]'
 *
 * Each is true or not; one true failure fails the object, else one true success makes it ready.
 * Both annotations must be there, as in Helm's HIP-0025; the kind's rule counts otherwise.
 */

const SUCCESS = 'helm.sh/readiness-success'
const FAILURE = 'helm.sh/readiness-failure'

/** What the object's own rule says; undefined when it has none that can be read. */
export function annotatedReadiness(object: KubeObject): Readiness | undefined {
  const success = comparisonsIn(annotationOf(object, SUCCESS))
  const failure = comparisonsIn(annotationOf(object, FAILURE))
  if (success === undefined || failure === undefined) return undefined
  const status = at(object, 'status')
  const broken = failure.find((each) => isMet(each, status))
  if (broken !== undefined) return failed(`${broken.text} (${FAILURE})`)
  const met = success.find((each) => isMet(each, status))
  if (met !== undefined) return ready(met.text)
  return progressing(`waits for ${success.map(({ text }) => text).join(' or ')}`)
}

interface Comparison {
  text: string
  path: string
  operator: string
  wanted: string | number | boolean
}

function comparisonsIn(annotation: string | undefined): Comparison[] | undefined {
  if (annotation === undefined || annotation.trim() === '') return undefined
  const texts = textsIn(annotation)
  const comparisons = texts?.map(parseComparison)
  return comparisons?.every((each) => each !== undefined) === true ? comparisons : undefined
}

function textsIn(annotation: string): string[] | undefined {
  const value = parseJson(annotation)
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
}

function parseComparison(text: string): Comparison | undefined {
  const [, path, operator, wanted] = /^\s*\{(.*)\}\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$/.exec(text) ?? []
  if (path === undefined || operator === undefined || wanted === undefined) return undefined
  return { text, path, operator, wanted: scalarOf(wanted) }
}

/** A JSON scalar, or a word that needs no quotes. */
function scalarOf(text: string): Comparison['wanted'] {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  return text.replace(/^(["'])(.*)\1$/, '$2')
}

/** Nothing there is equal to nothing, and is neither more nor less. */
function isMet({ path, operator, wanted }: Comparison, status: Json | undefined): boolean {
  const found = findAt(status, path)
  if (operator === '==') return isSame(found, wanted)
  if (operator === '!=') return !isSame(found, wanted)
  const number = typeof found === 'string' ? Number(found) : found
  if (typeof number !== 'number' || typeof wanted !== 'number') return false
  if (operator === '<') return number < wanted
  if (operator === '<=') return number <= wanted
  return operator === '>' ? number > wanted : number >= wanted
}

function isSame(found: Json | undefined, wanted: Comparison['wanted']): boolean {
  if (found === undefined || typeof found === 'object') return false
  return String(found) === String(wanted)
}

const STEP = /\.([\w-]+)|\[(\d+)\]|\[\?\(@\.([\w-]+)\s*==\s*["']([^"']*)["']\)\]/y

/** Walks keys, positions and filters: `.a.b[0]`, `.conditions[?(@.type=="Ready")].status`. */
function findAt(value: Json | undefined, path: string): Json | undefined {
  let found = value
  STEP.lastIndex = 0
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path)
    if (match === null) return undefined
    found = stepInto(found, match)
  }
  return found
}

function stepInto(
  value: Json | undefined,
  [, key, position, filterKey, wanted]: RegExpExecArray,
): Json | undefined {
  if (key !== undefined) return at(value, key)
  if (!Array.isArray(value)) return undefined
  if (position !== undefined) return value[Number(position)]
  if (filterKey === undefined) return undefined
  return value.find((each) => isJsonObject(each) && each[filterKey] === wanted)
}
