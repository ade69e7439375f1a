import type { GoMap, Value } from '../golang/value.ts'

/*
 * Values in a form that takes less to read again than any text: every scalar once, as most names
 * and many texts come often, and numbers that say how they are put together. A number from zero on
 * is the place of a scalar. One below begins a list or a map and tells what it has:
 * −1 − 2 × items of a list, and −2 − 2 × entries of a map, each a name and its value.
 */

/** What a tree has at its ends. */
export type Scalar = null | boolean | number | string

/** Takes up values, one after the other. */
export class TreeWriter {
  readonly numbers: number[] = []
  readonly scalars: Scalar[] = []
  private readonly places = new Map<Scalar, number>()

  /**
   * @returns where in `numbers` the value begins; undefined, with nothing written, for one that
   *   holds what JSON does not give back as it was
   */
  write(value: Value): number | undefined {
    const start = this.numbers.length
    if (this.add(value)) return start
    this.numbers.length = start
    return undefined
  }

  private add(value: Value): boolean {
    if (isScalar(value)) {
      this.numbers.push(this.placeOf(value))
      return true
    }
    if (Array.isArray(value)) {
      this.numbers.push(~(2 * value.length))
      return value.every((item) => this.add(item))
    }
    if (!(value instanceof Map)) return false
    this.numbers.push(~(2 * value.size + 1))
    for (const [name, item] of value) {
      this.numbers.push(this.placeOf(name))
      if (!this.add(item)) return false
    }
    return true
  }

  private placeOf(scalar: Scalar): number {
    const known = this.places.get(scalar)
    if (known !== undefined) return known
    const place = this.scalars.push(scalar) - 1
    this.places.set(scalar, place)
    return place
  }
}

function isScalar(value: Value): value is Scalar {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

/** Numbers and scalars of a writer, as they are or from another run. */
export interface Trees {
  numbers: ArrayLike<number>
  scalars: readonly Scalar[]
}

/** Gives the values again that were written. */
export class TreeReader {
  private readonly numbers: ArrayLike<number>
  private readonly scalars: readonly Scalar[]
  private at = 0

  constructor({ numbers, scalars }: Trees) {
    this.numbers = numbers
    this.scalars = scalars
  }

  /** The value that begins there, new with each call. */
  read(start: number): Value {
    this.at = start
    return this.next()
  }

  private next(): Value {
    const number = this.numbers[this.at++] as number
    if (number >= 0) return this.scalars[number] as Scalar
    const count = ~number >> 1
    return (number & 1) === 0 ? this.map(count) : this.list(count)
  }

  private list(count: number): Value[] {
    const list: Value[] = []
    for (let left = count; left > 0; left--) list.push(this.next())
    return list
  }

  private map(count: number): GoMap {
    const { scalars, numbers } = this
    const map: GoMap = new Map()
    for (let left = count; left > 0; left--) {
      const name = scalars[numbers[this.at++] as number] as string
      map.set(name, this.next())
    }
    return map
  }
}
