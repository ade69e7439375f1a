import { isDigit } from '../base/ascii.ts'
import { YamlError } from './yaml-error.ts'

/**
 * A place in a YAML text that moves forward and knows its line.
 *
 * The text ends with a NUL, which no YAML text holds, so that looking ahead needs no bounds.
 */
export class YamlCursor {
  readonly text: string
  at: number
  /** Lines before this place. */
  line: number
  lineStart: number
  /** Whether the plain scalar just read ended with a line break. */
  brokeLine = false
  /** Whether no other line breaks than line feeds are in the text. */
  hasOnlyLineFeeds = false
  /** Where comments are collected, if anybody wants them. */
  comments: YamlComment[] | undefined

  /** @param text ends with a NUL; reading starts at `at`, the start of the line `line` */
  constructor(text: string, at = 0, line = 0) {
    this.text = text
    this.at = at
    this.line = line
    this.lineStart = at
  }

  get column(): number {
    return this.at - this.lineStart
  }

  get code(): number {
    return this.text.charCodeAt(this.at)
  }

  peek(distance: number): number {
    return this.text.charCodeAt(this.at + distance)
  }

  mark(): Mark {
    return { at: this.at, line: this.line, column: this.column }
  }

  /** Passes the line break here and gives it as scalars keep it: a newline, LS or PS. */
  readBreak(): string {
    const code = this.code
    this.at += code === CR && this.peek(1) === LF ? 2 : 1
    this.line++
    this.lineStart = this.at
    return code === LS || code === PS ? String.fromCharCode(code) : '\n'
  }

  skipBlanks(): void {
    while (isBlank(this.code)) this.at++
  }

  skipSpaces(): void {
    while (this.code === SPACE) this.at++
  }

  skipComment(): void {
    if (this.code !== HASH) return
    const { at, line, column } = this
    this.skipToBreak()
    this.comments?.push({ start: { at, line, column }, text: this.text.slice(at + 1, this.at) })
  }

  skipToBreak(): void {
    if (this.hasOnlyLineFeeds) {
      const end = this.text.indexOf('\n', this.at)
      this.at = end < 0 ? this.text.length - 1 : end
      return
    }
    while (!isBreakOrEnd(this.code)) this.at++
  }

  /** Whether a line that starts here is `---` or `...`. */
  atDocumentIndicator(): boolean {
    if (this.at !== this.lineStart) return false
    const code = this.code
    if (code !== DASH && code !== DOT) return false
    return this.peek(1) === code && this.peek(2) === code && isBlankOrEnd(this.peek(3))
  }

  /**
   * Refuses the text here; goyaml adds one to the line of what its scanner refuses.
   *
   * @param start where the broken construct starts, if that tells a person more
   */
  fail(problem: string, start: Mark = this.mark()): never {
    throw yamlError(problem, { goLine: this.line === 0 ? 0 : this.line + 1, mark: start })
  }
}

export interface YamlComment {
  readonly start: Mark
  /** All behind the `#`. */
  readonly text: string
}

/** A place as the scanner counts: from 0. */
export interface Mark {
  readonly at: number
  readonly line: number
  readonly column: number
}

/** Builds goyaml's error text; a `goLine` of 0 is left out, as goyaml does. */
export function yamlError(problem: string, place: { goLine: number; mark: Mark }): YamlError {
  const { goLine, mark } = place
  const where = goLine === 0 ? '' : `line ${goLine}: `
  return new YamlError(`yaml: ${where}${problem}`, { problem, position: positionOf(mark) })
}

/** The place as people count: from 1. */
export function positionOf(mark: Mark): { line: number; column: number } {
  return { line: mark.line + 1, column: mark.column + 1 }
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

export function isBreak(code: number): boolean {
  return code === LF || code === CR || code === NEL || code === LS || code === PS
}

/** Whether a line ends before this character; the text ends with a NUL. */
export function isBreakOrEnd(code: number): boolean {
  return code === 0 || isBreak(code)
}

/** Whether a word ends before this character. */
export function isBlankOrEnd(code: number): boolean {
  return code === SPACE || code === LF || code === TAB || isBreakOrEnd(code)
}

/** Whether the character may stand in an anchor or a tag handle: `[0-9A-Za-z_-]`. */
export function isWord(code: number): boolean {
  const lower = code | 32
  return isDigit(code) || (lower >= 97 && lower <= 122) || code === 95 || code === DASH
}

/** The value of a hexadecimal digit; -1 for any other character. */
export function hexValue(code: number): number {
  if (isDigit(code)) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const HASH = 35
const DASH = 45
const DOT = 46
const NEL = 0x85
const LS = 0x2028
const PS = 0x2029
