/** What ended a piece of text: the stop character itself, or the end. */
export type Stop = string | undefined

export interface Piece {
  text: string
  stop: Stop
}

/** Reads a `--set` expression character by character, with Go's idea of a character. */
export class Runes {
  private readonly source: string
  private at = 0

  constructor(source: string) {
    this.source = source
  }

  /** UTF-16 units that have been read. */
  get offset(): number {
    return this.at
  }

  /** The text that has not been read. */
  get rest(): string {
    return this.source.slice(this.at)
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length
  }

  /** The next character, which stays unread; undefined at the end. */
  peek(): string | undefined {
    const point = this.source.codePointAt(this.at)
    return point === undefined ? undefined : String.fromCodePoint(point)
  }

  /** Leaves `count` UTF-16 units behind. */
  skip(count: number): void {
    this.at += count
  }

  /** Reads to the first of the stop characters and past it; a backslash quotes the next one. */
  until(stops: string, escapes: boolean): Piece {
    let text = ''
    while (!this.isAtEnd) {
      const character = this.next()
      if (stops.includes(character)) return { text, stop: character }
      if (character !== '\\' || !escapes) text += character
      else if (this.isAtEnd) return { text, stop: undefined }
      else text += this.next()
    }
    return { text, stop: undefined }
  }

  private next(): string {
    const character = this.peek() ?? ''
    this.at += character.length
    return character
  }
}
