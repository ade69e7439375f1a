import type { FileStore } from '../base/kept-file.ts'
import { KeptTexts } from '../encoding/kept-texts.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { GoMap } from '../golang/value.ts'
import type { ChartWarning } from './chart.ts'
import { readValues } from './read-yaml.ts'

/** Reads the values of a chart and its subcharts; what large ones hold is kept for later runs. */
export class ValuesReader {
  private readonly store: FileStore | undefined
  private readonly name: string
  private kept: KeptTexts | undefined

  /** @param name of a file of the store */
  constructor(store: FileStore | undefined, name: string) {
    this.store = store
    this.name = name
  }

  /** @throws PkgError YAML_INVALID as `readValues` */
  read(data: Uint8Array, dialect: 'core' | 'helm', warnings: ChartWarning[]): GoMap {
    const { store } = this
    const text = fromBytes(data)
    if (store === undefined || data.length * 4 < store.least || dialect === 'core') {
      return readValues(text, dialect, warnings)
    }
    this.kept ??= new KeptTexts(store, this.name)
    const found = this.kept.find(text)
    if (found !== undefined) return found as GoMap
    const told: ChartWarning[] = []
    const values = readValues(text, dialect, told)
    warnings.push(...told)
    if (told.length === 0) this.kept.add(text, values)
    return values
  }

  /** Keeps for later runs what this one has read. */
  save(): void {
    this.kept?.save()
  }
}
