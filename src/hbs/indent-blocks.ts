/*
 * Handlebars indents a partial that stands alone on its line like its tag, and leaves one with a
 * block at the beginning of the line. With
 *
 *     containers:
 *       {{#> container}}
 *       args: [a]
 *       {{/container}}
 *
 * what the partial prints shall begin below its tag too. The block is moved to the left by the
 * column of its tag, because the partial puts it where it wants it and all of that is indented.
 */
import type { Place } from './fault.ts'

interface Node {
  type: string
  loc?: { start: Place; end: Place }
  outdent?: number
  [key: string]: unknown
}

/** Indents all partials with blocks that stand alone on their lines, from the outermost. */
export function indentBlocks(value: unknown, lines: readonly string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) indentBlocks(item, lines)
  } else if (isNode(value)) {
    if (value.type === 'PartialBlockStatement') indentBlock(value, lines)
    for (const key of Object.keys(value)) if (key !== 'loc') indentBlocks(value[key], lines)
  }
}

function indentBlock(block: Node, lines: readonly string[]): void {
  const { loc, program, outdent = 0 } = block
  const line = lines[(loc?.start.line ?? 0) - 1] ?? ''
  const column = loc?.start.column ?? 0
  const isAlone =
    line.slice(0, column).trim() === '' && /^\{\{#>[^}]*\}\}\s*$/.test(line.slice(column))
  if (!isAlone || column - outdent <= 0) return
  block['indent'] = ' '.repeat(column - outdent)
  moveLeft(program, column - outdent)
}

/** Takes blanks from the beginning of every line below a node. */
function moveLeft(value: unknown, width: number): void {
  if (Array.isArray(value)) {
    for (const item of value) moveLeft(item, width)
  } else if (isNode(value)) {
    value.outdent = (value.outdent ?? 0) + width
    if (value.type === 'ContentStatement') value['value'] = moved(value, width)
    if (value.type === 'PartialStatement') value['indent'] = String(value['indent']).slice(width)
    for (const key of Object.keys(value)) if (key !== 'loc') moveLeft(value[key], width)
  }
}

function moved({ value, original }: Node, width: number): string {
  const text = String(value)
  const blanks = new RegExp(`\\n {1,${width}}`, 'g')
  const inner = text.replaceAll(blanks, '\n')
  // Behind a tag that stands alone, its newline was taken away.
  const isAtStart = newlines(String(original)) > newlines(text)
  return isAtStart ? inner.replace(new RegExp(`^ {1,${width}}`), '') : inner
}

function newlines(text: string): number {
  return text.split('\n').length
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}
