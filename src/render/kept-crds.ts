import type { FileStore } from '../base/kept-file.ts'
import { KeptTexts, looksLikeCrd } from '../encoding/kept-texts.ts'
import { decodeYamlMap } from '../encoding/yaml-decode.ts'
import type { GoMap } from '../golang/value.ts'

/**
 * Decodes large CRDs that a chart has as text, and keeps them from one run to the next; they hold
 * nothing that is secret.
 */
export class CrdDecoder {
  private readonly store: FileStore
  private readonly name: string
  private kept: KeptTexts | undefined

  /** @param name of a file of the store */
  constructor(store: FileStore, name: string) {
    this.store = store
    this.name = name
  }

  /**
   * @returns a map of its own with each call; undefined for what is no large CRD
   * @throws YamlError, GoError as `decodeYamlMap`
   */
  decode(text: string): GoMap | undefined {
    if (text.length * 4 < this.store.least || !looksLikeCrd(text)) return undefined
    this.kept ??= new KeptTexts(this.store, this.name)
    const found = this.kept.find(text)
    if (found !== undefined) return found as GoMap
    const map = decodeYamlMap(text)
    if (map.get('kind') === 'CustomResourceDefinition') this.kept.add(text, map)
    return map
  }

  /** Keeps for later runs what this one has decoded. */
  save(): void {
    this.kept?.save()
  }
}
