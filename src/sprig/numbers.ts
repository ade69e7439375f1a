import { PkgError } from '../base/errors.ts'
import { sprint } from '../golang/format.ts'
import { fn, type GoFunction, variadic } from '../golang/function.ts'
import { parseInt } from '../golang/strconv.ts'
import { GoError, GoInt, int, int64, type Value, withType } from '../golang/value.ts'
import { atoi, orZero, toFloat64, toInt64 } from './cast.ts'
import { decimalFunctions } from './decimals.ts'
import type { RandomBytes } from './random.ts'
import { randomBelow } from './random.ts'

/**
 * Gives the functions over numbers: conversions, int64 and float arithmetic, ranges.
 *
 * Source: Masterminds/sprig v3.3.0 numeric.go, functions.go.
 */
export function numberFunctions(random: RandomBytes): Record<string, GoFunction> {
  return {
    ...conversions(),
    ...arithmetic(),
    ...decimalFunctions(),
    ...rounding(),
    ...ranges(),
    randInt: fn(['int', 'int'], (from: GoInt, before: GoInt) =>
      int(from.value + randomBelow(random, BigInt.asIntN(64, before.value - from.value))),
    ),
  }
}

function conversions(): Record<string, GoFunction> {
  return {
    int: fn(['any'], toInt),
    int64: fn(['any'], (value: Value) => int64(toInt64(value))),
    float64: fn(['any'], toFloat64),
    atoi: fn(['string'], (text: string) => int(atoi(text))),
    toDecimal: fn(['any'], (value: Value) => int64(orZero(() => parseInt(sprint(value), 8), 0n))),
  }
}

/** Numbers of values are float64s, and nearly all of them are integers. */
function toInt(value: Value): GoInt {
  return int(typeof value === 'number' && Number.isSafeInteger(value) ? value : toInt64(value))
}

function arithmetic(): Record<string, GoFunction> {
  const biggest = extreme((a, b) => a > b)
  return {
    add1: fn(['any'], (value: Value) => int64(toInt64(value) + 1n)),
    add: variadic(['any'], (...values: Value[]) =>
      int64(values.reduce((sum: bigint, value) => sum + toInt64(value), 0n)),
    ),
    sub: fn(['any', 'any'], (a: Value, b: Value) => int64(toInt64(a) - toInt64(b))),
    mul: variadic(['any', 'any'], (first: Value, ...others: Value[]) =>
      int64(others.reduce((product: bigint, value) => product * toInt64(value), toInt64(first))),
    ),
    div: fn(['any', 'any'], (a: Value, b: Value) => int64(toInt64(a) / divisor(b))),
    mod: fn(['any', 'any'], (a: Value, b: Value) => int64(toInt64(a) % divisor(b))),
    max: biggest,
    biggest,
    min: extreme((a, b) => a < b),
    maxf: extremeFloat(Math.max),
    minf: extremeFloat(Math.min),
  }
}

function divisor(value: Value): bigint {
  const number = toInt64(value)
  if (number === 0n) throw new GoError('runtime error: integer divide by zero')
  return number
}

function extreme(beats: (a: bigint, b: bigint) => boolean): GoFunction {
  return variadic(['any', 'any'], (first: Value, ...others: Value[]) =>
    int64(
      others
        .map(toInt64)
        .reduce((best, value) => (beats(value, best) ? value : best), toInt64(first)),
    ),
  )
}

/** An infinity of the wanted sign wins even over NaN in Go, unlike in JavaScript. */
function extremeFloat(pick: (a: number, b: number) => number): GoFunction {
  const winner = pick(-Infinity, Infinity)
  return variadic(['any', 'any'], (...values: Value[]) => {
    const floats = values.map(toFloat64)
    return floats.includes(winner) ? winner : floats.reduce((best, value) => pick(best, value))
  })
}

function rounding(): Record<string, GoFunction> {
  return {
    floor: fn(['any'], (value: Value) => Math.floor(toFloat64(value))),
    ceil: fn(['any'], (value: Value) => Math.ceil(toFloat64(value))),
    round: variadic(
      ['any', 'int', 'float64'],
      (value: Value, places: GoInt, ...roundOn: number[]) => round(value, places, roundOn[0]),
    ),
  }
}

/**
 * Rounds to a number of places, up where the cut-off part is at least `roundOn`.
 *
 * A negative number therefore rounds towards minus infinity, as in Sprig: -2.7 gives -3,
 * and so does -2.2.
 */
function round(value: Value, places: GoInt, roundOn = 0.5): number {
  const power = powerOfTen(Number(places.value))
  const shifted = power * toFloat64(value)
  const part = Number.isFinite(shifted) ? shifted % 1 : Number.NaN
  return (part >= roundOn ? Math.ceil(shifted) : Math.floor(shifted)) / power
}

/** The nearest float to 10^places; JavaScript's `10 ** n` is off by one bit for some n. */
function powerOfTen(places: number): number {
  return places < 0 ? 1 / Number(`1e${-places}`) : Number(`1e${places}`)
}

function ranges(): Record<string, GoFunction> {
  return {
    until: fn(['int'], (count: GoInt) => ints(range(0n, count.value, count.value < 0n ? -1n : 1n))),
    untilStep: fn(['int', 'int', 'int'], (start: GoInt, stop: GoInt, step: GoInt) =>
      ints(range(start.value, stop.value, step.value)),
    ),
    seq: variadic(['int'], (...parameters: GoInt[]) =>
      sequence(parameters.map(({ value }) => value)).join(' '),
    ),
  }
}

/** The whole numbers from `start` on, up to but without `stop`. */
function range(start: bigint, stop: bigint, step: bigint): bigint[] {
  const upwards = stop >= start
  if (upwards ? step <= 0n : step >= 0n) return []
  const count = (stop - start + step + (upwards ? -1n : 1n)) / step
  if (count > MOST_ITEMS) {
    throw new PkgError('RENDER_BUDGET', `a range of ${count} numbers is more than ${MOST_ITEMS}`)
  }
  return Array.from({ length: Number(count) }, (_, at) => start + BigInt(at) * step)
}

/** As seq(1): last; first last; or first step last. */
function sequence(parameters: bigint[]): bigint[] {
  const [a = 0n, b = 0n, c = 0n] = parameters
  switch (parameters.length) {
    case 1:
      return inclusive(1n, a, a < 1n ? -1n : 1n)
    case 2:
      return inclusive(a, b, b < a ? -1n : 1n)
    case 3:
      return inclusive(a, c, b)
    default:
      return []
  }
}

function inclusive(start: bigint, end: bigint, step: bigint): bigint[] {
  if (end < start) return step > 0n ? [] : range(start, end - 1n, step)
  return range(start, end + 1n, step)
}

function ints(values: bigint[]): Value {
  return withType(values.map(int) as Value[], { name: '[]int', zero: int(0) })
}

const MOST_ITEMS = 10_000_000n
