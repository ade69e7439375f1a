import { quotableTemplateLine } from '../base/secret-text.ts'
import type { RenderedFile } from '../render/rendered-file.ts'
import type { Locate } from './parse-manifest.ts'

/**
 * Finds the template's line that gave a line of its output.
 *
 * Templates keep no record of it. But lines without an action come out as they went in:
 * those that are unique on both sides hold the two texts together, and between two of them
 * the line is the only one that the output fits.
 *
 * @param texts the templates by path
 */
export function locateIn(
  files: readonly RenderedFile[],
  texts: ReadonlyMap<string, string>,
): Locate {
  return (path, line, column) => {
    const output = files.find((file) => file.path === path)?.content
    const text = texts.get(path)
    if (output === undefined || text === undefined) return undefined
    const source = text.split('\n')
    const lines = output.split('\n')
    const at = templateLine(source, lines, line - 1)
    if (at === undefined) return { file: path }
    const found = quotableTemplateLine(text, at)
    const span = { file: path, line: at + 1, source: found }
    if (column === undefined) return span
    return { ...span, column: columnIn(found, lines[line - 1] ?? '', column) }
  }
}

/** The column of the same text, or of the first action of the line, which gave what is behind it. */
function columnIn(template: string, output: string, column: number): number {
  const action = template.indexOf('{{')
  if (action < 0) return column
  const isBehind = column > action || !output.startsWith(template.slice(0, action))
  return isBehind ? action + 1 : column
}

/** Lines counted from 0. */
function templateLine(
  source: readonly string[],
  output: readonly string[],
  at: number,
): number | undefined {
  const wanted = output[at]
  if (wanted === undefined) return undefined
  const [above, below] = bounds(source, output, at)
  if (above === below) return above
  const between = source.map((_, line) => line).slice(above + 1, below)
  const fits = between.filter((line) => couldGive(source[line] ?? '', wanted))
  if (fits.length > 0) return fits.length === 1 ? fits[0] : undefined
  // An action may print many lines; where there is one alone, it gave what nothing else did.
  const printing = between.filter((line) => prints(source[line] ?? ''))
  return printing.length === 1 ? printing[0] : undefined
}

/** The nearest anchors around a line of the output, as lines of the template. */
function bounds(
  source: readonly string[],
  output: readonly string[],
  at: number,
): [above: number, below: number] {
  const places = uniquePlaces(source)
  const counts = uniquePlaces(output)
  const anchor = (line: number): number | undefined => {
    const text = output[line] ?? ''
    const isUnique = (counts.get(text) ?? -1) >= 0
    const place = places.get(text) ?? -1
    return isUnique && place >= 0 ? place : undefined
  }
  const own = anchor(at)
  if (own !== undefined) return [own, own]
  let above = -1
  for (let line = at - 1; line >= 0 && above < 0; line--) above = anchor(line) ?? -1
  let below = source.length
  for (let line = at + 1; line < output.length && below === source.length; line++) {
    below = anchor(line) ?? source.length
  }
  return above < below ? [above, below] : [-1, source.length]
}

/** The place of each text that stands once, −1 for others; blank lines do not count. */
function uniquePlaces(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const [at, line] of lines.entries()) {
    if (line.trim() !== '' && !line.includes('{{')) places.set(line, places.has(line) ? -1 : at)
  }
  return places
}

/** Whether a line has an action that prints, and does not only open or close a block. */
function prints(template: string): boolean {
  return [...template.matchAll(/\{\{[{~-]?\s*(\S*)/g)].some(([, word = '']) => !BLOCK.test(word))
}

/** How tags of both engines begin that print nothing themselves. */
const BLOCK = /^(?:#(?!>)|[/!^]|(?:if|else|end|range|with|define|block|break|continue)\b|\$\w*$)/

/** Whether a line of a template could have printed the text: its fixed parts stand in it. */
function couldGive(template: string, text: string): boolean {
  const parts = template.split(/\{\{.*?\}\}/)
  if (parts.every((part) => part.trim() === '')) return false
  let from = 0
  for (const part of parts) {
    const found = text.indexOf(part.trim(), from)
    if (found < 0) return false
    from = found + part.trim().length
  }
  return true
}
