import { atoi, quote, quoteRune } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'

export function checkIpv4(text: string): string | undefined {
  const groups = text.split('.')
  if (groups.length !== 4) return 'expected four decimals'
  for (const group of groups) {
    if (group.length > 1 && group.startsWith('0')) return 'leading zeros'
    try {
      const value = atoi(group)
      if (value < 0n || value > 255n) return 'decimal must be between 0 and 255'
    } catch (error) {
      if (!(error instanceof GoError)) throw error
      return error.message
    }
  }
  return undefined
}

export function checkIpv6(text: string): string | undefined {
  if (!text.includes(':')) return 'missing colon'
  const [address = '', zone] = text.split('%')
  const problem = explainIpv6(address)
  if (problem !== undefined) return `ParseAddr(${quote(text)}): ${problem}`
  return zone === undefined ? undefined : 'zone id is not a part of ipv6 address'
}

export function checkHostname(text: string): string | undefined {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  if (Buffer.byteLength(name) > 253) return 'more than 253 characters long'
  for (const label of name.split('.')) {
    const size = Buffer.byteLength(label)
    if (size < 1 || size > 63) return 'label must be 1 to 63 characters long'
    if (label.startsWith('-')) return 'label starts with hyphen'
    if (label.endsWith('-')) return 'label ends with hyphen'
    const wrong = invalidCharacter(label, /[^a-zA-Z0-9-]/u)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

export function checkEmail(text: string): string | undefined {
  if (Buffer.byteLength(text) > 254) return 'more than 255 characters long'
  const at = text.lastIndexOf('@')
  if (at < 0) return 'missing @'
  const local = text.slice(0, at)
  if (Buffer.byteLength(local) > 64) return 'local part more than 64 characters long'
  return checkLocalPart(local) ?? checkDomain(text.slice(at + 1))
}

function checkLocalPart(local: string): string | undefined {
  if (local.length > 1 && local.startsWith('"')) {
    if (!/[\\"]/.test(local.slice(1, -1))) return undefined
    return 'backslash and quote are not allowed within quoted local part'
  }
  if (local.startsWith('.')) return 'starts with dot'
  if (local.endsWith('.')) return 'ends with dot'
  if (local.includes('..')) return 'consecutive dots'
  return invalidCharacter(local, /[^a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~]/u)
}

function checkDomain(domain: string): string | undefined {
  if (!domain.startsWith('[') || !domain.endsWith(']')) {
    return prefixed('invalid domain', checkHostname(domain))
  }
  const address = domain.slice(1, -1)
  if (address.startsWith('IPv6:')) {
    return prefixed('invalid ipv6 address', checkIpv6(address.slice(5)))
  }
  return prefixed('invalid ipv4 address', checkIpv4(address))
}

function prefixed(what: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${what}: ${problem}`
}

function invalidCharacter(text: string, wrong: RegExp): string | undefined {
  const found = wrong.exec(text)
  if (found === null) return undefined
  return `invalid character ${quoteRune(found[0].codePointAt(0) ?? 0)}`
}

/** What is wrong with an address, as far as it is told apart; Go's own words go further. */
function explainIpv6(text: string): string | undefined {
  const halves = text.split('::')
  if (halves.length > 2) {
    const rest = text.slice(text.indexOf('::', text.indexOf('::') + 2) + 1)
    return `multiple :: in address (at ${quote(rest)})`
  }
  const counts = halves.map((half, at) => countGroups(half, at === halves.length - 1))
  if (counts.includes(-1)) return 'unable to parse IP'
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (halves.length === 1 && total < 8) return 'address string too short'
  return total > 8 - (halves.length - 1) ? 'unable to parse IP' : undefined
}

/** Groups of 16 bits; -1 when one is wrong. An IPv4 address may stand at the end. */
function countGroups(text: string, isLast: boolean): number {
  if (text === '') return 0
  const groups = text.split(':')
  const last = groups.at(-1) ?? ''
  const hasIpv4 = isLast && last.includes('.')
  if (hasIpv4 && checkIpv4(last) !== undefined) return -1
  const hex = hasIpv4 ? groups.slice(0, -1) : groups
  if (!hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return -1
  return hex.length + (hasIpv4 ? 2 : 0)
}
