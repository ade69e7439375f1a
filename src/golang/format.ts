import { endOfDigits } from '../base/ascii.ts'
import { ValueBudget } from '../base/value-budget.ts'
import { directive, type Directive, formatArgument, MAX_NUMBER, sprint } from './format-value.ts'
import { GoInt, kindOf, typeName, type Value } from './value.ts'

export { sprint } from './format-value.ts'

/**
 * Formats values as Go's `fmt.Sprintf`, mistakes in the format included, which show in
 * the text (`%!d(string=x)`, `%!d(MISSING)`, `%!(EXTRA int=1)`).
 *
 * Source: Go fmt, `print.go` and `format.go`.
 *
 * @throws PkgError RENDER_BUDGET when maps and lists make the text too long
 */
export function sprintf(format: string, ...args: Value[]): string {
  const simple = formatSimply(format, args)
  if (simple !== undefined) return simple
  const start = { at: 0, next: 0, reordered: false, goodIndex: true }
  const scan: Scan = { format, args, ...start, budget: new ValueBudget() }
  let text = ''
  while (scan.at < format.length) {
    const start = scan.at
    const found = format.indexOf('%', start)
    if (found < 0) {
      text += format.slice(start)
      break
    }
    scan.at = found + 1
    text += format.slice(start, found) + formatDirective(scan)
  }
  return text + extraArguments(scan)
}

/** Formats texts by `%s` and integers by `%d`, or either by `%v`; gives nothing for all else. */
function formatSimply(format: string, args: readonly Value[]): string | undefined {
  let text = ''
  let at = 0
  for (let index = 0; index < args.length; index++) {
    const found = format.indexOf('%', at)
    const verb = format.charCodeAt(found + 1)
    const arg = args[index]
    if (found < 0) return undefined
    if (typeof arg === 'string' && (verb === LETTER_S || verb === LETTER_V)) {
      text += format.slice(at, found) + arg
    } else if (arg instanceof GoInt && (verb === LETTER_D || verb === LETTER_V)) {
      if (arg.type !== undefined) return undefined
      text += format.slice(at, found) + String(arg.value)
    } else return undefined
    at = found + 2
  }
  return format.includes('%', at) ? undefined : text + format.slice(at)
}

const LETTER_D = 100
const LETTER_S = 115
const LETTER_V = 118

/** Formats values as Go's `fmt.Sprint`: a blank between two that are both no strings. */
export function sprintAll(values: readonly Value[]): string {
  const budget = new ValueBudget()
  let text = ''
  let afterString = true
  for (const value of values) {
    const isString = typeof value === 'string'
    if (!isString && !afterString) text += ' '
    text += sprint(value, budget)
    afterString = isString
  }
  return text
}

/** Formats values as Go's `fmt.Sprintln`: blanks between all, a line break at the end. */
export function sprintln(values: readonly Value[]): string {
  const budget = new ValueBudget()
  return `${values.map((value) => sprint(value, budget)).join(' ')}\n`
}

interface Scan {
  readonly format: string
  readonly args: readonly Value[]
  at: number
  /** Index of the argument that the next verb takes. */
  next: number
  /** Whether an index like `[2]` was used, after which unused arguments are no mistake. */
  reordered: boolean
  goodIndex: boolean
  readonly budget: ValueBudget
}

/** Reads what follows a `%` and formats its argument; `scan.at` stands after the `%`. */
function formatDirective(scan: Scan): string {
  const { format, args, budget } = scan
  const flags = directive('v', budget)
  scan.goodIndex = true
  readFlags(scan, flags)
  const code = format.charCodeAt(scan.at)
  if (code >= 97 && code <= 122 && scan.next < args.length) {
    return formatNext(scan, flags, format.charAt(scan.at++))
  }
  const mistakes = readSizes(scan, flags)
  if (scan.at >= format.length) return `${mistakes}%!(NOVERB)`
  const verb = String.fromCodePoint(format.codePointAt(scan.at) ?? 0)
  scan.at += verb.length
  if (verb === '%') return `${mistakes}%`
  if (!scan.goodIndex) return `${mistakes}%!${verb}(BADINDEX)`
  if (scan.next >= args.length) return `${mistakes}%!${verb}(MISSING)`
  return mistakes + formatNext(scan, flags, verb)
}

function formatNext(scan: Scan, flags: Directive, verb: string): string {
  flags.verb = verb
  if (verb === 'v' || verb === 'w') {
    flags.goSyntax = flags.sharp
    flags.sharp = false
    flags.fieldNames = flags.plus
    flags.plus = false
  }
  return formatArgument(flags, scan.args[scan.next++] ?? null)
}

function readFlags(scan: Scan, flags: Directive): void {
  for (; ; scan.at++) {
    switch (scan.format.charAt(scan.at)) {
      case '#':
        flags.sharp = true
        break
      case '0':
        flags.zero = true
        break
      case '+':
        flags.plus = true
        break
      case '-':
        flags.minus = true
        break
      case ' ':
        flags.space = true
        break
      default:
        return
    }
  }
}

/** Reads argument indexes, width and precision; gives the text of mistakes in them. */
function readSizes(scan: Scan, flags: Directive): string {
  let afterIndex = readIndex(scan)
  let mistakes = ''
  if (scan.format.charAt(scan.at) === '*') {
    scan.at++
    const width = sizeFromArgument(scan)
    if (width === undefined) mistakes += '%!(BADWIDTH)'
    else setWidth(flags, width)
    afterIndex = false
  } else {
    const width = readNumber(scan)
    if (width !== undefined) flags.width = width
    if (afterIndex && width !== undefined) scan.goodIndex = false
  }
  if (scan.format.charAt(scan.at) === '.' && scan.at + 1 < scan.format.length) {
    scan.at++
    if (afterIndex) scan.goodIndex = false
    afterIndex = readIndex(scan)
    if (scan.format.charAt(scan.at) === '*') {
      scan.at++
      const precision = sizeFromArgument(scan)
      if (precision === undefined || precision < 0) mistakes += '%!(BADPREC)'
      else flags.precision = precision
      afterIndex = false
    } else flags.precision = readNumber(scan) ?? 0
  }
  if (!afterIndex) readIndex(scan)
  return mistakes
}

function setWidth(flags: Directive, width: number): void {
  flags.width = Math.abs(width)
  if (width >= 0) return
  flags.minus = true
  flags.zero = false
}

/** Reads `[n]`, and points `scan.next` to that argument. */
function readIndex(scan: Scan): boolean {
  const { format, at, args } = scan
  if (format.charAt(at) !== '[') return false
  scan.reordered = true
  const close = format.length - at < 3 ? -1 : format.indexOf(']', at + 1)
  if (close < 0) {
    scan.at = at + 1
    scan.goodIndex = false
    return false
  }
  scan.at = close + 1
  const inside = format.slice(at + 1, close)
  const isNumber = /^\d+$/.test(inside) && !isTooLong(inside)
  const index = isNumber ? Number(inside) - 1 : -1
  if (index >= 0 && index < args.length) scan.next = index
  else scan.goodIndex = false
  return isNumber
}

function readNumber(scan: Scan): number | undefined {
  const { format, at } = scan
  const end = endOfDigits(format, at)
  if (end === at) return undefined
  if (isTooLong(format.slice(at, end))) {
    // Go gives the whole rest of the format up here.
    scan.at = format.length
    return undefined
  }
  scan.at = end
  return Number(format.slice(at, end))
}

/** Whether a further digit follows a number that is already above the limit. */
function isTooLong(digits: string): boolean {
  return Number(digits.slice(0, -1)) > MAX_NUMBER
}

function sizeFromArgument(scan: Scan): number | undefined {
  const { args, next } = scan
  if (next >= args.length) return undefined
  scan.next++
  const value = args[next]
  if (!(value instanceof GoInt)) return undefined
  const size = Number(value.value)
  return Math.abs(size) > MAX_NUMBER ? undefined : size
}

function extraArguments({ args, next, reordered, budget }: Scan): string {
  if (reordered || next >= args.length) return ''
  const extra = args
    .slice(next)
    .map((value) =>
      kindOf(value) === 'invalid' ? '<nil>' : `${typeName(value)}=${sprint(value, budget)}`,
    )
  return `%!(EXTRA ${extra.join(', ')})`
}
