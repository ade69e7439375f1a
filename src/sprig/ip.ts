/**
 * Reads an IP address into its 4 or 16 bytes; an IPv4 address within IPv6 gives 4.
 *
 * Source: Go net.ParseIP; no zones, no leading zeros in IPv4.
 *
 * @returns undefined when the text is no address
 */
export function parseIp(text: string): number[] | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const bytes = parseIpv6(text)
  return bytes !== undefined && isMappedIpv4(bytes) ? bytes.slice(12) : bytes
}

/** Whether the text is an IPv6 address, with or without a zone. */
export function isIpv6(text: string): boolean {
  const [address = '', ...zone] = text.split('%')
  return parseIpv6(address) !== undefined && zone[0] !== ''
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.')
  const isValid = parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  return parts.length === 4 && isValid ? parts.map(Number) : undefined
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = [halves[0] ?? '', halves[1] ?? ''].map((half, at) =>
    half === '' ? [] : parseGroups(half, at === halves.length - 1),
  )
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

/** @param isLast whether an IPv4 address may stand at the end */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [at, group] of groups.entries()) {
    const isIpv4 = isLast && at === groups.length - 1 && group.includes('.')
    const part = isIpv4 ? parseIpv4(group) : parseGroup(group)
    if (part === undefined) return undefined
    bytes.push(...part)
  }
  return bytes
}

function parseGroup(group: string): number[] | undefined {
  if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 255]
}

function isMappedIpv4(bytes: number[]): boolean {
  const isZero = bytes.slice(0, 10).every((byte) => byte === 0)
  return isZero && bytes[10] === 255 && bytes[11] === 255
}
