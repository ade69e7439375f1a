import { GoInt } from '../golang/value.ts'
import type { JsonNumber } from './schema-json.ts'

/** An exact decimal: `digits` × 10 ^ `exponent`. */
export interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/** The exact value of a number; of a float64 that of its shortest decimal form, as Go has it. */
export function decimalOf(value: number | GoInt | JsonNumber): Decimal {
  if (value instanceof GoInt) return { digits: value.value, exponent: 0 }
  const text = typeof value === 'number' ? String(value) : value.text
  const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  return normalize(BigInt(whole + fraction), Number(exponent) - fraction.length)
}

/** Negative when `a` is the smaller one. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (isFarApart(a, b)) return compareFarApart(a, b)
  const [left, right] = align(a, b)
  return left === right ? 0 : left < right ? -1 : 1
}

export function isWhole({ digits, exponent }: Decimal): boolean {
  return exponent >= 0 || digits === 0n
}

/** Whether `a` is a whole multiple of `b`. */
export function isMultipleOf(a: Decimal, b: Decimal): boolean {
  if (a.digits === 0n) return true
  if (b.digits === 0n) return false
  if (isFarApart(a, b)) return a.exponent > b.exponent
  const [left, right] = align(a, b)
  return left % right === 0n
}

/** Prints a whole number with a comma between thousands. */
export function printCount(value: number): string {
  return groupThousands(String(value))
}

/**
 * Prints a number as messages do: six digits before the point with commas, beyond that
 * with a power of ten that has two digits at least.
 *
 * Source: golang.org/x/text/message, `%v` of a float64 in English.
 */
export function printNumber(value: Decimal): string {
  const number = Number(`${value.digits}e${value.exponent}`)
  const [mantissa = '0', power = '0'] = number.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) {
    const [whole = '0', fraction] = String(number).split('.')
    return groupThousands(whole) + (fraction === undefined ? '' : `.${fraction}`)
  }
  const digits = String(Math.abs(exponent)).padStart(2, '0')
  const raised = digits.replaceAll(/\d/g, (digit) => SUPERSCRIPTS.charAt(Number(digit)))
  return `${mantissa}×10${exponent < 0 ? '⁻' : ''}${raised}`
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** No float64 has an exponent beyond this, and no schema means one. */
const FAR = 5000

function normalize(digits: bigint, exponent: number): Decimal {
  if (digits === 0n) return { digits, exponent: 0 }
  let shorter = digits
  let power = exponent
  while (shorter % 10n === 0n) {
    shorter /= 10n
    power++
  }
  return { digits: shorter, exponent: power }
}

function isFarApart(a: Decimal, b: Decimal): boolean {
  return Math.abs(a.exponent - b.exponent) > FAR
}

/** With so different exponents the larger one decides, by the sign of its number. */
function compareFarApart(a: Decimal, b: Decimal): number {
  if (a.exponent > b.exponent) return a.digits < 0n ? -1 : 1
  return b.digits < 0n ? 1 : -1
}

function align(a: Decimal, b: Decimal): [bigint, bigint] {
  const exponent = Math.min(a.exponent, b.exponent)
  return [
    a.digits * 10n ** BigInt(a.exponent - exponent),
    b.digits * 10n ** BigInt(b.exponent - exponent),
  ]
}

function groupThousands(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}
