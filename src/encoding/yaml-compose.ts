import { LIMITS } from '../base/limits.ts'
import type { Mark, YamlComment } from './yaml-cursor.ts'
import { YamlCursor, yamlError } from './yaml-cursor.ts'
import { YamlError } from './yaml-error.ts'
import { readableYaml } from './yaml-reader.ts'
import type { YamlDialect } from './yaml-resolve.ts'
import type { Token, TokenType } from './yaml-tokens.ts'
import { alias, collection, scalar, type YamlNode } from './yaml-node.ts'
import { YamlScanner } from './yaml-tokens.ts'

/** A collection that is being read. */
interface Frame {
  readonly node: YamlNode
  readonly read: (frame: Frame) => YamlNode | undefined
  /** Whether the key has been read and the value comes next. */
  isAtValue: boolean
  /** Whether the key of a pair in braces had no `:`; its value is null whatever follows. */
  isLoneKey: boolean
  isFirst: boolean
}

export interface ComposeOptions {
  readonly dialect: YamlDialect
  /** Lines before the text, which errors count. */
  readonly line?: number
  /** Gets the comments in their order. */
  readonly comments?: YamlComment[]
}

/**
 * Reads the first document of a text, however it is written; undefined when it holds none.
 *
 * @throws YamlError
 */
export function composeYaml(text: string, options: ComposeOptions): YamlNode | undefined {
  const { dialect, line = 0, comments } = options
  const readable = readableYaml(text, line)
  const { refusal } = readable
  if (refusal !== undefined && (dialect === 'core' || readable.text === '')) throw refusal
  const cursor = new YamlCursor(`${readable.text}\0`, 0, line)
  cursor.comments = comments
  if (readable.text.startsWith('\uFEFF')) cursor.at++
  try {
    const root = new YamlComposer(cursor).composeDocument()
    if (refusal !== undefined && isAtEnd(cursor)) throw refusal
    return root
  } catch (error) {
    if (refusal !== undefined && error instanceof YamlError && isAtEnd(cursor)) throw refusal
    throw error
  }
}

/** Whether the scanner, which looks four characters ahead, has come to the end. */
function isAtEnd(cursor: YamlCursor): boolean {
  return cursor.at + 4 >= cursor.text.length
}

/**
 * Builds the nodes of a YAML document; nesting is kept on a stack of its own.
 *
 * Source: parserc.go and the parser of decode.go in go.yaml.in/yaml/v2.
 */
class YamlComposer {
  readonly scanner: YamlScanner
  readonly #frames: Frame[] = []
  readonly #handles = new Map<string, string>()
  #anchors = new Map<string, YamlNode>()

  constructor(cursor: YamlCursor) {
    this.scanner = new YamlScanner(cursor)
  }

  /** Reads the first document; undefined when the text holds none. */
  composeDocument(): YamlNode | undefined {
    const { scanner } = this
    this.#readDirectives()
    let { type } = scanner.peek()
    if (type === 'stream-end') return undefined
    if (type === 'document-start') {
      scanner.skip()
      ;({ type } = scanner.peek())
      if (NOTHING_IN_DOCUMENT.has(type)) return this.#emptyScalar(scanner.peek().start)
    }
    const root = this.#composeTree(this.#readNode('block'))
    scanner.peek()
    return root
  }

  /** `%YAML` and `%TAG` lines, behind which `---` must stand. */
  #readDirectives(): void {
    const { scanner } = this
    let token = scanner.peek()
    let hasVersion = false
    this.#handles.clear()
    while (token.type === 'version-directive' || token.type === 'tag-directive') {
      if (token.type === 'tag-directive') {
        if (this.#handles.has(token.value)) refuse('found duplicate %TAG directive', token)
        this.#handles.set(token.value, token.suffix)
      } else {
        if (hasVersion) refuse('found duplicate %YAML directive', token)
        if (token.value !== '1.1') refuse('found incompatible YAML document', token)
        hasVersion = true
      }
      scanner.skip()
      token = scanner.peek()
      if (!DIRECTIVE_OR_START.has(token.type)) {
        refuse('did not find expected <document start>', token)
      }
    }
    if (!this.#handles.has('!')) this.#handles.set('!', '!')
    if (!this.#handles.has('!!')) this.#handles.set('!!', 'tag:yaml.org,2002:')
  }

  #composeTree(first: YamlNode | undefined): YamlNode {
    let done = first
    for (;;) {
      const frame = this.#frames[this.#frames.length - 1]
      if (done !== undefined) {
        if (frame === undefined) return done
        frame.node.children.push(done)
      }
      done = frame?.read(frame)
    }
  }

  /**
   * Reads a scalar or an alias, or opens the frame of a collection and gives undefined.
   *
   * @param place `value` stands in a block mapping, where a sequence needs no indentation
   */
  #readNode(place: 'block' | 'value' | 'flow'): YamlNode | undefined {
    const { scanner } = this
    const first = scanner.peek()
    if (first.type === 'alias') return this.#readAlias(first)
    const { tag, anchor } = this.#readProperties()
    const { type, start: tokenStart, value } = scanner.peek()
    const start = first.start
    if (type === 'plain' || type === 'quoted') {
      const isPlain = (type === 'plain' && tag === '') || tag === '!'
      scanner.skip()
      return this.#anchored(anchor, scalar(start, value, tag, isPlain))
    }
    const reader = this.#collectionReader(type, place)
    if (reader !== undefined) {
      if (type !== 'block-entry') scanner.skip()
      const kind = type.endsWith('mapping-start') ? 'mapping' : 'sequence'
      this.#open(this.#anchored(anchor, collection(kind, start)), reader)
      return undefined
    }
    if (anchor === '' && tag === '') {
      refuse('did not find expected node content', { start: tokenStart })
    }
    return this.#anchored(anchor, scalar(start, '', tag, tag === ''))
  }

  #collectionReader(type: TokenType, place: 'block' | 'value' | 'flow'): Frame['read'] | undefined {
    if (type === 'flow-sequence-start') return this.#readFlowSequence
    if (type === 'flow-mapping-start') return this.#readFlowMapping
    if (type === 'block-entry' && place === 'value') return this.#readIndentlessSequence
    if (place === 'flow') return undefined
    if (type === 'block-sequence-start') return this.#readBlockSequence
    return type === 'block-mapping-start' ? this.#readBlockMapping : undefined
  }

  #readAlias(token: Token): YamlNode {
    const target = this.#anchors.get(token.value)
    if (target === undefined) {
      fail(`unknown anchor '${token.value}' referenced`, token.start)
    }
    this.scanner.skip()
    const { start, value } = token
    return alias(start, value, target)
  }

  /** An anchor and a tag, in either order. */
  #readProperties(): { tag: string; anchor: string } {
    const { scanner } = this
    let tag = ''
    let anchor = ''
    const first = scanner.peek()
    let token = first
    let tagToken: Token | undefined
    while (
      (token.type === 'anchor' && anchor === '') ||
      (token.type === 'tag' && tagToken === undefined)
    ) {
      if (token.type === 'anchor') anchor = token.value
      else tagToken = token
      scanner.skip()
      token = scanner.peek()
    }
    if (tagToken !== undefined) tag = this.#fullTag(tagToken)
    return { tag, anchor }
  }

  #fullTag(token: Token): string {
    if (token.value === '') return token.suffix
    const prefix = this.#handles.get(token.value)
    const tag = prefix === undefined ? '' : prefix + token.suffix
    if (tag === '') refuse('found undefined tag handle', token)
    return tag
  }

  #anchored(anchor: string, node: YamlNode): YamlNode {
    if (anchor !== '') this.#anchors.set(anchor, node)
    return node
  }

  #open(node: YamlNode, read: Frame['read']): void {
    if (this.#frames.length === LIMITS.yamlDepth) {
      fail(`exceeded max depth of ${LIMITS.yamlDepth}`, node.start, node.start.line + 1)
    }
    this.#frames.push({ node, read, isAtValue: false, isLoneKey: false, isFirst: true })
  }

  #close(frame: Frame): YamlNode {
    this.#frames.pop()
    return frame.node
  }

  #emptyScalar(start: Mark): YamlNode {
    return scalar(start, '', '', true)
  }

  readonly #readBlockSequence = (frame: Frame): YamlNode | undefined => {
    const { scanner } = this
    const token = scanner.peek()
    if (token.type === 'block-entry') {
      scanner.skip()
      const { type } = scanner.peek()
      if (type === 'block-entry' || type === 'block-end') return this.#emptyScalar(token.start)
      return this.#readNode('block')
    }
    if (token.type !== 'block-end') refuse("did not find expected '-' indicator", token)
    scanner.skip()
    return this.#close(frame)
  }

  readonly #readIndentlessSequence = (frame: Frame): YamlNode | undefined => {
    const { scanner } = this
    const token = scanner.peek()
    if (token.type !== 'block-entry') return this.#close(frame)
    scanner.skip()
    const { type } = scanner.peek()
    if (type === 'block-entry' || AFTER_EMPTY_BLOCK.has(type)) return this.#emptyScalar(token.start)
    return this.#readNode('block')
  }

  readonly #readBlockMapping = (frame: Frame): YamlNode | undefined => {
    const { scanner } = this
    const token = scanner.peek()
    const expected = frame.isAtValue ? 'value' : 'key'
    if (token.type === expected) {
      frame.isAtValue = !frame.isAtValue
      scanner.skip()
      if (AFTER_EMPTY_BLOCK.has(scanner.peek().type)) return this.#emptyScalar(token.start)
      return this.#readNode('value')
    }
    if (frame.isAtValue) {
      frame.isAtValue = false
      return this.#emptyScalar(token.start)
    }
    if (token.type !== 'block-end') refuse('did not find expected key', token)
    scanner.skip()
    return this.#close(frame)
  }

  readonly #readFlowSequence = (frame: Frame): YamlNode | undefined => {
    const { scanner } = this
    if (scanner.peek().type !== 'flow-sequence-end') {
      this.#readSeparator(frame, "did not find expected ',' or ']'")
      const { type, start } = scanner.peek()
      if (type === 'key') {
        this.#open(collection('mapping', start), this.#readFlowPair)
        scanner.skip()
        return undefined
      }
      if (type !== 'flow-sequence-end') return this.#readNode('flow')
    }
    scanner.skip()
    return this.#close(frame)
  }

  /** The one pair of a mapping without braces, as in `[a: b]`. */
  readonly #readFlowPair = (frame: Frame): YamlNode | undefined => {
    const { scanner } = this
    const token = scanner.peek()
    if (frame.isFirst) {
      frame.isFirst = false
      frame.isAtValue = true
      if (!AFTER_EMPTY_PAIR.has(token.type)) return this.#readNode('flow')
      scanner.skip()
      return this.#emptyScalar(token.start)
    }
    if (!frame.isAtValue) return this.#close(frame)
    frame.isAtValue = false
    return this.#readFlowValue('flow-sequence-end')
  }

  readonly #readFlowMapping = (frame: Frame): YamlNode | undefined => {
    const { scanner } = this
    if (frame.isAtValue) {
      frame.isAtValue = false
      if (frame.isLoneKey) return this.#emptyScalar(scanner.peek().start)
      return this.#readFlowValue('flow-mapping-end')
    }
    if (scanner.peek().type !== 'flow-mapping-end') {
      this.#readSeparator(frame, "did not find expected ',' or '}'")
      const { type } = scanner.peek()
      if (type !== 'flow-mapping-end') {
        frame.isAtValue = true
        frame.isLoneKey = type !== 'key'
        if (type === 'key') return this.#readFlowKey()
        return this.#readNode('flow')
      }
    }
    scanner.skip()
    return this.#close(frame)
  }

  #readFlowKey(): YamlNode | undefined {
    this.scanner.skip()
    const token = this.scanner.peek()
    if (AFTER_EMPTY_FLOW_KEY.has(token.type)) return this.#emptyScalar(token.start)
    return this.#readNode('flow')
  }

  #readFlowValue(end: TokenType): YamlNode | undefined {
    const { scanner } = this
    let token = scanner.peek()
    if (token.type === 'value') {
      scanner.skip()
      token = scanner.peek()
      if (token.type !== 'flow-entry' && token.type !== end) return this.#readNode('flow')
    }
    return this.#emptyScalar(token.start)
  }

  #readSeparator(frame: Frame, problem: string): void {
    const { scanner } = this
    const token = scanner.peek()
    if (!frame.isFirst) {
      if (token.type !== 'flow-entry') refuse(problem, token)
      scanner.skip()
    }
    frame.isFirst = false
  }
}

/** Refuses a token; goyaml leaves the lines of its parser counted from 0. */
function refuse(problem: string, token: { start: Mark }): never {
  fail(problem, token.start, token.start.line)
}

function fail(problem: string, mark: Mark, goLine = 0): never {
  throw yamlError(problem, { goLine, mark })
}

const NOTHING_IN_DOCUMENT: ReadonlySet<TokenType> = new Set<TokenType>([
  'version-directive',
  'tag-directive',
  'document-start',
  'document-end',
  'stream-end',
])
const DIRECTIVE_OR_START: ReadonlySet<TokenType> = new Set<TokenType>([
  'version-directive',
  'tag-directive',
  'document-start',
])
const AFTER_EMPTY_BLOCK: ReadonlySet<TokenType> = new Set<TokenType>(['key', 'value', 'block-end'])
const AFTER_EMPTY_PAIR: ReadonlySet<TokenType> = new Set<TokenType>([
  'value',
  'flow-entry',
  'flow-sequence-end',
])
const AFTER_EMPTY_FLOW_KEY: ReadonlySet<TokenType> = new Set<TokenType>([
  'value',
  'flow-entry',
  'flow-mapping-end',
])
