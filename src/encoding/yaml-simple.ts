import { LIMITS } from '../base/limits.ts'
import type { ConstructOptions, YamlMap, YamlValue } from './yaml-construct.ts'
import { addYamlKey, newYamlMap } from './yaml-construct.ts'
import { YamlError } from './yaml-error.ts'
import { readFlow } from './yaml-simple-flow.ts'
import { NotSimple, type Pair, SimpleScanner, giveUp } from './yaml-simple-scan.ts'

/*
 * The short way through the YAML that people and programs write: block maps and lists,
 * brackets, all forms of scalars, comments. It makes values without tokens or nodes in
 * between. Whatever it does not know, and every error, it leaves to the general reader,
 * which then starts again from the top: this file never decides that a text is wrong.
 */

/**
 * Decodes the first document of a text; undefined when it is not simple.
 *
 * @param text passes `isSimpleText`, and a NUL follows it
 */
export function decodeSimpleYaml(text: string, options: ConstructOptions): YamlValue | undefined {
  try {
    return new SimpleReader(text, options).read()
  } catch (error) {
    if (error instanceof NotSimple || error instanceof YamlError) return undefined
    throw error
  }
}

/** A block collection that is being filled. */
interface Frame {
  readonly column: number
  /** The list; undefined for a map. */
  readonly items: YamlValue[] | undefined
  readonly map: YamlMap
  key: string
  /** Whether the key or the dash still waits for its value. */
  isWaiting: boolean
}

class SimpleReader {
  private readonly input: SimpleScanner
  private readonly isJson: boolean
  private readonly refusesDuplicates: boolean
  private readonly frames: Frame[] = []
  private readonly anchors = new Map<string, YamlValue>()
  private root: YamlValue = null
  /** Whether the root is no block collection and has been read, so that nothing may follow. */
  private isWhole = false

  constructor(text: string, options: ConstructOptions) {
    this.input = new SimpleScanner(text, options)
    this.isJson = options.isJson
    this.refusesDuplicates = options.dialect === 'core' || options.onDuplicateKey !== undefined
  }

  read(): YamlValue {
    const input = this.input
    let isStarted = false
    while (input.toToken()) {
      if (input.isAtDocumentIndicator()) {
        if (isStarted) break
        if (!/^---[\n\0]/.test(input.text.slice(input.at, input.at + 4))) giveUp()
        input.at += 3
        input.endLine()
      } else this.readLine(input.column)
      isStarted = true
    }
    this.closeDeeper(-1)
    return this.root
  }

  /** Reads the node, the list item or the pair that starts here, first on its line. */
  private readLine(column: number): void {
    this.closeDeeper(column)
    const frame = this.frames.at(-1)
    if (frame?.column === column) return this.readNext(frame)
    const isRoot = frame === undefined && this.root === null && !this.isWhole
    if (!isRoot && frame?.isWaiting !== true) giveUp()
    this.readNode()
  }

  /** Reads what stands in the column of the collection: its next item, or of the map around. */
  private readNext(current: Frame): void {
    const { column } = current
    const isEntry = this.input.code === DASH && this.input.standsAlone
    let frame: Frame | undefined = current
    if (isEntry && frame.items === undefined && frame.isWaiting) frame = this.open('list', column)
    else if (!isEntry && frame.items !== undefined) {
      this.close(frame)
      frame = this.frames.at(-1)
    }
    if (frame?.column !== column || isEntry !== (frame.items !== undefined)) giveUp()
    if (frame.isWaiting) this.attach(frame, null)
    if (isEntry) this.readEntry(frame)
    else this.readKeyOrScalar(column)
  }

  /** Reads a node of any kind, which may stand behind dashes of lists that start with it. */
  private readNode(): void {
    const input = this.input
    while (input.code === DASH && input.standsAlone) {
      if (!this.skipDash(this.open('list', input.column))) return
    }
    switch (input.code) {
      case OPEN_BRACKET:
      case OPEN_BRACE:
      case PIPE:
      case GREATER:
      case AMPERSAND:
      case ASTERISK: {
        const frame = this.frames.at(-1)
        return frame === undefined ? this.readRoot() : this.readValue(frame)
      }
      default:
        return this.readKeyOrScalar(input.column)
    }
  }

  /** Reads a document that is one collection in brackets, such as `{}`. */
  private readRoot(): void {
    const input = this.input
    if (input.code !== OPEN_BRACKET && input.code !== OPEN_BRACE) giveUp()
    this.root = readFlow(input, LIMITS.yamlDepth)
    this.isWhole = true
    input.endLine()
  }

  private readEntry(frame: Frame): void {
    if (this.skipDash(frame)) this.readNode()
  }

  /** Passes a dash; false when nothing follows it on its line. */
  private skipDash(frame: Frame): boolean {
    const input = this.input
    frame.isWaiting = true
    input.at++
    return this.isValueHere()
  }

  /** Passes spaces; false when nothing else follows on the line, which is then passed too. */
  private isValueHere(): boolean {
    const input = this.input
    input.skipSpaces()
    const { code } = input
    if (code !== LF && code !== HASH && code !== 0) return true
    input.endLine()
    return false
  }

  /** Reads `key:` and its value, or a scalar that stands alone. */
  private readKeyOrScalar(column: number): void {
    const input = this.input
    const pair = input.readPair()
    if (pair !== undefined) return this.addPair(column, pair)
    const isQuoted = input.isAtQuote
    const start = input.at
    const { lineStart } = input
    const text = isQuoted ? input.readQuoted() : input.readPlainLine()
    if (isQuoted) input.skipSpaces()
    let frame = this.frames.at(-1)
    if (input.code === COLON && input.standsAlone) {
      if (input.lineStart !== lineStart || input.at - start > LONGEST_KEY) giveUp()
      if (frame?.column !== column || frame.items !== undefined) frame = this.open('map', column)
      return this.readPairValue(frame, isQuoted ? text : input.keyOf(text))
    }
    if (frame?.isWaiting !== true) giveUp()
    this.attach(frame, isQuoted ? text : input.valueOf(input.readPlainRest(text, frame.column)))
    input.endLine()
  }

  private addPair(column: number, { key, value }: Pair): void {
    const input = this.input
    let frame = this.frames.at(-1)
    if (frame?.column !== column || frame.items !== undefined) frame = this.open('map', column)
    frame.key = key
    if (value !== undefined) return this.attach(frame, value)
    frame.isWaiting = true
    if (input.at !== input.lineStart) this.readValue(frame)
  }

  private readPairValue(frame: Frame, key: string): void {
    frame.key = key
    frame.isWaiting = true
    this.input.at++
    if (this.isValueHere()) this.readValue(frame)
  }

  /** Reads a value that is no block collection. */
  private readValue(frame: Frame): void {
    const input = this.input
    switch (input.code) {
      case DOUBLE_QUOTE:
      case SINGLE_QUOTE:
        this.attach(frame, input.readQuoted())
        break
      case OPEN_BRACKET:
      case OPEN_BRACE:
        this.attach(frame, readFlow(input, LIMITS.yamlDepth - this.frames.length))
        break
      case PIPE:
      case GREATER:
        return this.attach(frame, input.readBlock(frame.column))
      case AMPERSAND:
        this.attach(frame, this.readAnchored(frame))
        break
      case ASTERISK:
        this.attach(frame, this.readAlias())
        break
      default: {
        const text = input.readPlainRest(input.readPlainLine(), frame.column)
        this.attach(frame, input.valueOf(text))
      }
    }
    input.endLine()
  }

  /** Reads a scalar with an anchor before it on its line; other nodes with one are not simple. */
  private readAnchored(frame: Frame): YamlValue {
    const input = this.input
    const name = input.readName(ANCHOR)
    const value = input.isAtQuote
      ? input.readQuoted()
      : input.valueOf(input.readPlainRest(input.readPlainLine(), frame.column))
    this.anchors.set(name, value)
    return value
  }

  private readAlias(): YamlValue {
    const value = this.anchors.get(this.input.readName(ALIAS))
    return value === undefined ? giveUp() : value
  }

  private open(kind: 'list' | 'map', column: number): Frame {
    const parent = this.frames.at(-1)
    if (this.frames.length === LIMITS.yamlDepth) giveUp()
    const items = kind === 'list' ? [] : undefined
    const map = kind === 'map' ? newYamlMap(this.isJson) : NO_MAP
    if (parent === undefined) this.root = items ?? map
    else this.attach(parent, items ?? map)
    const frame = { column, items, map, key: '', isWaiting: false }
    this.frames.push(frame)
    return frame
  }

  private attach(frame: Frame, value: YamlValue): void {
    frame.isWaiting = false
    if (frame.items !== undefined) frame.items.push(value)
    else if (!addYamlKey(frame.map, frame.key, value) && this.refusesDuplicates) giveUp()
  }

  private close(frame: Frame): void {
    if (frame.isWaiting) this.attach(frame, null)
    this.frames.pop()
  }

  private closeDeeper(column: number): void {
    for (let frame = this.frames.at(-1); frame !== undefined; frame = this.frames.at(-1)) {
      if (frame.column <= column) return
      this.close(frame)
    }
  }
}

const NO_MAP: YamlMap = new Map()

const ANCHOR = /&([\w-]{1,100}) +(?=[^ \n\0])/y
const ALIAS = /\*([\w-]{1,100})(?=[ \n\0])/y

/** In characters; a longer key needs a `?`. */
const LONGEST_KEY = 1024

const LF = 10
const DOUBLE_QUOTE = 34
const HASH = 35
const AMPERSAND = 38
const SINGLE_QUOTE = 39
const ASTERISK = 42
const DASH = 45
const COLON = 58
const GREATER = 62
const OPEN_BRACKET = 91
const OPEN_BRACE = 123
const PIPE = 124
