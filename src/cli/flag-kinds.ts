import * as Flags from '@oclif/core/flags'
import { parseDuration } from '../golang/duration.ts'

/** A Go duration such as `5m0s`, not below zero; the command gets milliseconds. */
export const duration = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async (text) => readDuration(text),
})

/**
 * Reads a Go duration as milliseconds, of which a part counts as a whole one.
 *
 * @throws GoError for what is none, RangeError when it is negative
 */
export function readDuration(text: string): number {
  const nanoseconds = parseDuration(text)
  if (nanoseconds < 0n) throw new RangeError('must not be negative')
  return Number((nanoseconds + 999_999n) / 1_000_000n)
}

/** A whole number, at least `min` where there is one. */
export const integer = Flags.custom<number, { min?: number }>({
  helpValue: 'NUMBER',
  parse: async (text, _, { min = -Infinity }) => {
    if (!/^-?\d+$/.test(text)) {
      throw new RangeError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
    }
    if (Number(text) < min) throw new RangeError(`must be at least ${min}`)
    return Number(text)
  },
})

/** A size such as `500Mi` or `2Gi`; the command gets bytes. */
export const size = Flags.custom<number>({
  helpValue: 'SIZE',
  parse: async (text) => {
    const [, digits, unit = ''] = /^(\d{1,12})(Ki|Mi|Gi|Ti)?$/.exec(text) ?? []
    if (digits === undefined) throw new RangeError('must be a size such as 500Mi or 2Gi')
    return Number(digits) * 1024 ** ['', 'Ki', 'Mi', 'Gi', 'Ti'].indexOf(unit)
  },
})

interface ListOptions {
  summary: string
  char?: 'f' | 'l' | 'a' | 's'
  helpGroup?: string
  aliases?: string[]
  /** The value is a comma-separated list. */
  commas?: boolean
  /** What it means without a value. */
  bare?: string
  helpValue?: string
}

/** A flag that may be repeated; each value in the order given. */
export function list(options: ListOptions) {
  return Flags.string({ ...options, multiple: true, multipleNonGreedy: true })
}
