import { byteLength } from '../golang/bytes.ts'

/**
 * The values in a flag whose values have commas between them: those of one line of CSV, where
 * quotes go around a value that holds a comma. Empty text has none.
 *
 * Source: github.com/spf13/pflag string_slice.go `readAsCSV`; Go's encoding/csv.
 *
 * @throws RangeError with Go's text
 */
export function csvFields(text: string): string[] {
  if (text === '') return []
  if (!/["\r\n]/.test(text)) return text.split(',')
  const lines =
    text
      .replace(/\r$/, '')
      .replaceAll('\r\n', '\n')
      .match(/[^\n]*\n|[^\n]+$/g) ?? []
  const first = lines.findIndex((line) => line !== '\n')
  if (first < 0) throw new RangeError('EOF')
  const reader: Reader = { lines, start: first, at: first, line: lines[first] ?? '', column: 1 }
  const fields: string[] = []
  for (let isOpen = true; isOpen;) {
    const { value, isLast } = reader.line.startsWith('"') ? quoted(reader) : bare(reader)
    fields.push(value)
    isOpen = !isLast
  }
  return fields
}

interface Reader {
  lines: readonly string[]
  /** The line that the values begin in, and the one that is read; counted from 0. */
  start: number
  at: number
  /** What is left of the line. */
  line: string
  /** Counted from 1, in bytes. */
  column: number
}

interface Field {
  value: string
  isLast: boolean
}

function bare(reader: Reader): Field {
  const { line } = reader
  const comma = line.indexOf(',')
  const value = comma < 0 ? line.replace(/\n$/, '') : line.slice(0, comma)
  const quote = value.indexOf('"')
  if (quote >= 0) {
    reader.column += byteLength(value.slice(0, quote))
    throw fault(reader, 'bare " in non-quoted-field')
  }
  take(reader, comma < 0 ? line.length : comma + 1)
  return { value, isLast: comma < 0 }
}

function quoted(reader: Reader): Field {
  let value = ''
  take(reader, 1)
  for (;;) {
    const quote = reader.line.indexOf('"')
    if (quote >= 0) {
      value += reader.line.slice(0, quote)
      take(reader, quote + 1)
      const next = reader.line[0]
      if (next === '"') {
        value += take(reader, 1)
      } else if (next === ',') {
        take(reader, 1)
        return { value, isLast: false }
      } else if (next === undefined || next === '\n') {
        return { value, isLast: true }
      } else {
        reader.column -= 1
        throw fault(reader, UNCLOSED)
      }
    } else if (reader.line === '') {
      throw fault(reader, UNCLOSED)
    } else {
      value += take(reader, reader.line.length)
      const following = reader.lines[reader.at + 1]
      if (following === undefined) continue
      reader.at += 1
      reader.line = following
      reader.column = 1
    }
  }
}

const UNCLOSED = 'extraneous or missing " in quoted-field'

function take(reader: Reader, length: number): string {
  const taken = reader.line.slice(0, length)
  reader.line = reader.line.slice(length)
  reader.column += byteLength(taken)
  return taken
}

function fault({ start, at, column }: Reader, reason: string): RangeError {
  const record = start === at ? '' : `record on line ${start + 1}; `
  return new RangeError(`${record}parse error on line ${at + 1}, column ${column}: ${reason}`)
}
