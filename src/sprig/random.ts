import { requirePackage } from '../base/lazy.ts'
import { GoError } from '../golang/value.ts'

/** Gives that many bytes that nobody can guess. */
export type RandomBytes = (count: number) => Uint8Array

/** The system's own source of random bytes. */
export function systemRandom(count: number): Uint8Array {
  const { randomBytes } = requirePackage('node:crypto') as typeof import('node:crypto')
  return randomBytes(count)
}

/** A number from 0 to before `bound`, each equally likely; @throws GoError as rand.Intn. */
export function randomBelow(random: RandomBytes, bound: bigint): bigint {
  if (bound <= 0n) throw new GoError('invalid argument to Intn')
  const span = 2n ** 64n
  const fair = span - (span % bound)
  for (;;) {
    const value = Buffer.from(random(8)).readBigUInt64BE()
    if (value < fair) return value % bound
  }
}

/** A text of that many characters of `alphabet`, which holds at most 256; '' for none. */
export function randomText(random: RandomBytes, count: number, alphabet: string): string {
  const fair = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < count) {
    for (const byte of random(count - text.length)) {
      if (byte < fair) text += alphabet.charAt(byte % alphabet.length)
    }
  }
  return text
}
