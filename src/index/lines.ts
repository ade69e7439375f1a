/** An index that is not as Helm writes them; the general reader of YAML has to look at it. */
export class Irregular extends Error {}

/** Leaves the index to the general reader. */
export function giveUp(): never {
  throw new Irregular('irregular index')
}

const WINDOW = 1 << 20
const LINE_FEED = 10
const RETURN = 13
const BLANK = 32

/**
 * Goes through a text line by line. Characters are bytes: `textOf` makes text of them.
 *
 * The text is cut into strings a piece at a time, so that it is never there twice.
 */
export class Lines {
  /** Blanks before the line's first other character. */
  indent = 0
  /** Whether there is nothing but blanks. */
  isBlank = false
  /** Whether all lines have been read. */
  isEnd = false

  readonly #bytes: Buffer
  #next = 0
  #window = ''
  /** Where the window begins in the text. */
  #base = 0
  #start = 0
  #end = -1

  constructor(bytes: Buffer) {
    if (bytes.includes(RETURN)) giveUp()
    this.#bytes = bytes
    this.next()
  }

  /** The line without its line feed. */
  get line(): string {
    return this.#window.slice(this.#start, this.#end)
  }

  /** Where the line begins in the text; its length at the end. */
  get offset(): number {
    return this.isEnd ? this.#bytes.length : this.#base + this.#start
  }

  /** Goes back to the line that begins at an offset. */
  seek(offset: number): void {
    if (this.isEnd || offset < this.#base) {
      this.#next = offset
      this.#load()
    } else this.#end = offset - this.#base - 1
    this.isEnd = false
    this.next()
  }

  /** The lines from one that begins at an offset to the one before this, as they are. */
  textSince(offset: number): string {
    return this.#bytes.toString('utf8', offset, this.offset)
  }

  /** The line from a column on. */
  from(column: number): string {
    return this.#window.slice(this.#start + column, this.#end)
  }

  /** The line between two columns. */
  between(column: number, end: number): string {
    return this.#window.slice(this.#start + column, this.#start + end)
  }

  /** Whether the text stands in the line, behind its blanks. */
  startsWith(text: string): boolean {
    return this.#window.startsWith(text, this.#start + this.indent)
  }

  /** Where the line's first colon is, which a blank or the line's end follows; −1 without one. */
  colon(): number {
    const at = this.#window.indexOf(':', this.#start)
    if (at < 0 || at >= this.#end) return -1
    const isKey = at + 1 === this.#end || this.#window.charCodeAt(at + 1) === BLANK
    return isKey ? at - this.#start : -1
  }

  /** Whether no character of the line is of those that YAML could mean something by. */
  isWords(): boolean {
    for (let at = this.#start + this.indent; at < this.#end; at++) {
      if (WORDS[this.#window.charCodeAt(at)] === 0) return false
    }
    return true
  }

  next(): void {
    if (this.#end + 1 >= this.#window.length && !this.#load()) return this.#finish()
    const from = this.#end + 1
    const window = this.#window
    let end = window.indexOf('\n', from)
    if (end < 0) end = window.length
    let first = from
    while (first < end && window.charCodeAt(first) === BLANK) first++
    this.indent = first - from
    this.isBlank = first === end
    this.#start = from
    this.#end = end
  }

  #finish(): void {
    this.isEnd = true
    this.isBlank = false
    this.indent = -1
    this.#window = ''
    this.#start = 0
    this.#end = 0
  }

  #load(): boolean {
    const { length } = this.#bytes
    if (this.#next >= length) return false
    let end = Math.min(this.#next + WINDOW, length)
    if (end < length) {
      const feed = this.#bytes.indexOf(LINE_FEED, end)
      end = feed < 0 ? length : feed + 1
    }
    this.#window = this.#bytes.toString('latin1', this.#next, end)
    this.#base = this.#next
    this.#next = end
    this.#start = 0
    this.#end = -1
    return true
  }
}

/** 1 for the characters of plain words, by their code; a colon may end a key or be in a URL. */
const WORDS = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 128 || /[\w ./:()+;<=~^$,\\-]/.test(String.fromCharCode(code)) ? 1 : 0,
)

const NOT_ASCII = /[\x80-\xff]/

/** Text of characters that each stand for a byte. */
export function textOf(characters: string): string {
  if (!NOT_ASCII.test(characters)) return characters
  return Buffer.from(characters, 'latin1').toString('utf8')
}
