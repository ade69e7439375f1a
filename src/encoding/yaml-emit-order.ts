/** Orders two keys of a map as the emitter of `toYaml` (`v2`) or `toYamlPretty` (`v3`) does. */
export type KeyOrder = (a: string, b: string) => number

/**
 * The order of goyaml.v2: letters by code point, runs of digits by value, what is neither
 * before letters. It is not transitive: digits before letters before digits is possible.
 *
 * Source: go.yaml.in/yaml/v2 sorter.go, `keyList.Less`.
 */
export const byKeyV2: KeyOrder = (a, b) => compareKeys(a, b, false)

/** The order of goyaml.v3, which remembers that it stands in a run of digits. */
export const byKeyV3: KeyOrder = (a, b) => compareKeys(a, b, true)

function compareKeys(a: string, b: string, remembersDigits: boolean): number {
  const at = firstDifference(a, b)
  if (at >= a.length || at >= b.length) return a.length - b.length
  const left = a.codePointAt(at) ?? 0
  const right = b.codePointAt(at) ?? 0
  const leftIsLetter = isLetter(left)
  const rightIsLetter = isLetter(right)
  if (leftIsLetter && rightIsLetter) return left - right
  if (leftIsLetter || rightIsLetter) {
    const inDigits = remembersDigits && at > 0 && isDigit(a.charCodeAt(at - 1))
    return leftIsLetter === inDigits ? -1 : 1
  }
  return compareRuns(a, b, at)
}

function firstDifference(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  let at = 0
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++
  // Never between the two halves of a character.
  const isLowHalf = at > 0 && at < end && (a.charCodeAt(at) & 0xfc00) === 0xdc00
  return isLowHalf && (a.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at
}

/** Compares the runs of digits at `at`, which may be empty: value, length, code point. */
function compareRuns(a: string, b: string, at: number): number {
  const start = continuesNumber(a, b, at) ? 1n : 0n
  const left = readRun(a, at, start)
  const right = readRun(b, at, start)
  if (left.value !== right.value) return left.value < right.value ? -1 : 1
  if (left.length !== right.length) return left.length - right.length
  return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0)
}

/** Whether a zero at `at` belongs to a number that began before it. */
function continuesNumber(a: string, b: string, at: number): boolean {
  if (a.charAt(at) !== '0' && b.charAt(at) !== '0') return false
  for (let before = at - 1; before >= 0 && isDigit(a.charCodeAt(before)); before--) {
    if (a.charAt(before) !== '0') return true
  }
  return false
}

function readRun(text: string, at: number, start: bigint): { value: bigint; length: number } {
  let value = start
  let length = 0
  for (const character of text.slice(at)) {
    const point = character.codePointAt(0) ?? 0
    if (!isDigit(point)) break
    // Go's int64 wraps round.
    value = BigInt.asIntN(64, value * 10n + BigInt(point - 48))
    length++
  }
  return { value, length }
}

function isLetter(point: number): boolean {
  if (point < 0x80) return (point >= 97 && point <= 122) || (point >= 65 && point <= 90)
  return /^\p{L}$/u.test(String.fromCodePoint(point))
}

function isDigit(point: number): boolean {
  if (point < 0x80) return point >= 48 && point <= 57
  return /^\p{Nd}$/u.test(String.fromCodePoint(point))
}
