import type { FileStore } from '../base/kept-file.ts'
import { KeptTexts } from '../encoding/kept-texts.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { GoMap, Value } from '../golang/value.ts'
import type { ChartWarning } from './chart.ts'
import { readValues } from './read-yaml.ts'

/** Lists begin with their kind; of a map names and values take turns, as JSON moves names that are numbers. */
type Kept = null | boolean | number | string | Kept[]

const MAP = 0
const LIST = 1

/** Reads the values of a chart and its subcharts; what large ones hold is kept for later runs. */
export class ValuesReader {
  private readonly store: FileStore | undefined
  private readonly name: string
  private kept: KeptTexts<Kept> | undefined

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
    if (found !== undefined) return valueOf(found) as GoMap
    const told: ChartWarning[] = []
    const values = readValues(text, dialect, told)
    warnings.push(...told)
    const kept = told.length === 0 ? keptOf(values) : undefined
    if (kept !== undefined) this.kept.add(text, kept)
    return values
  }

  /** Keeps for later runs what this one has read. */
  save(): void {
    this.kept?.save()
  }
}

function valueOf(kept: Kept): Value {
  if (typeof kept !== 'object' || kept === null) return kept
  const { length } = kept
  if (kept[0] === LIST) {
    const list: Value[] = []
    for (let at = 1; at < length; at++) list.push(valueOf(kept[at] as Kept))
    return list
  }
  const map: GoMap = new Map()
  for (let at = 1; at < length; at += 2) map.set(kept[at] as string, valueOf(kept[at + 1] as Kept))
  return map
}

/** Undefined for what JSON does not give back as it was. */
function keptOf(value: Value): Kept | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return isOfJson(value) ? value : undefined
  const kept: Kept[] = []
  if (value instanceof Map) {
    kept.push(MAP)
    for (const [name, item] of value) {
      const each = keptOf(item)
      if (each === undefined) return undefined
      kept.push(name, each)
    }
    return kept
  }
  if (!Array.isArray(value)) return undefined
  kept.push(LIST)
  for (const item of value) {
    const each = keptOf(item)
    if (each === undefined) return undefined
    kept.push(each)
  }
  return kept
}

function isOfJson(number: number): boolean {
  return Number.isFinite(number) && !Object.is(number, -0)
}
