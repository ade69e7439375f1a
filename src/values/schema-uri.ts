import { quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'

/** A URL and the decoded fragment behind its `#`. */
export interface Reference {
  url: string
  fragment: string
}

/** Cuts a reference at its `#` and decodes what follows. */
export function splitReference(text: string): Reference {
  const hash = text.indexOf('#')
  if (hash < 0) return { url: text, fragment: '' }
  return { url: text.slice(0, hash), fragment: decodeFragment(text, text.slice(hash + 1)) }
}

/**
 * Resolves a reference against the URL of the schema it stands in.
 *
 * @throws GoError when it is no URL
 */
export function resolveReference(base: string, text: string): Reference {
  const { url, fragment } = splitReference(text)
  if (url === '') return { url: base, fragment }
  if (!URL.canParse(url, base)) throw new GoError(`error in parsing ${quote(text)}: invalid URL`)
  const resolved = new URL(url, base)
  return { url: resolved.href, fragment }
}

/** Adds steps to a JSON pointer such as `/properties/x`. */
export function pointerTo(pointer: string, ...steps: string[]): string {
  return steps.reduce((path, step) => `${path}/${escapeStep(step)}`, pointer)
}

/** One step of a JSON pointer, written so that it holds no slash. */
function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The steps of a JSON pointer; undefined when a tilde in it is not followed by 0 or 1. */
export function pointerSteps(pointer: string): string[] | undefined {
  if (/~(?![01])/.test(pointer)) return undefined
  const steps = pointer.split('/').slice(1)
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** A place in a document as messages name it: `file:///values.schema.json#/properties/x`. */
export function locationOf(url: string, pointer: string): string {
  if (PLAIN.test(pointer)) return `${url}#${pointer}`
  const steps = pointer.split('/').map(escapeForPath)
  return `${url}#${steps.join('/')}`
}

/** Pointers in which nothing is escaped. */
const PLAIN = /^[\w/.~$&+=:@-]*$/

function decodeFragment(text: string, fragment: string): string {
  if (!/%(?![0-9a-fA-F]{2})/.test(fragment)) return decodeURIComponent(fragment)
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(fragment)?.[0] ?? '%'
  throw new GoError(`error in parsing ${quote(text)}: invalid URL escape ${quote(wrong)}`)
}

/** Go's `url.PathEscape`. */
function escapeForPath(step: string): string {
  return encodeURIComponent(step)
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll(/%(?:24|26|2B|3D|3A|40)/g, decodeURIComponent)
}
