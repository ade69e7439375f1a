import type { IndexEntry } from './entry.ts'
import { giveUp, type Lines } from './lines.ts'
import { readText, readTexts, skipValue } from './values.ts'

/**
 * Reads the entries of an index one after another.
 *
 * The versions of a chart differ in few fields, and mostly have them in the same order. So each
 * field is first held against the one that stood in its place before: the same text between the
 * same columns means the same, and is not looked at again.
 */
export class EntryReader {
  readonly #lines: Lines
  readonly #fields = new Map(KINDS.map((kind, at) => [kind.key, newField(kind, 1 << at)]))
  readonly #start = newField({ key: '', read: skip }, 0)

  constructor(lines: Lines) {
    this.#lines = lines
  }

  /** Reads the fields at a column; the first one stands behind the dash of the item. */
  read(column: number): IndexEntry {
    const lines = this.#lines
    const entry = newEntry()
    let before = this.#start
    let seen = 0
    do {
      const field = this.#readField(column, before.next)
      if (field === undefined) continue
      if ((seen & field.bit) !== 0) giveUp()
      seen |= field.bit
      field.put(entry)
      before.next = field
      before = field
    } while (lines.indent === column && !lines.isBlank)
    if (lines.isBlank || lines.indent > column) giveUp()
    return entry
  }

  /**
   * Reads one field.
   *
   * @param guess the one that it may be
   * @returns undefined for a field that nobody knows
   */
  #readField(column: number, guess: Field | undefined): Field | undefined {
    const lines = this.#lines
    if (guess === undefined) return this.#readAnew(column, this.#fieldAt(column))
    const same = lines.sameAs(guess.offset, guess.length, column)
    const isSame = same > 0 && same === guess.length && column === guess.column
    if (isSame && lines.goToLetter(column + same, column)) return guess
    // The key, its colon and what follows that are the same.
    const isKey = same > guess.key.length + 1
    return this.#readAnew(column, isKey ? guess : this.#fieldAt(column))
  }

  /** The field that begins at a column; undefined for one that nobody knows. */
  #fieldAt(column: number): Field | undefined {
    const lines = this.#lines
    const colon = lines.colon()
    if (colon < 0) giveUp()
    const key = lines.between(column, colon)
    const field = this.#fields.get(key)
    if (field === undefined) assertUnknown(key)
    return field
  }

  #readAnew(column: number, field: Field | undefined): Field | undefined {
    const lines = this.#lines
    if (field === undefined) {
      skipValue(lines, lines.colon() + 1, { column })
      return undefined
    }
    const { offset } = lines
    field.put = field.read(lines, column + field.key.length + 1, column)
    field.column = column
    field.offset = offset + column
    field.length = lines.indent === column && lines.isAtLetter() ? lines.offset - offset : 0
    return field
  }
}

/** A field, and how it was written last. */
interface Field extends FieldKind {
  bit: number
  /** Puts what was read last into an entry. */
  put: Put
  /**
   * Where that was read: from the key, which stands at `column`, up to the first letter of the next
   * key at this column; `length` is 0 where something else follows.
   */
  offset: number
  length: number
  column: number
  /** The field that came behind it. */
  next: Field | undefined
}

interface FieldKind {
  key: string
  read: (lines: Lines, at: number, column: number) => Put
}

type Put = (entry: IndexEntry) => void

function newField({ key, read }: FieldKind, bit: number): Field {
  return { key, read, bit, put: putNothing, offset: 0, length: 0, column: 0, next: undefined }
}

const KINDS: readonly FieldKind[] = [
  text('name', (entry, value) => (entry.name = value)),
  text('version', (entry, value) => (entry.version = value)),
  text('appVersion', (entry, value) => (entry.appVersion = value)),
  text('description', (entry, value) => (entry.description = value)),
  text('digest', (entry, value) => (entry.digest = value)),
  text('created', (entry, value) => (entry.created = value)),
  { key: 'type', read: readType },
  texts('urls', (entry, values) => (entry.urls = values)),
  texts('keywords', (entry, values) => (entry.keywords = values.join(' '))),
  { key: 'deprecated', read: readDeprecated },
  { key: 'maintainers', read: skipItems },
  { key: 'dependencies', read: skipItems },
  ...['apiVersion', 'annotations', 'home', 'icon', 'sources', 'kubeVersion'].map((key) => ({
    key,
    read: skip,
  })),
]

function text(key: string, put: (entry: IndexEntry, value: string) => void): FieldKind {
  return {
    key,
    read(lines, at, column) {
      const value = readText(lines, at, column)
      return (entry) => put(entry, value)
    },
  }
}

function texts(key: string, put: (entry: IndexEntry, values: string[]) => void): FieldKind {
  return {
    key,
    read(lines, at, column) {
      const values = readTexts(lines, at, column)
      return (entry) => put(entry, values)
    },
  }
}

function readType(lines: Lines, at: number, column: number): Put {
  if (!['', 'application', 'library'].includes(readText(lines, at, column))) giveUp()
  return putNothing
}

function readDeprecated(lines: Lines, at: number): Put {
  const value = lines.from(at).trim()
  if (value !== 'true' && value !== 'false') giveUp()
  lines.next()
  return (entry) => (entry.deprecated = value === 'true')
}

function skipItems(lines: Lines, at: number, column: number): Put {
  skipValue(lines, at, { column, onLine: assertItem })
  return putNothing
}

function skip(lines: Lines, at: number, column: number): Put {
  skipValue(lines, at, { column })
  return putNothing
}

function putNothing(): void {
  // The field is not kept.
}

function newEntry(): IndexEntry {
  return {
    name: '',
    version: '',
    appVersion: '',
    description: '',
    keywords: '',
    urls: [],
    digest: '',
    created: '',
    deprecated: false,
  }
}

/** Helm finds a field whatever the case of its letters. */
function assertUnknown(key: string): void {
  if (!/^[A-Za-z]+$/.test(key) || LOWER_KEYS.has(key.toLowerCase())) giveUp()
}

const LOWER_KEYS = new Set(KINDS.map(({ key }) => key.toLowerCase()))

/** Whether an entry can be used may hang on these: an empty item, or an odd alias. */
function assertItem(line: string, isOutermost: boolean): void {
  if (isOutermost && line.startsWith('-') && !/^- +[\w-]+:/.test(line)) giveUp()
  const [, alias] = /^(?:- +)?alias:(.*)$/.exec(line) ?? []
  if (alias !== undefined && !/^ *[a-zA-Z0-9_-]+ *$/.test(alias)) giveUp()
}
