import type { ProgressEvent } from '../types/event.ts'
import { logLines, plainLines } from './progress-lines.ts'
import { drawTree, growTree, type Tree } from './progress-tree.ts'
import { term } from './term.ts'

/** Where progress is shown. */
export interface ProgressScreen {
  write: (text: string) => void
  columns: () => number
  rows: () => number
  isColored: boolean
  /** Milliseconds since 1970. */
  now: () => number
}

/** Shows what happens while a run is under way. */
export interface Progress {
  onProgress: (event: ProgressEvent) => void
  /** Shows a line that is no progress, above what is drawn. */
  note: (line: string) => void
  /** Leaves the screen in order; nothing is drawn afterwards. */
  close: () => void
}

/** Shows each change of a state as one plain line. */
export function showLines(screen: Pick<ProgressScreen, 'write'>): Progress {
  const linesOf = plainLines()
  return {
    onProgress: (event) => {
      for (const line of linesOf(event)) screen.write(`${term(line)}\n`)
    },
    note: (line) => screen.write(`${term(line)}\n`),
    close: () => undefined,
  }
}

/** Shows each event as one line of JSON, for machines; `schemas/event.schema.json`. */
export function showEvents(screen: Pick<ProgressScreen, 'write' | 'now'>): Progress {
  const onProgress = (event: ProgressEvent): void => screen.write(`${JSON.stringify(event)}\n`)
  return {
    onProgress,
    note: (text) =>
      onProgress({ type: 'notice', time: new Date(screen.now()).toISOString(), text }),
    close: () => undefined,
  }
}

/** Between two turns of the wheel, in milliseconds. */
const TURN = 120
/** Most lines of a tree, however high the terminal is. */
const MOST_ROWS = 40

/**
 * Shows a tree of the objects that are waited for, drawn anew in its place. The cursor always
 * stands below it and is never hidden, so that the screen is in order whenever the run ends.
 */
export function showTree(screen: ProgressScreen): Progress {
  const linesOf = plainLines()
  let tree: Tree | undefined
  let began = 0
  let drawn = 0
  let turn = 0
  let timer: NodeJS.Timeout | undefined

  const erase = (): string => (drawn === 0 ? '' : `\u001b[${drawn}A\r\u001b[J`)
  const draw = (before = ''): void => {
    const space = {
      columns: screen.columns(),
      rows: Math.min(screen.rows() - 1, MOST_ROWS),
      isColored: screen.isColored,
      turn: turn++,
      waited: screen.now() - began,
    }
    const lines = tree === undefined ? [] : drawTree(tree, space)
    const text = `${erase()}${before}${lines.map((line) => `${line}\n`).join('')}`
    drawn = lines.length
    if (text !== '') screen.write(text)
  }
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
    // What was drawn last stays on the screen.
    drawn = 0
    tree = undefined
  }
  const start = (): void => {
    began = screen.now()
    timer ??= setInterval(draw, TURN)
    timer.unref()
  }

  return {
    onProgress(event) {
      tree = growTree(tree, event)
      if (event.type === 'wait') start()
      if (event.type === 'hook') return draw(asLines(linesOf(event)))
      if (event.type === 'log') return draw(asLines(logLines(event)))
      if (event.type === 'waited') {
        draw()
        stop()
      }
    },
    note: (line) => draw(asLines([line])),
    close() {
      if (timer === undefined) return
      draw()
      stop()
    },
  }
}

function asLines(lines: readonly string[]): string {
  return lines.map((line) => `${term(line)}\n`).join('')
}
