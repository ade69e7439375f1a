import { atoi, parseFloat } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import { unquoteEither } from './json-path-quote.ts'

/** One end of a slice; `isNext` stands for the item after the start, as in `[2]`. */
export interface SliceBound {
  value: number | undefined
  isNext?: boolean
}

/** A step of a JSONPath template. */
export type PathNode =
  | { kind: 'list'; nodes: PathNode[] }
  | { kind: 'text'; text: string }
  | { kind: 'constant'; value: boolean | number | bigint }
  | { kind: 'field'; name: string }
  | { kind: 'keyword'; name: string }
  | { kind: 'slice'; start: SliceBound; end: SliceBound; step: SliceBound }
  | { kind: 'filter'; left: PathNode[]; right: PathNode[]; operator: string }
  | { kind: 'union'; members: PathNode[][] }
  | { kind: 'wildcard' }
  | { kind: 'recursive' }

/**
 * Parses a JSONPath template of Kubernetes: text, and paths in braces.
 *
 * Source: k8s.io/client-go v0.35.1 util/jsonpath/parser.go.
 *
 * @throws GoError with client-go's text
 */
export function parseJsonPath(template: string): PathNode[] {
  const nodes: PathNode[] = []
  let at = 0
  while (at < template.length) {
    const brace = template.indexOf('{', at)
    const end = brace < 0 ? template.length : brace
    if (end > at) nodes.push({ kind: 'text', text: template.slice(at, end) })
    if (brace < 0) break
    const action = new ActionParser(template, brace + 1)
    nodes.push({ kind: 'list', nodes: action.nodes })
    at = action.parse()
  }
  return nodes
}

/** Parses a part of an action as an action of its own. */
function parseAction(text: string): PathNode[] {
  const [first] = parseJsonPath(`{${text}}`)
  return first?.kind === 'list' ? first.nodes : []
}

/** Reads one `{…}`. */
class ActionParser {
  readonly nodes: PathNode[] = []
  readonly #text: string
  #at: number

  constructor(text: string, at: number) {
    this.#text = text
    this.#at = at
  }

  /** Reads up to the closing brace, and gives the place behind it. */
  parse(): number {
    while (!this.#startsWith('}')) {
      if (this.#startsWith('[?(')) this.#filter()
      else if (this.#startsWith('..')) this.#recursive()
      else this.#step()
    }
    return this.#at + 1
  }

  #startsWith(prefix: string): boolean {
    return this.#text.startsWith(prefix, this.#at)
  }

  #step(): void {
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) throw new GoError('unclosed action')
    const character = String.fromCodePoint(code)
    if (/[\r\n]/.test(character)) throw new GoError('unclosed action')
    if (/[ @$]/.test(character)) this.#at++
    else if (character === '[') this.#brackets()
    else if (character === '"' || character === "'") this.#quoted(character)
    else if (character === '.') {
      this.#at++
      this.#field()
    } else if (/[+-]|\p{Nd}/u.test(character)) this.#number()
    else if (/[_\p{L}]/u.test(character)) this.#word()
    else throw new GoError(`unrecognized character in action: ${describeRune(character)}`)
  }

  #recursive(): void {
    if (this.nodes.at(-1)?.kind === 'recursive') {
      throw new GoError('invalid multiple recursive descent')
    }
    this.#at += 2
    this.nodes.push({ kind: 'recursive' })
    if (/^[_\p{L}\p{Nd}]/u.test(this.#text.slice(this.#at, this.#at + 2))) this.#field()
  }

  #field(): void {
    const name = this.#take(/(?:\\[\s\S]?|[^\\ \t\r\n.,[\]$@{}])*/y)
    if (name === '*') this.nodes.push({ kind: 'wildcard' })
    else this.nodes.push({ kind: 'field', name: name.replaceAll('\\', '') })
  }

  #word(): void {
    const name = this.#take(/[^ \t\r\n.,[\]$@{}]*/y)
    if (name === 'true' || name === 'false') {
      this.nodes.push({ kind: 'constant', value: name === 'true' })
    } else this.nodes.push({ kind: 'keyword', name })
  }

  #number(): void {
    const text = this.#take(/[+-]?[.\p{Nd}]*/uy)
    const value = numberOf(text)
    if (value === undefined) throw new GoError(`cannot parse number ${text}`)
    this.nodes.push({ kind: 'constant', value })
  }

  #quoted(quote: string): void {
    const start = this.#at
    for (let at = start + 1; ; at++) {
      const character = this.#text[at]
      if (character === undefined || character === '\n') {
        throw new GoError('unterminated quoted string')
      }
      if (character !== quote || this.#text[at - 1] === '\\') continue
      this.#at = at + 1
      this.nodes.push({ kind: 'text', text: unquoteEither(this.#text.slice(start, at + 1)) })
      return
    }
  }

  #brackets(): void {
    const inside = this.#take(/\[[^\]\n]*\]/y)
    if (inside === '') throw new GoError('unterminated array')
    const text = inside === '[*]' ? ':' : inside.slice(1, -1)
    const members = text.split(',')
    if (members.length > 1) {
      const parsed = members.map((each) => parseAction(`[${each.replaceAll(/^ +| +$/g, '')}]`))
      this.nodes.push({ kind: 'union', members: parsed })
      return
    }
    const key = /^'([^']*)'$/.exec(text)?.[1]
    if (key === undefined) this.nodes.push(sliceOf(text))
    else this.nodes.push(...parseAction(`.${key}`))
  }

  #filter(): void {
    this.#at += 3
    const start = this.#at
    const end = this.#filterEnd()
    if (this.#text[end + 1] !== ']') throw new GoError('unclosed array expect ]')
    this.#at = end + 2
    const text = this.#text.slice(start, end)
    const [, left, operator = '', right = ''] = /^([^!<>=]+)([!<>=]+)(.+)$/.exec(text) ?? []
    if (left === undefined) {
      this.nodes.push({ kind: 'filter', left: parseAction(text), right: [], operator: 'exists' })
      return
    }
    const sides = { left: parseAction(left), right: parseAction(right) }
    this.nodes.push({ kind: 'filter', ...sides, operator })
  }

  /** The place of the `)` that ends a filter: not in quotes, of which there are two at most. */
  #filterEnd(): number {
    let pair: string | undefined
    let isClosed = false
    for (let at = this.#at; ; at++) {
      const character = this.#text[at]
      if (character === undefined || character === '\n') throw new GoError('unterminated filter')
      if (character === ')' && (pair === undefined || isClosed)) return at
      if (character !== '"' && character !== "'") continue
      if (pair === undefined) pair = character
      else if (character === pair && this.#text[at - 1] !== '\\') isClosed = true
    }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found = ''] = pattern.exec(this.#text) ?? []
    this.#at += found.length
    return found
  }
}

function numberOf(text: string): bigint | number | undefined {
  for (const read of [atoi, parseFloat]) {
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof GoError)) throw error
    }
  }
  return undefined
}

function sliceOf(text: string): PathNode {
  const parts = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text)
  if (parts === null) throw new GoError(`invalid array index ${text}`)
  const [, start = '', end, step = ''] = parts
  return {
    kind: 'slice',
    start: boundOf(start),
    end: end === undefined ? { value: undefined, isNext: true } : boundOf(end.slice(1)),
    step: boundOf(step.slice(1)),
  }
}

function boundOf(digits: string): SliceBound {
  if (digits === '') return { value: undefined }
  const value = numberOf(digits)
  if (typeof value !== 'bigint') throw new GoError(`array index ${digits} is not a number`)
  return { value: Number(value) }
}

/** Go's `%#U`. */
function describeRune(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return /^[\p{C}\p{Z}]$/u.test(character) ? `U+${hex}` : `U+${hex} '${character}'`
}
