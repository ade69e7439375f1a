import { formatFloat } from '../golang/strconv.ts'
import { fn, type GoFunction, variadic } from '../golang/function.ts'
import { GoError, type Value } from '../golang/value.ts'
import { toFloat64 } from './cast.ts'

/** `digits × 10^exponent`, exactly. */
interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

type Operation = (left: Decimal, right: Decimal) => Decimal

/**
 * Gives the float functions that count in decimals, so that 0.1 + 0.2 is 0.3.
 *
 * Source: Masterminds/sprig v3.3.0 numeric.go, `execDecimalOp`; shopspring/decimal v1.4.0.
 */
export function decimalFunctions(): Record<string, GoFunction> {
  return {
    add1f: fn(['any'], (value: Value) => compute(value, [1], add)),
    addf: variadic(['any'], (...values: Value[]) => compute(0, values, add)),
    subf: folding((left, right) => add(left, { ...right, digits: -right.digits })),
    mulf: folding((left, right) => ({
      digits: left.digits * right.digits,
      exponent: left.exponent + right.exponent,
    })),
    divf: folding(divide),
  }
}

function folding(operation: Operation): GoFunction {
  return variadic(['any', 'any'], (first: Value, ...others: Value[]) =>
    compute(first, others, operation),
  )
}

function compute(first: Value, others: Value[], operation: Operation): number {
  const { digits, exponent } = others.reduce<Decimal>(
    (result, other) => operation(result, toDecimal(other)),
    toDecimal(first),
  )
  return Number(`${digits}e${exponent}`)
}

/** The shortest decimal that reads back as the same float. */
function toDecimal(value: Value): Decimal {
  const float = toFloat64(value)
  if (!Number.isFinite(float)) {
    throw new GoError(`Cannot create a Decimal from ${formatFloat(float, 'g', -1)}`)
  }
  const [, whole = '', fraction = '', power = '0'] =
    /^(-?\d)(?:\.(\d+))?e(.+)$/.exec(float.toExponential()) ?? []
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length }
}

function add(left: Decimal, right: Decimal): Decimal {
  const exponent = Math.min(left.exponent, right.exponent)
  return { digits: scaled(left, exponent) + scaled(right, exponent), exponent }
}

/** Rounds the quotient to 16 places behind the point, a half away from zero. */
function divide(left: Decimal, right: Decimal): Decimal {
  if (right.digits === 0n) throw new GoError('decimal division by 0')
  const shift = left.exponent - right.exponent + DIVISION_PLACES
  const dividend = left.digits * 10n ** BigInt(Math.max(shift, 0))
  const divisor = right.digits * 10n ** BigInt(Math.max(-shift, 0))
  const quotient = dividend / divisor
  const rest = absolute(dividend % divisor)
  const up = rest * 2n >= absolute(divisor) ? 1n : 0n
  const sign = dividend < 0n === divisor < 0n ? 1n : -1n
  return { digits: quotient + sign * up, exponent: -DIVISION_PLACES }
}

function scaled({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to)
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

const DIVISION_PLACES = 16
