import { compileRegexp } from '../golang/regexp.ts'
import { quote, quoteRune } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import { checkEmail, checkHostname, checkIpv4, checkIpv6 } from './schema-format-hosts.ts'
import { checkDate, checkDateTime, checkDuration, checkTime } from './schema-format-times.ts'
import type { Format } from './schema-node.ts'

/** The format of a name; undefined for one that means nothing, which then accepts all. */
export function formatOf(name: string): Format | undefined {
  const check = FORMATS.get(name)
  return check === undefined ? undefined : { name, check }
}

/** Says what is wrong with a text; undefined when nothing is. */
type CheckText = (text: string) => string | undefined

/** Source: santhosh-tekuri/jsonschema v6 format.go, whose words the messages are. */
const FORMATS = new Map<string, CheckText>([
  ['regex', checkRegex],
  ['json-pointer', checkPointer],
  ['relative-json-pointer', checkRelativePointer],
  ['uuid', checkUuid],
  ['duration', checkDuration],
  ['period', checkPeriod],
  ['ipv4', checkIpv4],
  ['ipv6', checkIpv6],
  ['hostname', checkHostname],
  ['email', checkEmail],
  ['date', checkDate],
  ['time', checkTime],
  ['date-time', checkDateTime],
  ['uri', checkUri],
  ['iri', checkUri],
  ['uri-reference', checkReference],
  ['iri-reference', checkReference],
  ['uri-template', checkTemplate],
  ['semver', checkSemver],
])

function checkRegex(text: string): string | undefined {
  try {
    compileRegexp(text)
    return undefined
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return error.message
  }
}

function checkPointer(text: string): string | undefined {
  if (text === '') return undefined
  if (!text.startsWith('/')) return 'not starting with /'
  return /~(?![01])/.test(text) ? '~ must be followed by 0 or 1' : undefined
}

function checkRelativePointer(text: string): string | undefined {
  const digits = /^\d*/.exec(text)?.[0] ?? ''
  if (digits === '') return 'must start with non-negative integer'
  if (digits.length > 1 && digits.startsWith('0')) return 'starts with zero'
  const rest = text.slice(digits.length)
  return rest === '#' ? undefined : checkPointer(rest)
}

function checkUuid(text: string): string | undefined {
  const sizes = [8, 4, 4, 4, 12]
  const groups = text.split('-')
  if (groups.length !== sizes.length) return 'must have 5 elements'
  for (const [at, group] of groups.entries()) {
    const size = sizes[at] ?? 0
    if (Buffer.byteLength(group) !== size) {
      return `element ${at + 1} must be ${size} characters long`
    }
    const wrong = /[^0-9a-fA-F]/u.exec(group)
    if (wrong !== null) return `non-hex character ${quoteRune(wrong[0].codePointAt(0) ?? 0)}`
  }
  return undefined
}

function checkPeriod(text: string): string | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return 'missing slash'
  const start = text.slice(0, slash)
  const end = text.slice(slash + 1)
  if (start.startsWith('P')) {
    return (
      prefixed('invalid start duration', checkDuration(start)) ??
      prefixed('invalid end date-time', checkDateTime(end))
    )
  }
  const wrongStart = prefixed('invalid start date-time', checkDateTime(start))
  if (wrongStart !== undefined) return wrongStart
  return end.startsWith('P')
    ? prefixed('invalid end duration', checkDuration(end))
    : prefixed('invalid end date-time', checkDateTime(end))
}

function prefixed(what: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${what}: ${problem}`
}

function checkUri(text: string): string | undefined {
  return checkUrl(text) ?? (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) ? undefined : 'relative url')
}

function checkReference(text: string): string | undefined {
  return text.includes('\\') ? 'contains \\' : checkUrl(text)
}

function checkTemplate(text: string): string | undefined {
  const problem = checkUrl(text)
  if (problem !== undefined) return problem
  for (const part of text.split('/')) {
    let isOpen = false
    for (const brace of part.match(/[{}]/g) ?? []) {
      if ((brace === '{') === isOpen) return 'nested curly braces'
      isOpen = !isOpen
    }
    if (isOpen) return 'no matching closing brace'
  }
  return undefined
}

/** What Go's `url.Parse` refuses. */
function checkUrl(text: string): string | undefined {
  const because = (problem: string) => `parse ${quote(text)}: ${problem}`
  if (/[\x00-\x1f\x7f]/.test(text)) return because('net/url: invalid control character in URL')
  if (text.startsWith(':')) return because('missing protocol scheme')
  const [rest = ''] = text.split('#')
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(rest)?.[0] ?? ''
  if (scheme === '' && /^[^/?]*:/.test(rest)) {
    return because('first path segment in URL cannot contain colon')
  }
  const [path = ''] = rest.slice(scheme.length).split('?')
  const isOpaque = scheme !== '' && !path.startsWith('/')
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(path)
  if (escape !== null && !isOpaque) return because(`invalid URL escape ${quote(escape[0])}`)
  const host = /^\/\/([^/]*)/.exec(path)?.[1] ?? ''
  const blank = /[ <>"]/.exec(host)
  return blank === null ? undefined : because(`invalid character ${quote(blank[0])} in host name`)
}

function checkSemver(text: string): string | undefined {
  const plus = text.indexOf('+')
  const build = plus < 0 ? undefined : text.slice(plus + 1)
  const whole = plus < 0 ? text : text.slice(0, plus)
  const hyphen = whole.indexOf('-')
  const prerelease = hyphen < 0 ? undefined : whole.slice(hyphen + 1)
  const core = hyphen < 0 ? whole : whole.slice(0, hyphen)
  if (build === '') return 'build is empty'
  return (
    checkIdentifiers(build, 'build') ??
    checkIdentifiers(prerelease, 'pre-release') ??
    checkCore(core)
  )
}

function checkIdentifiers(text: string | undefined, what: string): string | undefined {
  for (const each of text?.split('.') ?? []) {
    if (each === '') return `${what} identifier is empty`
    const wrong = /[^0-9A-Za-z-]/u.exec(each)
    if (wrong !== null) {
      return `invalid character ${quoteRune(wrong[0].codePointAt(0) ?? 0)} in ${what} identifier`
    }
    if (what === 'pre-release' && /^0\d+$/.test(each)) {
      return 'pre-release numeric identifier starts with zero'
    }
  }
  return undefined
}

function checkCore(core: string): string | undefined {
  const numbers = core.split('.')
  if (numbers.length !== 3) return 'versionCore must have 3 numbers separated by dot'
  for (const [at, number] of numbers.entries()) {
    const name = ['major', 'minor', 'patch'][at] ?? ''
    if (number === '') return `${name} is empty`
    if (number.length > 1 && number.startsWith('0')) return `${name} starts with zero`
    if (/\D/.test(number)) return `${name} contains non-digit`
  }
  return undefined
}
