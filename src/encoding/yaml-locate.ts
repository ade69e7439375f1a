import type { YamlNode } from './yaml-node.ts'
import { composeYaml } from './yaml-compose.ts'
import type { YamlComment } from './yaml-cursor.ts'
import { positionOf } from './yaml-cursor.ts'
import type { Position } from './yaml-error.ts'
import { keyText } from './yaml-keys.ts'
import type { YamlDialect } from './yaml-resolve.ts'
import { typedScalar } from './yaml-typed.ts'

/** Keys of maps and indexes of lists from the top of a document to a value. */
export type YamlPath = readonly (string | number)[]

/**
 * Reads a text once, to find where the key or the list item at a path stands in its first
 * document.
 *
 * @returns a finder, which gives undefined when there is no such path
 * @throws YamlError when the text is not YAML
 */
export function yamlLocator(text: string): (path: YamlPath) => Position | undefined {
  const root = composeYaml(text, { dialect: 'helm' })
  return (path) => {
    let node = root
    let mark = node?.start
    for (const step of path) {
      const child = node === undefined ? undefined : childAt(node.target ?? node, step)
      if (child === undefined) return undefined
      mark = child.place.start
      node = child.value
    }
    return mark === undefined ? undefined : positionOf(mark)
  }
}

interface Child {
  /** The key, or the item itself. */
  readonly place: YamlNode
  readonly value: YamlNode
}

function childAt(parent: YamlNode, step: string | number): Child | undefined {
  if (parent.kind === 'sequence') {
    const item = parent.children[Number(step)]
    return item === undefined ? undefined : { place: item, value: item }
  }
  if (parent.kind !== 'mapping') return undefined
  const own = pairsOf(parent).findLast(({ place }) => isKey(place, String(step)))
  return own ?? mergedChildAt(parent, step)
}

function mergedChildAt(parent: YamlNode, step: string | number): Child | undefined {
  for (const { place, value } of pairsOf(parent)) {
    if (!place.isPlain || place.value !== '<<') continue
    const sources = value.kind === 'sequence' ? value.children : [value]
    for (const source of sources) {
      const found = pairsOf(source.target ?? source).find((pair) => isKey(pair.place, String(step)))
      if (found !== undefined) return found
    }
  }
  return undefined
}

function pairsOf(mapping: YamlNode): Child[] {
  const pairs: Child[] = []
  for (let index = 0; index < mapping.children.length; index += 2) {
    const place = mapping.children[index]
    const value = mapping.children[index + 1]
    if (place !== undefined && value !== undefined) pairs.push({ place, value })
  }
  return pairs
}

/** Whether the node is that key, as it is written or as Helm reads it. */
function isKey(node: YamlNode, key: string): boolean {
  const scalar = node.target ?? node
  if (scalar.kind !== 'scalar') return false
  return scalar.value === key || keyText(typedScalar(scalar, 'helm')) === key
}

export interface CommentedKey {
  readonly path: YamlPath
  /** Where the comment begins, from 1; each of its lines stands in the next one. */
  readonly line: number
  /** The lines above and the rest of the line, without `#` and the space behind it. */
  readonly comment: string
}

/**
 * Lists the keys of the first document that have comments, in the order of the text.
 *
 * A key's comments are the lines right above it, with nothing in between and no further to the
 * right, and the one on its own line.
 *
 * @throws YamlError when the text is not YAML
 */
export function yamlComments(text: string, dialect: YamlDialect = 'helm'): CommentedKey[] {
  const comments: YamlComment[] = []
  const root = composeYaml(text, { dialect, comments })
  const found: CommentedKey[] = []
  if (root === undefined) return found
  const taken = new CommentLines(comments, text.split('\n'))
  const rest: Visit[] = [{ key: undefined, node: root, path: [] }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (next.key !== undefined) {
      const { comment, first } = taken.takeFor(next.key.start)
      if (comment !== '') found.push({ path: next.path, line: first + 1, comment })
    }
    rest.push(...visitsIn(next, dialect).toReversed())
  }
  return found
}

interface Visit {
  readonly key: YamlNode | undefined
  readonly node: YamlNode
  readonly path: YamlPath
}

function visitsIn({ node, path }: Visit, dialect: YamlDialect): Visit[] {
  if (node.kind === 'sequence') {
    return node.children.map((item, index) => ({
      key: undefined,
      node: item,
      path: [...path, index],
    }))
  }
  return pairsOf(node).map(({ place, value }) => {
    return { key: place, node: value, path: [...path, nameOf(place, dialect)] }
  })
}

/** A key as it is read: `yes` is "true" to Helm. */
function nameOf(key: YamlNode, dialect: YamlDialect): string {
  const scalar = key.target ?? key
  if (scalar.kind !== 'scalar') return scalar.value
  return keyText(typedScalar(scalar, dialect)) ?? scalar.value
}

/** The comments by line, each given to one key only. */
class CommentLines {
  readonly #lines: readonly string[]
  readonly #comments: Map<number, YamlComment>

  constructor(comments: readonly YamlComment[], lines: readonly string[]) {
    this.#lines = lines
    this.#comments = new Map(comments.map((comment) => [comment.start.line, comment]))
  }

  /** The comments of a key at that place as one text, empty without any, and their first line. */
  takeFor({ line, column }: Position): { comment: string; first: number } {
    const texts: string[] = []
    let first = line
    while (this.#standsAlone(first - 1, column)) texts.unshift(this.#take(--first))
    if (this.#comments.has(line)) texts.push(this.#take(line))
    return { comment: texts.join('\n'), first }
  }

  /** What is further to the right belongs to what stands above it. */
  #standsAlone(line: number, column: number): boolean {
    const start = this.#comments.get(line)?.start
    if (start === undefined || start.column > column) return false
    return this.#lines[line]?.trimStart().startsWith('#') === true
  }

  #take(line: number): string {
    const text = this.#comments.get(line)?.text ?? ''
    this.#comments.delete(line)
    return text.trimEnd().replace(/^ /, '')
  }
}
