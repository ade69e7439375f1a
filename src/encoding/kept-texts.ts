import { openFile, packFile, type FileStore } from '../base/kept-file.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import type { Value } from '../golang/value.ts'
import { TreeReader, TreeWriter, type Scalar } from './kept-tree.ts'

/** The numbers of the trees. */
const TEXTS = { kind: 'kpkx', parts: 1 }

interface Names {
  /** Of every text how many bytes it has, and where its tree begins. */
  rows: [bytes: number, start: number][]
  scalars: Scalar[]
}

interface Entry {
  text: string
  trees: TreeReader
  start: number
}

/** What was read of texts, kept from one run to the next for the very same texts. */
export class KeptTexts {
  private readonly store: FileStore
  private readonly name: string
  /** By the length of the text: to compare two long texts takes less than to hash one. */
  private known: Map<number, Entry[]> | undefined
  private readonly used = new Set<Entry>()
  private readonly writer = new TreeWriter()
  private readonly written = new TreeReader(this.writer)

  /** @param name of a file of the store; it may have any characters */
  constructor(store: FileStore, name: string) {
    this.store = store
    this.name = name.replaceAll(/[^\w.-]/g, '_').slice(0, 100)
  }

  /** What was read of the text, earlier or in this run; each call gives a value of its own. */
  find(text: string): Value | undefined {
    this.known ??= this.load()
    const found = this.known.get(text.length)?.find((entry) => entry.text === text)
    if (found === undefined) return undefined
    this.used.add(found)
    return found.trees.read(found.start)
  }

  /** Takes up what was read of a text that was not found, unless JSON would not give it back. */
  add(text: string, content: Value): void {
    const start = this.writer.write(content)
    if (start === undefined) return
    this.known ??= this.load()
    this.used.add(addTo(this.known, { text, trees: this.written, start }))
  }

  /** Keeps for later runs what was found or added in this one, where any of it is new. */
  save(): void {
    const { writer } = this
    if (writer.numbers.length === 0) return
    const texts: Uint8Array[] = []
    const rows: Names['rows'] = []
    for (const { text, trees, start } of this.used) {
      const bytes = toBytes(text)
      const isWritten = trees === this.written
      texts.push(bytes)
      rows.push([bytes.length, isWritten ? start : (writer.write(trees.read(start)) as number)])
    }
    const json = { rows, scalars: writer.scalars }
    this.store.write(
      this.name,
      packFile(TEXTS.kind, { parts: [Int32Array.from(writer.numbers)], json, texts }),
    )
  }

  private load(): Map<number, Entry[]> {
    const known = new Map<number, Entry[]>()
    const file = openFile(this.store.read(this.name), TEXTS)
    if (file === undefined) return known
    const [numbers] = file.parts as [Int32Array]
    const [texts] = file.texts as [Uint8Array]
    const { rows, scalars } = file.json as unknown as Names
    const trees = new TreeReader({ numbers, scalars })
    let end = 0
    for (const [bytes, start] of rows) {
      addTo(known, { text: fromBytes(texts.subarray(end, (end += bytes))), trees, start })
    }
    return known
  }
}

/** By its first lines, which need not be right. */
export function looksLikeCrd(text: string): boolean {
  return /^kind: CustomResourceDefinition$/m.test(text.slice(0, 1024))
}

function addTo(known: Map<number, Entry[]>, entry: Entry): Entry {
  const { length } = entry.text
  const alike = known.get(length)
  if (alike === undefined) known.set(length, [entry])
  else alike.push(entry)
  return entry
}
