import type { Place } from './fault.ts'

/** One `{{…}}` of a template's text. */
export interface Tag {
  /** Where its braces begin. */
  start: number
  /** Behind its closing braces; undefined when it has none. */
  end: number | undefined
  /** How many braces open it. */
  braces: number
  /** `#`, `/`, `^`, `>`, `#>`, `&` or nothing. */
  mark: string
  /** First word behind the mark: `if`, `values.name`. */
  name: string
  /** All between the braces. */
  body: string
  /** Where a text begins that has no closing quote on its line. */
  openText: number | undefined
}

/**
 * Finds the tags of a template that may not be well-formed, in their order; comments and tags
 * behind a backslash are left out. One that is not closed ends where the next one begins; behind one
 * with a text that is not closed nothing is certain, so it is the last.
 */
export function tagsOf(source: string): Tag[] {
  const tags: Tag[] = []
  let at = source.indexOf('{{')
  while (at >= 0) {
    const comment = /^\{\{~?!(?:--)?/.exec(source.slice(at, at + 6))?.[0]
    if (comment !== undefined) {
      const close = source.indexOf(comment.endsWith('--') ? '--' : '}}', at + comment.length)
      at = close < 0 ? -1 : source.indexOf('{{', close + 2)
    } else if (source[at - 1] === '\\' && source[at - 2] !== '\\') {
      at = source.indexOf('{{', at + 2)
    } else {
      const tag = tagFrom(source, at)
      tags.push(tag)
      if (tag.openText !== undefined) return tags
      at = source.indexOf('{{', tag.end ?? at + tag.braces + tag.body.length)
    }
  }
  return tags
}

/** The line and column of an offset. */
export function placeAt(source: string, offset: number): Place {
  const before = source.slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1)?.length ?? 0 }
}

/** The offset of a line and column. */
export function offsetOf(source: string, { line, column }: Place): number {
  const before = source.split('\n').slice(0, line - 1)
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column
}

function tagFrom(source: string, start: number): Tag {
  const braces = countOf('{', source, start)
  let at = start + braces
  let openText: number | undefined
  while (at < source.length && !/^(?:\{\{|\}\})/.test(source.slice(at, at + 2))) {
    const close = openText === undefined ? closingQuote(source, at) : at
    if (close === undefined) openText = at
    at = (close ?? at) + 1
  }
  const body = source.slice(start + braces, at)
  const closing = countOf('}', source, at)
  const end = closing === 0 ? undefined : at + closing
  const [, mark = '', name = ''] = /^~?\s*(#>|#\*|[#/^>&*]?)\s*([^\s}~()]*)/.exec(body) ?? []
  return { start, end, braces, mark, name, body, openText }
}

/** How many of a brace stand there, as far as they count. */
function countOf(brace: string, source: string, at: number): number {
  let count = 0
  while (count < 4 && source[at + count] === brace) count++
  return count
}

/**
 * Where a text ends that may begin there: at once where none does. Texts may go over lines, but
 * hardly one is meant to.
 */
function closingQuote(source: string, open: number): number | undefined {
  const quote = source[open] ?? ''
  if (quote !== '"' && quote !== "'") return open
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === quote) return at
    else if (source[at] === '\n') return undefined
  }
  return undefined
}
