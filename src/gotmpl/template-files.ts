import type { KnownActions } from './known-actions.ts'
import { parseTemplate } from './parser.ts'
import { Source } from './source.ts'
import { type KeptTable, StatementTable } from './statement-table.ts'

/** What was read of a text, whatever its name. */
export interface ReadLists {
  readonly table: StatementTable
  /** The list of the text itself. */
  readonly own: number
  /** What its `define`s and `block`s define, by name. */
  readonly defined: ReadonlyMap<string, number>
}

interface NewLists extends ReadLists {
  /** Whether its own list is what it defines by its own name. */
  readonly definesItself: boolean
}

/** What was read of files, as it is kept from one run to the next. */
export interface KeptFiles extends KeptTable {
  /** Of every file: its own list, how many templates it defines, and of each its name and list. */
  readonly lists: Int32Array
}

export interface ReadOptions {
  /** Tells which names are functions. */
  isFunction: (name: string) => boolean
  /** What was read before with the same functions. */
  actions: KnownActions
}

/** What was read of the files of a set. */
export class TemplateFiles {
  private table = StatementTable.ofFiles()
  /**
   * By text: a chart may have the same library in it many times, which is read once, but for one
   * that defines a template by the path of a file.
   */
  private readonly texts = new Map<string, ReadLists>()
  /** In the order in which they were read. */
  private readonly files: ReadLists[] = []

  /** @throws TemplateError with Go's text */
  read(name: string, text: string, options: ReadOptions): { source: Source; lists: ReadLists } {
    const source = new Source(name, text, this.files.length)
    const lists = this.listsOf(source, options)
    this.files.push(lists)
    return { source, lists }
  }

  /** What it takes to have all files again by `restore`. */
  keep(): KeptFiles {
    const { rows, places, names } = this.table.keep()
    const strings = [...names]
    const lists = this.files.flatMap(({ own, defined }) => [
      own,
      defined.size,
      ...[...defined].flatMap(([name, slot]) => [strings.push(name) - 1, slot]),
    ])
    return { rows, places, names: strings, lists: Int32Array.from(lists) }
  }

  private listsOf(source: Source, options: ReadOptions): ReadLists {
    const { name, text } = source
    const known = this.texts.get(text)
    if (known?.defined.has(name) === false) return known
    const lists = readLists(source, this.table, options)
    if (!lists.definesItself) this.texts.set(text, lists)
    return lists
  }
}

/** @throws TemplateError with Go's text */
export function readLists(
  source: Source,
  table: StatementTable,
  { isFunction, actions }: ReadOptions,
): NewLists {
  const { name } = source
  const outermost = table.next
  const defined = parseTemplate(source, { isFunction, actions, table })
  const own = defined.get(name)
  if (own === undefined) throw new Error(`no template was read from ${name}`)
  defined.delete(name)
  return { table, own, definesItself: own !== outermost, defined }
}
