import { openFile, packFile, type FileStore } from '../base/kept-file.ts'
import type { Json } from '../base/json.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'

const TEXTS = { kind: 'kpkx', parts: 0 }

/** What was read of texts, kept from one run to the next for the very same texts. */
export class KeptTexts<Content extends Json> {
  private readonly store: FileStore
  private readonly name: string
  private known: ReadonlyMap<string, Content> | undefined
  private readonly used = new Map<string, Content>()
  private hasNew = false

  /** @param name of a file of the store; it may have any characters */
  constructor(store: FileStore, name: string) {
    this.store = store
    this.name = name.replaceAll(/[^\w.-]/g, '_').slice(0, 100)
  }

  /** What an earlier run has read of the text. */
  find(text: string): Content | undefined {
    this.known ??= this.load()
    const found = this.known.get(text)
    if (found !== undefined) this.used.set(text, found)
    return found
  }

  add(text: string, content: Content): void {
    this.used.set(text, content)
    this.hasNew = true
  }

  /** Keeps for later runs what was found or added in this one, where any of it is new. */
  save(): void {
    if (!this.hasNew) return
    const texts = [...this.used.keys()].map(toBytes)
    const json = [...this.used.values()].map((content, at): Json => [
      texts[at]?.length ?? 0,
      content,
    ])
    this.store.write(this.name, packFile(TEXTS.kind, { parts: [], json, texts }))
  }

  private load(): Map<string, Content> {
    const known = new Map<string, Content>()
    const file = openFile(this.store.read(this.name), TEXTS)
    const [texts = new Uint8Array()] = file?.texts ?? []
    let end = 0
    for (const [length, content] of (file?.json ?? []) as [number, Content][]) {
      known.set(fromBytes(texts.subarray(end, (end += length))), content)
    }
    return known
  }
}
