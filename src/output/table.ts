import { term } from './term.ts'

/**
 * Aligned columns as Helm prints them: cells padded to their column's width, a tab
 * between them, so that both people and `cut -f` can read the lines.
 *
 * @param widest columns of a terminal that a cell may take; longer ones end in `...`
 */
export function viewTable(rows: readonly (readonly string[])[], widest = Infinity): string {
  const widths: number[] = []
  const shown = rows.map((row) => row.map((cell) => shorten(term(cell), widest)))
  for (const row of shown) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))
  }
  return shown.map((row) => row.map((cell, at) => pad(cell, widths[at] ?? 0)).join('\t')).join('\n')
}

/** Source: github.com/gosuri/uitable v0.0.4 util/strutil/strutil.go `Resize`. */
function shorten(cell: string, widest: number): string {
  if (widthOf(cell) <= widest) return cell
  const characters = Array.from(cell)
  return widest > 3
    ? `${characters.slice(0, widest - 3).join('')}...`
    : characters.slice(0, widest).join('')
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(width - widthOf(cell))
}

/** Columns that the text takes on a terminal: two for wide characters, none for what combines. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  // Made here, as V8 looks the properties up in Unicode's tables when it makes the patterns.
  const combining = /\p{Mark}/u
  const wide =
    /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u
  let width = 0
  for (const character of text) {
    if (!combining.test(character)) width += wide.test(character) ? 2 : 1
  }
  return width
}
