/*
 * What is wrong with a key or with the head of a table in TOML, in the words of the library that
 * Helm reads it with.
 *
 * Source: BurntSushi/toml v1.6.0 lex.go, `lexTop` to `lexKeyEnd`; error.go.
 */
import { quote, quoteRune } from '../golang/strconv.ts'

/**
 * Describes the mistake in the key or head that a line begins with; undefined when both are well.
 *
 * @param line counts from 1
 */
export function describeTomlMistake(text: string, line: number): string | undefined {
  const lines = text.split(/(?<=\n)/)
  const before = lines.slice(0, line - 1)
  const scan = scanOf(lines[line - 1] ?? '')
  // Behind a value that is not over a brace may begin a table in it.
  if (scan.text.startsWith('{') && !before.every((each) => EMPTY_LINE.test(each))) return undefined
  const isHead = scan.text.startsWith('[')
  const problem = isHead ? mistakeInHead(scan) : mistakeInKey(scan)
  if (problem === undefined || CONTROL.test(scan.text)) return undefined
  const table = scan.isHeadOver ? scan.names : lastTable(before)
  const place = table.length === 0 ? '' : ` (last key ${quote(table.join('.'))})`
  // Behind the line break that a head must not have, the next line has begun.
  const told = isHead && scan.text[scan.at - 1] === '\n' ? line + 1 : line
  return `toml: line ${told}${place}: ${problem}`
}

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/
const EMPTY_LINE = /^\s*(?:#|$)/

interface Scan {
  readonly text: string
  readonly names: string[]
  at: number
  isHeadOver: boolean
}

function scanOf(line: string): Scan {
  return { text: line.replace(/^[ \t]+/, ''), names: [], at: 0, isHeadOver: false }
}

function mistakeInHead(scan: Scan): string | undefined {
  scan.at++
  const isArray = scan.text[scan.at] === '['
  if (isArray) scan.at++
  for (;;) {
    const first = nextCharacter(scan)
    if (first === ']' || first === '') {
      return 'unexpected end of table name (table names cannot be empty)'
    }
    if (first === '.') return 'unexpected table separator (table names cannot be empty)'
    if (!takeName(scan)) return undefined
    const next = takeCharacter(scan)
    if (next === ']') break
    if (next !== '.') return `expected '.' or ']' to end table name, but got ${shown(next)} instead`
  }
  if (isArray) {
    const next = scan.text[scan.at++] ?? ''
    if (next !== ']') {
      return `expected end of table array name delimiter ']', but got ${shown(next)} instead`
    }
  }
  scan.isHeadOver = true
  const rest = takeCharacter(scan)
  if (['', '#', '\r', '\n'].includes(rest)) return undefined
  const wanted = 'expected a top-level item to end with a newline, comment, or EOF'
  return `${wanted}, but got ${shown(rest)} instead`
}

function mistakeInKey(scan: Scan): string | undefined {
  const first = nextCharacter(scan)
  if (first === '=' || first === '') return "unexpected '=': key name appears blank"
  if (first === '.') return "unexpected '.': keys cannot start with a '.'"
  for (;;) {
    if (!takeName(scan)) return undefined
    const next = takeCharacter(scan)
    if (next === '=') return undefined
    if (next === '') return "unexpected EOF; expected key separator '='"
    if (next !== '.') return `expected '.' or '=', but got ${shown(next)} instead`
    const following = nextCharacter(scan)
    if (following === '=' || following === '') return "unexpected '='"
    if (following === '.') return "unexpected '.'"
  }
}

/** The next character behind blanks; empty at the end of the text. */
function nextCharacter(scan: Scan): string {
  while (scan.text[scan.at] === ' ' || scan.text[scan.at] === '\t') scan.at++
  const point = scan.text.codePointAt(scan.at)
  return point === undefined ? '' : String.fromCodePoint(point)
}

function takeCharacter(scan: Scan): string {
  const character = nextCharacter(scan)
  scan.at += character.length
  return character
}

/** Takes a bare or quoted name; false for one whose quote does not end. A bare one may be empty. */
function takeName(scan: Scan): boolean {
  NAME.lastIndex = scan.at
  const name = NAME.exec(scan.text)?.[0]
  if (name === undefined) return false
  scan.at += name.length
  const quoted = /^["'](.*)["']$/.exec(name)?.[1]
  const isBare = quoted === undefined || /^[\w-]+$/.test(quoted)
  scan.names.push(isBare ? (quoted ?? name) : `"${quoted}"`)
  return true
}

const NAME = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?!["'])[\w-]*/y

function shown(character: string): string {
  return quoteRune(character.codePointAt(0) ?? 0)
}

/** The names of the last head of a table. */
function lastTable(lines: readonly string[]): readonly string[] {
  for (const line of lines.toReversed()) {
    const scan = scanOf(line)
    if (scan.text.startsWith('[') && mistakeInHead(scan) === undefined && scan.isHeadOver) {
      return scan.names
    }
  }
  return []
}
