/** An index that is not as Helm writes them; the general reader of YAML has to look at it. */
export class Irregular extends Error {}

/** Leaves the index to the general reader. */
export function giveUp(): never {
  throw new Irregular('irregular index')
}

const LINE_FEED = 10
const RETURN = 13
const BLANK = 32
const COLON = 58

/**
 * Goes through a text line by line. Columns and characters are bytes: `textOf` makes text of them.
 *
 * It looks at the bytes themselves, as most of an index is passed over and never needed as text.
 */
export class Lines {
  /** Blanks before the line's first other character; −1 at the end. */
  indent = 0
  /** Whether there is nothing but blanks. */
  isBlank = false
  /** Whether all lines have been read. */
  isEnd = false

  readonly #bytes: Buffer
  /** Where the line begins in the text, and where it ends. */
  #start = 0
  #end = -1

  constructor(bytes: Buffer) {
    if (bytes.includes(RETURN)) giveUp()
    this.#bytes = bytes
    this.next()
  }

  /** The line without its line feed. */
  get line(): string {
    return this.#bytes.toString('latin1', this.#start, this.#end)
  }

  /** Where the line begins in the text; its length at the end. */
  get offset(): number {
    return this.#start
  }

  next(): void {
    const bytes = this.#bytes
    const { length } = bytes
    const from = this.#end + 1
    if (from >= length) return this.#finish()
    let first = from
    while (first < length && bytes[first] === BLANK) first++
    this.#start = from
    this.indent = first - from
    this.#endFrom(first)
    this.isBlank = first === this.#end
  }

  /** Goes back to the line that begins at an offset. */
  seek(offset: number): void {
    this.#end = offset - 1
    this.isEnd = false
    this.next()
  }

  /** The lines from one that begins at an offset to the one before this, as they are. */
  textSince(offset: number): string {
    return this.#bytes.toString('utf8', offset, this.#start)
  }

  /** The line from a column on. */
  from(column: number): string {
    return this.between(column, this.#end - this.#start)
  }

  /** The line between two columns. */
  between(column: number, end: number): string {
    return this.#bytes.toString('latin1', this.#start + column, this.#start + end)
  }

  /** The line from a column on, without blanks at its end. */
  trimmed(column: number): string {
    let end = this.#end
    while (end > this.#start && this.#bytes[end - 1] === BLANK) end--
    return this.between(column, end - this.#start)
  }

  /** The first column from this one on where no blank is; −1 when there are only blanks. */
  wordFrom(column: number): number {
    let at = this.#start + column
    while (at < this.#end && this.#bytes[at] === BLANK) at++
    return at < this.#end ? at - this.#start : -1
  }

  /** The character at a column. */
  at(column: number): string {
    return String.fromCharCode(this.#bytes[this.#start + column] ?? LINE_FEED)
  }

  /** Whether the text stands in the line, behind its blanks. */
  startsWith(text: string): boolean {
    const from = this.#start + this.indent
    if (from + text.length > this.#end) return false
    for (let at = 0; at < text.length; at++) {
      if (this.#bytes[from + at] !== text.charCodeAt(at)) return false
    }
    return true
  }

  /** Where the line's first colon is, which a blank or the line's end follows; −1 without one. */
  colon(): number {
    let at = this.#start
    while (at < this.#end && this.#bytes[at] !== COLON) at++
    return at < this.#end && this.#isKeyEnd(at) ? at - this.#start : -1
  }

  /** Whether no character of the line is of those that YAML could mean something by. */
  isWords(): boolean {
    for (let at = this.#start + this.indent; at < this.#end; at++) {
      if (WORDS[this.#bytes[at] ?? 0] === ODD) return false
    }
    return true
  }

  /** Whether the line is surely, from a column on, ASCII text that YAML takes as it is. */
  isPlain(column: number): boolean {
    const bytes = this.#bytes
    const from = this.#start + column
    if (!isAlphanumeric(bytes[from] ?? 0)) return false
    for (let at = from; at < this.#end; at++) {
      const kind = WORDS[bytes[at] ?? 0]
      if (kind !== WORD && (bytes[at] !== COLON || this.#isKeyEnd(at))) return false
    }
    return true
  }

  /**
   * How many characters are, from a column on, the same as those from an offset of the text on.
   *
   * @param most where to stop
   */
  sameAs(offset: number, most: number, column: number): number {
    const bytes = this.#bytes
    const from = this.#start + column
    const length = Math.min(most, bytes.length - from)
    let at = 0
    while (at < length && bytes[from + at] === bytes[offset + at]) at++
    return at
  }

  /** Whether a letter is where the line's blanks end. */
  isAtLetter(): boolean {
    return isLetter(this.#bytes[this.#start + this.indent] ?? 0)
  }

  /**
   * Goes to a line that begins with blanks and then, at a column of this line that lies behind its
   * end, a letter.
   *
   * @param indent how many blanks
   * @returns false when no letter is there; it stays where it is then
   */
  goToLetter(column: number, indent: number): boolean {
    const first = this.#start + column
    if (!isLetter(this.#bytes[first] ?? 0)) return false
    this.#start = first - indent
    this.indent = indent
    this.#endFrom(first)
    return true
  }

  #endFrom(at: number): void {
    const bytes = this.#bytes
    const { length } = bytes
    let end = at
    while (end < length && bytes[end] !== LINE_FEED) end++
    this.#end = end
  }

  #isKeyEnd(colon: number): boolean {
    return colon + 1 === this.#end || this.#bytes[colon + 1] === BLANK
  }

  #finish(): void {
    this.isEnd = true
    this.isBlank = false
    this.indent = -1
    this.#start = this.#bytes.length
    this.#end = this.#bytes.length
  }
}

const ODD = 0
const WORD = 1

/**
 * What each character is in plain words: odd, part of a word, or either by what is around it, as
 * a colon may end a key or be in a URL.
 */
const WORDS = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 128 || code === COLON) return 2
  return /[\w ./()+;<=~^$,\\-]/.test(String.fromCharCode(code)) ? WORD : ODD
})

function isLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

function isAlphanumeric(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 57)
}

const NOT_ASCII = /[\x80-\xff]/

/** Text of characters that each stand for a byte. */
export function textOf(characters: string): string {
  if (!NOT_ASCII.test(characters)) return characters
  return Buffer.from(characters, 'latin1').toString('utf8')
}
