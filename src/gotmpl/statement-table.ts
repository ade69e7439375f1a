import { trimSpace } from '../golang/space.ts'
import type { ListNode, PipeNode, Statement } from './nodes.ts'
import type { PipelineReader } from './pipeline-reader.ts'
import type { Source } from './source.ts'

/** Kinds of statements, each with the numbers that follow it. */
const TEXT = 0 // offset, offset behind the text
const ACTION = 1 // pipeline, shift
const IF = 2 // pipeline, shift, end of its list, end of its `else`; then both lists
const WITH = 3 // as IF
const RANGE = 4 // as IF
const TEMPLATE = 5 // offset, shift, name, pipeline or NONE
const BREAK = 6 // offset
const CONTINUE = 7 // offset
const DEFINITION = 8 // end of its list; then that list, which is no part of the one around it

/** Added to the kind of a branch that has an `else`, be it empty. */
const ELSE = 16
/** Stands for the pipeline of a call that has none. */
const NONE = -1
/** As many numbers as a statement takes at most, without its lists. */
const LONGEST = 5
/** For how many numbers there is room at first. */
const ROOM_OF_FILES = 4096
const ROOM_OF_TEXT = 64

export type BranchKind = 'if' | 'with' | 'range'

/** The pipeline of a statement, and how far behind its own offset it stands; see nodes.ts. */
export interface Head {
  pipe: PipeNode
  shift: number
}

/** A table as it is kept from one run to the next. */
export interface KeptTable {
  rows: Int32Array
  /** Of every pipeline: its file, its offset, and whether it is shared. */
  places: Int32Array
  names: readonly string[]
}

interface KeptPipes {
  places: Int32Array
  pipelines: PipelineReader
}

/**
 * The statements of templates as numbers, of which nodes are made when a list first runs: much of
 * what charts have never does.
 *
 * A template's list is known by where its end is kept; its statements follow.
 */
export class StatementTable {
  private rows: Int32Array
  private used: number
  private readonly pipes: PipeNode[] = []
  private readonly names: string[]
  private readonly isOfFiles: boolean
  /** Of a table that was kept, whose pipelines are read when they are first needed. */
  private readonly kept: KeptPipes | undefined

  private constructor(rows: Int32Array, names: string[], isOfFiles: boolean, kept?: KeptPipes) {
    this.rows = rows
    this.used = kept === undefined ? 0 : rows.length
    this.names = names
    this.isOfFiles = isOfFiles
    this.kept = kept
  }

  /** A table for the files of a set. */
  static ofFiles(): StatementTable {
    return new StatementTable(new Int32Array(ROOM_OF_FILES), [], true)
  }

  /** A table for a text that is read while a template runs. */
  static ofText(): StatementTable {
    return new StatementTable(new Int32Array(ROOM_OF_TEXT), [], false)
  }

  /** The table of which `keep` gave this. */
  static from({ rows, places, names }: KeptTable, pipelines: PipelineReader): StatementTable {
    return new StatementTable(rows, [...names], true, { places, pipelines })
  }

  keep(): KeptTable {
    const { rows, used, pipes, names } = this
    const places = new Int32Array(pipes.length * 3)
    for (let index = 0; index < pipes.length; index++) {
      const { file, at, isShared } = this.pipe(index)
      places[index * 3] = file
      places[index * 3 + 1] = at
      places[index * 3 + 2] = isShared ? 1 : 0
    }
    return { rows: rows.subarray(0, used), places, names }
  }

  /** What `begin` would give now. */
  get next(): number {
    return this.used + 1
  }

  /** Begins the list of a template, which may stand in another; gives what `end` asks for. */
  begin(): number {
    const at = this.take(2)
    this.rows[at] = DEFINITION
    return at + 1
  }

  end(slot: number): void {
    this.rows[slot] = this.used
  }

  /** Begins a branch; gives what `endList`, `beginElse` and then `endBranch` ask for. */
  beginBranch(kind: BranchKind, { pipe, shift }: Head): number {
    const at = this.take(5)
    const { rows } = this
    rows[at] = kind === 'if' ? IF : kind === 'with' ? WITH : RANGE
    rows[at + 1] = this.slotOf(pipe)
    rows[at + 2] = shift
    return at + 3
  }

  /** Ends what runs when the branch is taken. */
  endList(slot: number): void {
    this.rows[slot] = this.used
  }

  /** Says that what follows runs otherwise. */
  beginElse(slot: number): void {
    this.rows[slot - 3] = this.number(slot - 3) + ELSE
  }

  endBranch(slot: number): void {
    this.rows[slot + 1] = this.used
  }

  addText(start: number, end: number): void {
    const at = this.take(3)
    const { rows } = this
    rows[at] = TEXT
    rows[at + 1] = start
    rows[at + 2] = end
  }

  addAction(pipe: PipeNode, shift: number): void {
    const at = this.take(3)
    const { rows } = this
    rows[at] = ACTION
    rows[at + 1] = this.slotOf(pipe)
    rows[at + 2] = shift
  }

  /** @param nameAt offset of the name */
  addCall(name: string, nameAt: number, shift: number, pipe: PipeNode | undefined): void {
    const at = this.take(5)
    const { rows } = this
    rows[at] = TEMPLATE
    rows[at + 1] = nameAt
    rows[at + 2] = shift
    rows[at + 3] = this.names.push(name) - 1
    rows[at + 4] = pipe === undefined ? NONE : this.slotOf(pipe)
  }

  addLoopControl(kind: 'break' | 'continue', offset: number): void {
    const at = this.take(2)
    this.rows[at] = kind === 'break' ? BREAK : CONTINUE
    this.rows[at + 1] = offset
  }

  /** The list of a template, of whose text its statements are. */
  list(slot: number, source: Source): ListNode {
    return new TableList(this, slot + 1, this.number(slot), source)
  }

  /** Whether there is nothing but space in the list of a template. */
  isEmpty(slot: number, { text }: Source): boolean {
    const end = this.number(slot)
    for (let at = slot + 1; at < end; at = this.behind(at)) {
      const kind = this.number(at)
      if (kind === DEFINITION) continue
      if (kind !== TEXT) return false
      if (trimSpace(text.slice(this.number(at + 1), this.number(at + 2))) !== '') return false
    }
    return true
  }

  nodesOf(start: number, end: number, source: Source): Statement[] {
    const { rows } = this
    const nodes: Statement[] = []
    for (let at = start; at < end;) {
      const kind = rows[at]
      // Most are these two.
      if (kind === TEXT) {
        const from = rows[at + 1] ?? 0
        nodes.push({ kind: 'text', at: from, text: source.text.slice(from, rows[at + 2]) })
        at += 3
      } else if (kind === ACTION) {
        const pipe = this.pipe(rows[at + 1] ?? 0)
        const shift = rows[at + 2] ?? 0
        nodes.push({ kind: 'action', at: pipe.at + shift, shift, pipe })
        at += 3
      } else {
        if (kind !== DEFINITION) nodes.push(this.node(at, source))
        at = this.behind(at)
      }
    }
    return nodes
  }

  private node(at: number, source: Source): Statement {
    const kind = this.number(at)
    if (kind === BREAK) return { kind: 'break', at: this.number(at + 1) }
    if (kind === CONTINUE) return { kind: 'continue', at: this.number(at + 1) }
    return kind === TEMPLATE ? this.call(at) : this.branch(kind, at, source)
  }

  private call(at: number): Statement {
    const name = this.names[this.number(at + 3)] ?? ''
    const index = this.number(at + 4)
    const pipe = index === NONE ? undefined : this.pipe(index)
    return { kind: 'template', at: this.number(at + 1), shift: this.number(at + 2), name, pipe }
  }

  private branch(code: number, at: number, source: Source): Statement {
    const { rows } = this
    const hasElse = code >= ELSE
    const first = hasElse ? code - ELSE : code
    const kind = first === IF ? 'if' : first === WITH ? 'with' : 'range'
    const pipe = this.pipe(rows[at + 1] ?? 0, kind)
    const shift = rows[at + 2] ?? 0
    const middle = rows[at + 3] ?? 0
    const end = rows[at + 4] ?? 0
    const list = new TableList(this, at + 5, middle, source)
    const otherwise = hasElse ? new TableList(this, middle, end, source) : undefined
    return { kind, at: pipe.at + shift, shift, pipe, list, otherwise }
  }

  /** Where the statement behind another one begins. */
  private behind(at: number): number {
    switch (this.rows[at]) {
      case TEXT:
      case ACTION:
        return at + 3
      case TEMPLATE:
        return at + 5
      case BREAK:
      case CONTINUE:
        return at + 2
      case DEFINITION:
        return this.number(at + 1)
      default:
        return this.number(at + 4)
    }
  }

  private number(at: number): number {
    return this.rows[at] ?? 0
  }

  /** A pipeline that several statements share stands once among those of files. */
  private slotOf(pipe: PipeNode): number {
    if (!this.isOfFiles) return this.pipes.push(pipe) - 1
    if (pipe.slot < 0) pipe.slot = this.pipes.push(pipe) - 1
    return pipe.slot
  }

  private pipe(index: number, context = 'command'): PipeNode {
    const { kept } = this
    const pipe = kept === undefined ? this.pipes[index] : pipeOf(kept, index, context)
    if (pipe === undefined) throw new Error(`no pipeline ${index} was read`)
    return pipe
  }

  /** Makes room for a statement's numbers, and gives where they go. */
  private take(count: number): number {
    const at = this.used
    if (at + LONGEST > this.rows.length) {
      const { rows } = this
      this.rows = new Int32Array(rows.length * 2)
      this.rows.set(rows)
    }
    this.used = at + count
    return at
  }
}

function pipeOf({ places, pipelines }: KeptPipes, index: number, context: string): PipeNode {
  const at = index * 3
  const place = { file: places[at] ?? 0, at: places[at + 1] ?? 0, isShared: places[at + 2] === 1 }
  return pipelines.read(place, context)
}

/** A list whose nodes are made when it first runs. */
class TableList implements ListNode {
  private readonly table: StatementTable
  private readonly start: number
  private readonly end: number
  private readonly source: Source
  private known: readonly Statement[] | undefined = undefined

  constructor(table: StatementTable, start: number, end: number, source: Source) {
    this.table = table
    this.start = start
    this.end = end
    this.source = source
  }

  get nodes(): readonly Statement[] {
    return (this.known ??= this.table.nodesOf(this.start, this.end, this.source))
  }
}
