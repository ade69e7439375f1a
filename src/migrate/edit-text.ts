import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { requirePackage } from '../base/lazy.ts'
import { keyOf } from './read-source.ts'

/** A part of a text, as offsets, and what stands there instead. */
export interface TextEdit {
  start: number
  end: number
  text: string
}

/**
 * Finds what is to be changed in a document's text, so that all other lines, their comments and
 * their order stay as they are.
 *
 * Aliases and merge keys are not followed: the caller must read the result again and compare.
 */
export function editDocument(
  text: string,
  nodes: Document,
  [before, after]: [Json, Json],
): TextEdit[] {
  const root = nodes.contents
  if (root === null) return []
  const editor = new Editor(text)
  editor.value({ node: root, column: 0 }, before, after)
  return editor.edits
}

/** The text with all parts changed. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .map((edit, at) => ({ ...edit, at }))
    .sort((left, right) => right.start - left.start || right.end - left.end || right.at - left.at)
    .reduce((result, { start, end, text: part }) => {
      return result.slice(0, start) + part + result.slice(end)
    }, text)
}

/** Writes a value as the lines of a block that begins in the column, counted from 0. */
export function writeBlock(value: Json, column: number): string {
  const { stringify } = requirePackage('yaml') as typeof import('yaml')
  const lines = stringify(value, {
    version: '1.1',
    lineWidth: 0,
    indentSeq: false,
    aliasDuplicateObjects: false,
  })
  return lines
    .trimEnd()
    .split('\n')
    .map((line, at) => (at === 0 || line === '' ? line : ' '.repeat(column) + line))
    .join('\n')
}

/** A node and the column of the block that holds it. */
interface Place {
  node: Node
  column: number
}

class Editor {
  readonly edits: TextEdit[] = []
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  value({ node, column }: Place, before: Json, after: Json): void {
    const { isMap, isSeq } = requirePackage('yaml') as typeof import('yaml')
    const isBlock = (each: YAMLMap | YAMLSeq): boolean =>
      each.flow !== true && each.items.length > 0
    if (isMap(node) && isBlock(node) && isJsonObject(before) && isJsonObject(after)) {
      const keepsAny = Object.keys(before).some((key) => Object.hasOwn(after, key))
      if (keepsAny) return this.map(node, before, after)
    }
    if (isSeq(node) && isBlock(node) && Array.isArray(before) && Array.isArray(after)) {
      if (this.list(node, before, after)) return
    }
    this.replaceNode({ node, column }, after)
  }

  private map(node: YAMLMap, before: JsonObject, after: JsonObject): void {
    const pairs = node.items.map((pair) => ({ pair, key: keyOf(pair), start: startOf(pair.key) }))
    const column = this.columnOf(pairs[0]?.start ?? 0)
    const order = Object.keys(after)
    const kept = pairs.find(({ key }) => Object.hasOwn(after, key))
    for (const [at, { pair, key, start }] of pairs.entries()) {
      if (!Object.hasOwn(after, key)) {
        this.removePair(start, this.endOf(pair), pairs[at + 1]?.start)
      } else if (!isSame(before[key], after[key])) {
        this.pair(pair, column, [before[key] ?? null, after[key] ?? null])
      }
    }
    for (const [at, key] of order.entries()) {
      if (pairs.some((pair) => pair.key === key)) continue
      const previous = order
        .slice(0, at)
        .findLast((name) => pairs.some((pair) => pair.key === name))
      const anchor = pairs.find((pair) => pair.key === previous)
      const block = writeBlock({ [key]: after[key] ?? null }, column)
      if (anchor === undefined) this.insertFirst(kept?.start ?? 0, column, block)
      else this.insertAfter(this.endOf(anchor.pair), column, block)
    }
  }

  private pair(pair: Pair, column: number, [before, after]: [Json, Json]): void {
    const { isScalar } = requirePackage('yaml') as typeof import('yaml')
    const node = pair.value as Node | null
    const start = startOf(pair.key)
    const isBlockText = isScalar(node) && (node.type ?? '').startsWith('BLOCK')
    const isPlaced = node !== null && sourceOf(node) !== undefined && !isBlockText
    const isCollection = isJsonObject(before) || Array.isArray(before)
    const becomesCollection = isJsonObject(after) || Array.isArray(after)
    if (isPlaced && before !== null && isCollection === becomesCollection) {
      return this.value({ node, column }, before, after)
    }
    const end = this.lineEnd(this.endOf(pair))
    this.edits.push({ start, end, text: writeBlock({ [keyOf(pair)]: after }, column) })
  }

  /** Gives false when the items changed in a way that only a new list can show. */
  private list(node: YAMLSeq, before: Json[], after: Json[]): boolean {
    const items = node.items as Node[]
    if (before.length === after.length) {
      for (const [at, item] of items.entries()) {
        const [old = null, wanted = null] = [before[at], after[at]]
        const column = this.columnOf(startOf(item))
        if (!isSame(old, wanted)) this.value({ node: item, column }, old, wanted)
      }
      return true
    }
    const kept = keptItems(before, after)
    if (kept === undefined || after.length === 0) return false
    for (const [at, item] of items.entries()) {
      if (kept.has(at)) continue
      const dash = this.text.lastIndexOf('-', startOf(item) - 1)
      this.edits.push({
        start: this.lineStart(dash),
        end: this.nextLine(this.endOfNode(item)),
        text: '',
      })
    }
    return true
  }

  private replaceNode({ node, column }: Place, after: Json): void {
    const { isMap, isSeq } = requirePackage('yaml') as typeof import('yaml')
    const [start = 0] = node.range ?? []
    const end = this.endOfNode(node)
    const isFlow = (isMap(node) || isSeq(node)) && node.flow === true
    if (isFlow) {
      const isDocument = column === 0 && this.text.slice(start, end).includes('\n')
      this.edits.push({ start, end, text: JSON.stringify(after, null, isDocument ? 2 : 0) })
      return
    }
    const isBlock = isMap(node) || isSeq(node)
    const text = writeBlock(after, isBlock ? this.columnOf(start) : column)
    this.edits.push({ start, end, text })
  }

  private removePair(start: number, end: number, next: number | undefined): void {
    const isAfterDash = this.text.slice(this.lineStart(start), start).trim() !== ''
    // The next key takes the place behind the dash of the list's item.
    if (isAfterDash && next !== undefined) this.edits.push({ start, end: next, text: '' })
    else this.edits.push({ start: this.lineStart(start), end: this.nextLine(end), text: '' })
  }

  private insertFirst(start: number, column: number, block: string): void {
    this.edits.push({ start, end: start, text: `${block}\n${' '.repeat(column)}` })
  }

  private insertAfter(end: number, column: number, block: string): void {
    const at = this.nextLine(end)
    const line = `${' '.repeat(column)}${block}\n`
    const isOpen = at > 0 && this.text[at - 1] !== '\n'
    this.edits.push({ start: at, end: at, text: isOpen ? `\n${line.trimEnd()}` : line })
  }

  private endOf(pair: Pair): number {
    const node = pair.value as Node | null
    const afterKey = pair.key as Node
    if (node === null || sourceOf(node) === undefined) return this.lineEnd(afterKey.range?.[1] ?? 0)
    return this.endOfNode(node)
  }

  /** Where the last sign of the node stands, without comments and blank lines behind it. */
  private endOfNode(node: Node): number {
    const { isMap, isSeq } = requirePackage('yaml') as typeof import('yaml')
    if ((isMap(node) || isSeq(node)) && node.flow !== true) {
      const last = node.items.at(-1)
      if (isMap(node) && last !== undefined) return this.endOf(last as Pair)
      if (last !== undefined) return this.endOfNode(last as Node)
    }
    const [start = 0, end = 0] = node.range ?? []
    return start + this.text.slice(start, end).trimEnd().length
  }

  private columnOf(offset: number): number {
    return offset - this.lineStart(offset)
  }

  private lineStart(offset: number): number {
    return offset === 0 ? 0 : this.text.lastIndexOf('\n', offset - 1) + 1
  }

  private lineEnd(offset: number): number {
    const end = this.text.indexOf('\n', offset)
    return end < 0 ? this.text.length : end
  }

  private nextLine(offset: number): number {
    return Math.min(this.lineEnd(offset) + 1, this.text.length)
  }
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

/** Undefined for a node without a text, such as an empty value. */
function sourceOf(node: Node): number | undefined {
  const [start = 0, end = 0] = node.range ?? []
  return end > start ? start : undefined
}

/** The positions of the items that stay; undefined when others came. */
function keptItems(before: readonly Json[], after: readonly Json[]): Set<number> | undefined {
  const kept = new Set<number>()
  let next = 0
  for (const [at, item] of before.entries()) {
    if (next < after.length && isSame(item, after[next])) {
      kept.add(at)
      next++
    }
  }
  return next === after.length ? kept : undefined
}

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
