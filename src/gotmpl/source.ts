import type { SourceSpan } from '../base/errors.ts'
import { quotableTemplateLine } from '../base/secret-text.ts'
import { byteLength } from '../golang/bytes.ts'

/** The text of one file of templates, and where in it an offset lies. */
export class Source {
  readonly name: string
  readonly text: string
  /** Which of a set's files it is, in the order in which they are read. */
  readonly index: number

  constructor(name: string, text: string, index = 0) {
    this.name = name
    this.text = text
    this.index = index
  }

  /** The line, from 1, of an offset. */
  lineAt(offset: number): number {
    let line = 1
    let newline = this.text.indexOf('\n')
    while (newline !== -1 && newline < offset) {
      line++
      newline = this.text.indexOf('\n', newline + 1)
    }
    return line
  }

  /** As Go prints it in errors of execution: name, line from 1, column in bytes from 0. */
  describe(offset: number): string {
    const start = this.lineStart(offset)
    const column = byteLength(this.text.slice(start, offset))
    return `${this.name}:${this.lineAt(offset)}:${column}`
  }

  /** As people count. */
  span(offset: number): SourceSpan {
    const line = this.lineAt(offset)
    return {
      file: this.name,
      line,
      column: offset - this.lineStart(offset) + 1,
      source: quotableTemplateLine(this.text, line - 1),
    }
  }

  private lineStart(offset: number): number {
    return offset === 0 ? 0 : this.text.lastIndexOf('\n', offset - 1) + 1
  }
}
