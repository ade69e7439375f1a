import type { PodState, ProgressEvent } from '../types/event.ts'
import { labelOf } from './progress-lines.ts'
import { term } from './term.ts'

interface Branch {
  label: string
  state: 'ready' | 'progressing' | 'failed'
  text: string
  pods: readonly PodState[]
}

/** What a live tree shows at one moment. */
export interface Tree {
  title: string
  branches: readonly Branch[]
}

export interface TreeSpace {
  /** Width of the terminal in characters. */
  columns: number
  /** Most lines that the tree may take. */
  rows: number
  isColored: boolean
  /** Counts up with each drawing; turns the wheel. */
  turn: number
  /** Since the wait began, in milliseconds. */
  waited: number
}

/** The tree after an event; undefined when there is nothing to show any more. */
export function growTree(tree: Tree | undefined, event: ProgressEvent): Tree | undefined {
  switch (event.type) {
    case 'wait': {
      const branches = event.objects.map((object): Branch => {
        return { label: labelOf(object), state: 'progressing', text: '', pods: [] }
      })
      return { title: TITLES[event.purpose], branches }
    }
    case 'object': {
      const { object, state, text, pods } = event
      const label = labelOf(object)
      const branches = (tree?.branches ?? []).map((branch) =>
        branch.label === label ? { label, state, text, pods } : branch,
      )
      return tree && { ...tree, branches }
    }
    default:
      return tree
  }
}

const TITLES = {
  ready: 'waiting until objects are ready',
  hook: 'waiting for a hook',
  deletion: 'waiting until objects are gone',
} as const

const WHEEL = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const ORDER = { failed: 0, progressing: 1, ready: 2 } as const
/** Pods that are shown below one object. */
const MOST_PODS = 3

/**
 * Draws the tree, what failed and what is under way first. What does not fit is counted; no
 * line is wider than the terminal.
 */
export function drawTree({ title, branches }: Tree, space: TreeSpace): string[] {
  const done = branches.filter(({ state }) => state === 'ready').length
  const seconds = Math.floor(space.waited / 1000)
  const head = `${title}: ${done}/${branches.length}, ${seconds} s`
  const width = Math.min(Math.max(...branches.map(({ label }) => label.length), 0), 40)
  const body = branches
    .toSorted((left, right) => ORDER[left.state] - ORDER[right.state])
    .flatMap((branch) => drawBranch(branch, width, space))
  const room = Math.max(space.rows - 1, 1)
  const hidden = body.length - room + 1
  const shown = body.length <= room ? body : [...body.slice(0, room - 1), `  … ${hidden} more`]
  return [head, ...shown].map((line) => cut(line, space.columns, space.isColored))
}

function drawBranch(branch: Branch, width: number, space: TreeSpace): string[] {
  const { label, state, text, pods } = branch
  const mark = { ready: '✓', failed: '✗', progressing: WHEEL[space.turn % WHEEL.length] }[state]
  const { columns } = space
  const line = drawRow({ lead: `  ${mark} `, name: label, width, text }, columns)
  const below = pods.slice(0, MOST_PODS).map((pod) => {
    return drawRow({ lead: '      ', name: pod.name, width: 0, text: pod.text }, columns)
  })
  const more = pods.length - below.length
  return [line, ...below, ...(more > 0 ? [`      … ${more} more pods`] : [])]
}

interface Row {
  lead: string
  name: string
  /** Of the names that stand in one column. */
  width: number
  text: string
}

/** Where not all fits, the name leaves half of the line to what is told of it. */
function drawRow({ lead, name, width, text }: Row, columns: number): string {
  const room = Math.max(columns - 1 - lead.length - GAP.length, 2)
  const most = Math.max(Math.ceil(room / 2), room - text.length)
  return `${lead}${shortened(name, most).padEnd(Math.min(width, most))}${GAP}${text}`
}

const GAP = '  '

/** Names of pods differ at their end, so it is the middle that is left out. */
function shortened(name: string, most: number): string {
  if (name.length <= most) return name
  const end = Math.floor((most - 1) / 2)
  return `${name.slice(0, most - 1 - end)}…${end === 0 ? '' : name.slice(-end)}`
}

const COLORS: Readonly<Record<string, string>> = { '✓': '32', '✗': '31' }

/** Colours come last, so that no escape sequence is ever cut in two. */
function cut(line: string, columns: number, isColored: boolean): string {
  const characters = Array.from(term(line.replaceAll(/\s*\n\s*/g, ' ')).trimEnd())
  // The last column stays free: a full line would wrap on some terminals.
  const room = Math.max(columns - 1, 1)
  const fits = characters.length <= room
  const text = fits ? characters.join('') : `${characters.slice(0, room - 1).join('')}…`
  if (!isColored) return text
  return text.replace(/^( {2})([✓✗])/u, (_, indent: string, mark: string) => {
    return `${indent}\u001b[${COLORS[mark] ?? '0'}m${mark}\u001b[0m`
  })
}
