/*
 * The decimal digits of a float, as Go's strconv sees them before it lays them out.
 *
 * A value is `0.DIGITS × 10^point`; zero has no digits. The shortest digits are those that
 * JavaScript prints too; the exact ones come from big integers, because `toFixed` rounds a
 * half away from zero where Go rounds it to even.
 */

export interface Decimal {
  readonly negative: boolean
  /** No leading and no trailing zeros. */
  readonly digits: string
  /** Where the decimal point stands, counted from the first digit. */
  readonly point: number
}

/** Gives the fewest digits that read back as the same float of that size. */
export function shortestDecimal(value: number, bits: 32 | 64): Decimal {
  if (bits === 64) return fromExponential(value, value.toExponential())
  for (let digits = 0; digits < 8; digits++) {
    const text = value.toExponential(digits)
    if (Math.fround(Number(text)) === Math.fround(value)) return fromExponential(value, text)
  }
  return fromExponential(value, value.toExponential(8))
}

/** Gives `count` significant digits, rounding the exact value half to even. */
export function significantDecimal(value: number, count: number): Decimal {
  return round(exactDecimal(value), count)
}

/** Gives the digits up to `places` behind the decimal point, rounding half to even. */
export function fixedDecimal(value: number, places: number): Decimal {
  const exact = exactDecimal(value)
  return round(exact, exact.point + places)
}

/** A float's parts: `mantissa × 2^exponent`, the mantissa below 2^53. */
export function binaryParts(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(value))
  const bits = view.getBigUint64(0)
  const fraction = bits & ((1n << 52n) - 1n)
  const biased = Number(bits >> 52n)
  if (biased === 0) return { mantissa: fraction, exponent: -1074 }
  return { mantissa: fraction | (1n << 52n), exponent: biased - 1075 }
}

function fromExponential(value: number, text: string): Decimal {
  const at = text.indexOf('e')
  const digits = text.slice(0, at).replace('-', '').replace('.', '')
  return trimmed(isNegative(value), digits, Number(text.slice(at + 1)) + 1)
}

/** Every digit of the float, at most 767 of them. */
function exactDecimal(value: number): Decimal {
  const { mantissa, exponent } = binaryParts(value)
  if (mantissa === 0n) return { negative: isNegative(value), digits: '', point: 0 }
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent)
  const digits = scaled.toString()
  return trimmed(isNegative(value), digits, digits.length + Math.min(exponent, 0))
}

function round(decimal: Decimal, count: number): Decimal {
  const { negative, digits, point } = decimal
  if (count >= digits.length) return decimal
  if (count < 0) return { negative, digits: '', point: 0 }
  const kept = digits.slice(0, count)
  if (!roundsUp(digits, count)) return trimmed(negative, kept, point)
  const raised = (BigInt(kept === '' ? '0' : kept) + 1n).toString()
  return trimmed(negative, raised, point + raised.length - count)
}

function roundsUp(digits: string, at: number): boolean {
  const next = digits.charCodeAt(at) - 48
  if (next !== 5 || at + 1 < digits.length) return next >= 5
  return at > 0 && digits.charCodeAt(at - 1) % 2 === 1
}

function trimmed(negative: boolean, digits: string, point: number): Decimal {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--
  if (end === 0) return { negative, digits: '', point: 0 }
  return { negative, digits: digits.slice(0, end), point }
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0)
}
