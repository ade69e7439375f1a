import { openFile, packFile, type FileStore } from '../base/kept-file.ts'
import type { Json } from '../base/json.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'

const TEXTS = { kind: 'kpkx', parts: 0 }

interface Entry<Content> {
  text: string
  content: Content
}

/** What was read of texts, kept from one run to the next for the very same texts. */
export class KeptTexts<Content extends Json> {
  private readonly store: FileStore
  private readonly name: string
  /** By the length of the text: to compare two long texts takes less than to hash one. */
  private known: Map<number, Entry<Content>[]> | undefined
  private readonly used = new Set<Entry<Content>>()
  private hasNew = false

  /** @param name of a file of the store; it may have any characters */
  constructor(store: FileStore, name: string) {
    this.store = store
    this.name = name.replaceAll(/[^\w.-]/g, '_').slice(0, 100)
  }

  /** What an earlier run has read of the text. */
  find(text: string): Content | undefined {
    this.known ??= this.load()
    const found = this.known.get(text.length)?.find((entry) => entry.text === text)
    if (found !== undefined) this.used.add(found)
    return found?.content
  }

  /** Takes up what was read of a text that was not found. */
  add(text: string, content: Content): void {
    this.known ??= this.load()
    this.used.add(addTo(this.known, { text, content }))
    this.hasNew = true
  }

  /** Keeps for later runs what was found or added in this one, where any of it is new. */
  save(): void {
    if (!this.hasNew) return
    const texts: Uint8Array[] = []
    const json: Json[] = []
    for (const { text, content } of this.used) {
      const bytes = toBytes(text)
      texts.push(bytes)
      json.push([bytes.length, content])
    }
    this.store.write(this.name, packFile(TEXTS.kind, { parts: [], json, texts }))
  }

  private load(): Map<number, Entry<Content>[]> {
    const known = new Map<number, Entry<Content>[]>()
    const file = openFile(this.store.read(this.name), TEXTS)
    const [texts = new Uint8Array()] = file?.texts ?? []
    let end = 0
    for (const [length, content] of (file?.json ?? []) as [number, Content][]) {
      addTo(known, { text: fromBytes(texts.subarray(end, (end += length))), content })
    }
    return known
  }
}

function addTo<Content>(
  known: Map<number, Entry<Content>[]>,
  entry: Entry<Content>,
): Entry<Content> {
  const { length } = entry.text
  const alike = known.get(length)
  if (alike === undefined) known.set(length, [entry])
  else alike.push(entry)
  return entry
}
