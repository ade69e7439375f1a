import { isDigit } from '../base/ascii.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { Mark, YamlCursor } from './yaml-cursor.ts'
import { hexValue, isBlank, isBlankOrEnd, isBreakOrEnd, isWord } from './yaml-cursor.ts'
import { utf8Length } from './yaml-reader.ts'

/*
 * Anchors, aliases, tags and directives. Each function reads from the cursor.
 *
 * Source: scannerc.go of go.yaml.in/yaml/v2.
 */

/** Reads `&name` or `*name` and gives the name. */
export function scanAnchor(cursor: YamlCursor): string {
  const start = cursor.mark()
  cursor.at++
  const name = scanWord(cursor)
  if (name === '' || !(isBlankOrEnd(cursor.code) || AFTER_ANCHOR.has(cursor.code))) {
    cursor.fail('did not find expected alphabetic or numeric character', start)
  }
  return name
}

export interface Tag {
  /** `!`, `!!` or `!name!`; empty when the suffix is the whole tag. */
  readonly handle: string
  readonly suffix: string
}

/** Reads a tag: `!<uri>`, `!suffix`, `!handle!suffix` or the lone `!`. */
export function scanTag(cursor: YamlCursor): Tag {
  const start = cursor.mark()
  const tag = cursor.peek(1) === LESS ? scanVerbatimTag(cursor, start) : scanShortTag(cursor, start)
  if (!isBlankOrEnd(cursor.code)) {
    cursor.fail('did not find expected whitespace or line break', start)
  }
  return tag
}

function scanVerbatimTag(cursor: YamlCursor, start: Mark): Tag {
  cursor.at += 2
  const suffix = scanUri(cursor, start, '')
  if (cursor.code !== GREATER) cursor.fail("did not find the expected '>'", start)
  cursor.at++
  return { handle: '', suffix }
}

function scanShortTag(cursor: YamlCursor, start: Mark): Tag {
  const handle = scanHandle(cursor)
  if (handle.length > 1 && handle.endsWith('!')) {
    return { handle, suffix: scanUri(cursor, start, '') }
  }
  const suffix = scanUri(cursor, start, handle)
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix }
}

function scanHandle(cursor: YamlCursor): string {
  const from = cursor.at
  cursor.at++
  scanWord(cursor)
  if (cursor.code === EXCLAMATION) cursor.at++
  return cursor.text.slice(from, cursor.at)
}

/** @param head a handle that turned out to be the start of the suffix; its `!` does not count */
function scanUri(cursor: YamlCursor, start: Mark, head: string): string {
  let uri = head.slice(1)
  const from = cursor.at
  while (isWord(cursor.code) || URI_MARKS.has(cursor.code)) {
    if (cursor.code === PERCENT) uri += scanUriEscape(cursor, start)
    else {
      uri += cursor.text.charAt(cursor.at)
      cursor.at++
    }
  }
  if (head === '' && cursor.at === from) cursor.fail('did not find expected tag URI', start)
  return uri
}

/** Reads the `%xx` octets of one character. */
function scanUriEscape(cursor: YamlCursor, start: Mark): string {
  const octets: number[] = []
  let length = 1
  while (octets.length < length) {
    const high = hexValue(cursor.peek(1))
    const low = hexValue(cursor.peek(2))
    if (cursor.code !== PERCENT || high < 0 || low < 0) {
      cursor.fail('did not find URI escaped octet', start)
    }
    const octet = high * 16 + low
    if (octets.length === 0) {
      length = utf8Length(octet)
      if (length === 0) cursor.fail('found an incorrect leading UTF-8 octet', start)
    } else if ((octet & 0xc0) !== 0x80) {
      cursor.fail('found an incorrect trailing UTF-8 octet', start)
    }
    octets.push(octet)
    cursor.at += 3
  }
  return fromBytes(Uint8Array.from(octets))
}

export interface Directive {
  readonly type: 'version-directive' | 'tag-directive'
  /** `1.1`, or the handle. */
  readonly value: string
  readonly suffix: string
}

/** Reads a `%YAML` or `%TAG` line. */
export function scanDirective(cursor: YamlCursor): Directive {
  const start = cursor.mark()
  cursor.at++
  const directive = scanDirectiveValue(cursor, scanDirectiveName(cursor, start), start)
  cursor.skipBlanks()
  cursor.skipComment()
  if (!isBreakOrEnd(cursor.code)) {
    cursor.fail('did not find expected comment or line break', start)
  }
  if (cursor.code !== 0) cursor.readBreak()
  return directive
}

function scanDirectiveName(cursor: YamlCursor, start: Mark): string {
  const name = scanWord(cursor)
  if (name === '') cursor.fail('could not find expected directive name', start)
  if (!isBlankOrEnd(cursor.code)) {
    cursor.fail('found unexpected non-alphabetical character', start)
  }
  return name
}

function scanDirectiveValue(cursor: YamlCursor, name: string, start: Mark): Directive {
  if (name !== 'YAML' && name !== 'TAG') cursor.fail('found unknown directive name', start)
  cursor.skipBlanks()
  if (name === 'YAML') {
    return { type: 'version-directive', value: scanVersion(cursor, start), suffix: '' }
  }
  if (cursor.code !== EXCLAMATION) cursor.fail("did not find expected '!'", start)
  const handle = scanHandle(cursor)
  if (handle !== '!' && (handle.length === 1 || !handle.endsWith('!'))) {
    cursor.fail("did not find expected '!'", start)
  }
  if (!isBlank(cursor.code)) cursor.fail('did not find expected whitespace', start)
  cursor.skipBlanks()
  const suffix = scanUri(cursor, start, '')
  if (!isBlankOrEnd(cursor.code)) {
    cursor.fail('did not find expected whitespace or line break', start)
  }
  return { type: 'tag-directive', value: handle, suffix }
}

function scanVersion(cursor: YamlCursor, start: Mark): string {
  const major = scanVersionNumber(cursor, start)
  if (cursor.code !== DOT) {
    cursor.fail("did not find expected digit or '.' character", start)
  }
  cursor.at++
  return `${major}.${scanVersionNumber(cursor, start)}`
}

function scanVersionNumber(cursor: YamlCursor, start: Mark): number {
  const from = cursor.at
  while (isDigit(cursor.code)) {
    if (cursor.at - from === 2) cursor.fail('found extremely long version number', start)
    cursor.at++
  }
  if (cursor.at === from) cursor.fail('did not find expected version number', start)
  return Number(cursor.text.slice(from, cursor.at))
}

function scanWord(cursor: YamlCursor): string {
  const from = cursor.at
  while (isWord(cursor.code)) cursor.at++
  return cursor.text.slice(from, cursor.at)
}

const EXCLAMATION = 33
const PERCENT = 37
const DOT = 46
const LESS = 60
const GREATER = 62

const AFTER_ANCHOR = codesOf('?:,]}%@`')
const URI_MARKS = codesOf(";/?:@&=+$,.!~*'()[]%")

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)))
}
