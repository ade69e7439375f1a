import { readPlainPattern, type Chars, type Part } from './regexp-plain.ts'

/** A pattern for JavaScript's own engine, which finds what Go would find. */
export interface NativePattern {
  /** To be read with the flag `u`. */
  source: string
  /** How many groups capture. */
  captures: number
  /** Text that every match has in it; may be empty. */
  literal: string
  /** For longer texts, in UTF-16 units, the engine might take too long. */
  longestText: number
}

/**
 * Writes a pattern of Go's syntax for JavaScript, if it is plain enough.
 *
 * Both engines prefer the same match: the leftmost, and of several there what the pattern names
 * first. But JavaScript's goes back and tries anew, so the pattern must not leave it many ways.
 * Inside of a repetition the next character must always decide how to go on. Elsewhere each
 * alternative and repetition that it does not decide multiplies the steps by the length of the
 * text at most, and the text is bounded so that the steps are.
 *
 * @returns undefined when the pattern is not plain, or wrong
 */
export function writeNativePattern(pattern: string): NativePattern | undefined {
  const part = readPlainPattern(pattern)
  if (part === undefined || !keepsCaptures(part, false)) return undefined
  const cost = costOf(part, { next: 0n, mayFail: false, isRepeated: false })
  if (cost === undefined) return undefined
  const power = Math.max(1, (part.isAtStart ? 0 : 1) + cost.ways + (cost.isLong ? 1 : 0))
  const longestText = Math.floor(Math.min(MOST_NOTES / pattern.length, MOST_STEPS ** (1 / power)))
  // What is true of the text's characters is true of the pattern's alternatives.
  if (pattern.length > longestText) return undefined
  return { source: write(part), captures: part.captures, literal: literalOf(part), longestText }
}

const MOST_STEPS = 2 ** 22
/** V8 notes where it can go back to, perhaps for each part at each character; 16 million at most. */
const MOST_NOTES = 2 ** 21

/**
 * Whether each repetition captures anew with all groups that are in it: of others JavaScript
 * forgets what they captured before, and Go does not.
 */
function keepsCaptures(part: Part, isRepeated: boolean): boolean {
  if (part.captures === 0) return true
  switch (part.kind) {
    case 'sequence':
      return part.parts.every((each) => keepsCaptures(each, isRepeated))
    case 'choice':
      return !isRepeated && part.parts.every((each) => keepsCaptures(each, false))
    case 'repeat':
      if (isRepeated && part.least === 0) return false
      return keepsCaptures(part.body, isRepeated || part.most > 1)
    case 'group':
      return keepsCaptures(part.body, isRepeated)
    default:
      return true
  }
}

/** What comes after a part. */
interface Rest {
  /** Characters that may come next. */
  next: Chars
  /** What comes may not match, and then the part is tried in another way. */
  mayFail: boolean
  /** The part is in a repetition. */
  isRepeated: boolean
}

interface Cost {
  /** How often the next character does not decide how to go on. */
  ways: number
  /** As much may be read in vain as the text is long. */
  isLong: boolean
}

const FREE: Cost = { ways: 0, isLong: false }

/** The cost of trying a part at one place; undefined if too much. */
function costOf(part: Part, rest: Rest): Cost | undefined {
  switch (part.kind) {
    case 'sequence':
      return sequenceCost(part.parts, rest)
    case 'choice':
      return choiceCost(part.parts, rest)
    case 'group':
      return costOf(part.body, rest)
    case 'repeat':
      return repeatCost(part, rest)
    default:
      return FREE
  }
}

function sequenceCost(parts: readonly Part[], rest: Rest): Cost | undefined {
  let { next, mayFail } = rest
  let total = FREE
  for (const part of parts.toReversed()) {
    const cost = costOf(part, { next, mayFail, isRepeated: rest.isRepeated })
    if (cost === undefined) return undefined
    total = { ways: total.ways + cost.ways, isLong: total.isLong || cost.isLong }
    next = part.mayBeEmpty ? part.first | next : part.first
    mayFail = true
  }
  return total
}

function choiceCost(options: readonly Part[], rest: Rest): Cost | undefined {
  let total = FREE
  let seen: Chars = 0n
  let isDecided = true
  for (const option of options) {
    const cost = costOf(option, rest)
    if (cost === undefined) return undefined
    total = { ways: Math.max(total.ways, cost.ways), isLong: total.isLong || cost.isLong }
    isDecided &&= !option.mayBeEmpty && (seen & option.first) === 0n
    seen |= option.first
  }
  if (isDecided) return total
  return rest.isRepeated ? undefined : { ...total, ways: total.ways + 1 }
}

function repeatCost(part: Part & { kind: 'repeat' }, rest: Rest): Cost | undefined {
  const { body, least, most } = part
  const isDecided = least === most || (body.first & rest.next) === 0n
  if (!isDecided && rest.isRepeated) return undefined
  const isLoop = most > 1
  const after = { next: body.first | rest.next, mayFail: true, isRepeated: true }
  const cost = costOf(body, isLoop ? after : rest)
  if (cost === undefined) return undefined
  return {
    ways: cost.ways + (isDecided ? 0 : 1),
    isLong: cost.isLong || (isLoop && (rest.mayFail || rest.isRepeated)),
  }
}

function write(part: Part): string {
  switch (part.kind) {
    case 'sequence':
      return part.parts.map(write).join('')
    case 'choice':
      return part.parts.map(write).join('|')
    case 'group':
      return `(${part.isCapture ? '' : '?:'}${write(part.body)})`
    case 'repeat':
      return write(part.body) + timesOf(part)
    default:
      return part.source
  }
}

function timesOf({ least, most, isLazy }: Part & { kind: 'repeat' }): string {
  return `{${least},${most === Infinity ? '' : most}}${isLazy ? '?' : ''}`
}

/** The longest of the texts that every match has. */
function literalOf(part: Part): string {
  const runs = ['']
  collectLiterals(part, runs)
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest))
}

/** Adds characters to the last run, and begins another after what may vary. */
function collectLiterals(part: Part, runs: string[]): void {
  if (part.kind === 'sequence') for (const each of part.parts) collectLiterals(each, runs)
  else if (part.kind === 'group') collectLiterals(part.body, runs)
  else if (part.kind !== 'edge') {
    const char = part.kind === 'character' ? onlyCharacter(part.first) : ''
    if (char === '') runs.push('')
    else runs.push((runs.pop() ?? '') + char)
  }
}

/** The character of a set that has one of ASCII alone; empty for others. */
function onlyCharacter(chars: Chars): string {
  if (chars === 0n || (chars & (chars - 1n)) !== 0n) return ''
  const code = chars.toString(2).length - 1
  return code < 128 ? String.fromCharCode(code) : ''
}
