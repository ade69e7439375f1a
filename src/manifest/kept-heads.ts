import type { FileStore } from '../base/kept-file.ts'
import { KeptTexts, looksLikeCrd } from '../encoding/kept-texts.ts'
import { readHead } from './read-head.ts'
import type { Head } from './scan-head.ts'

/** The fields of a head; its annotations by name and value. */
type KeptHead = [string, string, string, Map<string, string>]

/**
 * Reads the heads of documents. Those of large CRDs, which are most of the text of many charts and
 * seldom change, are kept from one run to the next; they hold nothing that is secret.
 */
export class HeadReader {
  private readonly store: FileStore | undefined
  private readonly name: string
  private kept: KeptTexts | undefined

  /** @param name of a file of the store */
  constructor(store: FileStore | undefined, name: string) {
    this.store = store
    this.name = name
  }

  /** @throws YamlError, GoError as `readHead` */
  read(document: string): Head {
    const { store } = this
    if (store === undefined || document.length * 4 < store.least || !looksLikeCrd(document)) {
      return readHead(document)
    }
    this.kept ??= new KeptTexts(store, this.name)
    const found = this.kept.find(document)
    if (found !== undefined) return headOf(found as KeptHead)
    const head = readHead(document)
    if (head.kind === 'CustomResourceDefinition') this.kept.add(document, keptHead(head))
    return head
  }

  /** Keeps for later runs what this one has read. */
  save(): void {
    this.kept?.save()
  }
}

function headOf([apiVersion, kind, name, annotations]: KeptHead): Head {
  return { apiVersion, kind, name, annotations }
}

function keptHead({ apiVersion, kind, name, annotations }: Head): KeptHead {
  return [apiVersion, kind, name, new Map(annotations)]
}
