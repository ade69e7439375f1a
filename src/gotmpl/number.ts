import { parseFloat, parseInt, parseUint, quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import type { NumberNode } from './nodes.ts'
import { unquoteChar } from './unquote.ts'

type Meanings = Pick<NumberNode, 'int' | 'uint' | 'float' | 'complex'>

const INT_RANGE = 2 ** 63
const UINT_RANGE = 2 ** 64

/**
 * Reads a number or a character constant.
 *
 * @throws GoError with Go's text when it is none
 *
 * Source: Go's text/template/parse/node.go, `newNumber`.
 */
export function readNumber(
  text: string,
  kind: 'number' | 'complex' | 'char constant',
  at: number,
): NumberNode {
  return { kind: 'number', at, text, ...meaningsOf(text, kind) }
}

function meaningsOf(text: string, kind: 'number' | 'complex' | 'char constant'): Meanings {
  if (kind === 'char constant') return characterMeanings(text)
  if (kind === 'complex') return complexMeanings(text)
  if (text.endsWith('i')) {
    const imaginary = attempt(() => parseFloat(text.slice(0, -1)))
    if (imaginary !== undefined) return simplified(0, imaginary)
  }
  const uint = attempt(() => parseUint(text, 0))
  const int = attempt(() => parseInt(text, 0))
  if (int !== undefined || uint !== undefined) {
    // ParseUint refuses a sign, but −0 is a uint all the same.
    return {
      int,
      uint: int === 0n ? 0n : uint,
      float: Number(int ?? uint),
      complex: undefined,
    }
  }
  const float = attempt(() => parseFloat(text))
  if (float === undefined) throw new GoError(`illegal number syntax: ${quote(text)}`)
  // What reads as a float but is written as an integer is too large for an integer.
  if (!/[.eEpP]/.test(text)) throw new GoError(`integer overflow: ${quote(text)}`)
  return floatMeanings(float)
}

function characterMeanings(text: string): Meanings {
  const character = unquoteChar(text)
  if (character === undefined) throw new GoError('invalid syntax')
  if (character.rest !== "'") throw new GoError(`malformed character constant: ${text}`)
  const { point } = character
  return { int: BigInt(point), uint: BigInt(point), float: point, complex: undefined }
}

function complexMeanings(text: string): Meanings {
  const [, real, imaginary] = /^(.*[^eEpP])([+-].*)i$/.exec(text) ?? []
  if (real === undefined || imaginary === undefined)
    throw new GoError('syntax error scanning complex number')
  return simplified(parseFloat(real), parseFloat(imaginary))
}

function simplified(real: number, imaginary: number): Meanings {
  const simple: Meanings =
    imaginary === 0
      ? floatMeanings(real)
      : { int: undefined, uint: undefined, float: undefined, complex: undefined }
  return { ...simple, complex: [real, imaginary] }
}

function floatMeanings(float: number): Meanings {
  const isWhole = Number.isInteger(float)
  return {
    int: isWhole && float >= -INT_RANGE && float < INT_RANGE ? BigInt(float) : undefined,
    uint: isWhole && float >= 0 && float < UINT_RANGE ? BigInt(float) : undefined,
    float,
    complex: undefined,
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof GoError) return undefined
    throw error
  }
}
