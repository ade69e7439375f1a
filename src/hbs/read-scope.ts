import { isNode, type AstNode } from './check-names.ts'

/**
 * What the names of a path are looked up in: what all templates see, a value that leads from
 * `values` (with `*` for any item of a list or map), or nothing, where `../` leads out of a file.
 * There may be more than all templates see in a block that a partial prints with its own names.
 */
export type ReadContext =
  | { kind: 'all'; mayHaveMore?: true }
  | { kind: 'value'; path: readonly string[] }
  | { kind: 'nothing' }

/** What a place in a template can name; a context is undefined where the text cannot tell. */
export interface Scope {
  /** The innermost context first. */
  stack: readonly (ReadContext | undefined)[]
  /** Whether there may be more contexts than are known. */
  isOpen: boolean
  /** What `as |name|` names. */
  names: ReadonlyMap<string, ReadContext | undefined>
  /** Names that a call of a partial lays over its context. */
  given: ReadonlySet<string>
}

export const ALL: ReadContext = { kind: 'all' }

/** The scope of a file that is rendered, or called, with a context. */
export function scopeOf(context: ReadContext | undefined, given: Iterable<string> = []): Scope {
  return { stack: [context], isOpen: false, names: new Map(), given: new Set(given) }
}

/** What a path is looked up in and the names that are left of it; undefined where nobody knows. */
export function lookedUpIn(
  path: AstNode,
  { stack, isOpen, names, given }: Scope,
): { context: ReadContext; rest: string[] } | undefined {
  const parts = (path['parts'] as unknown[]).map(String)
  const [first = '', ...rest] = parts
  const depth = Number(path['depth'])
  if (path['data'] === true) {
    return first === 'root' && depth === 0 ? { context: ALL, rest } : undefined
  }
  if (depth === 0 && !/^(?:\.|this\b)/.test(String(path['original'])) && names.has(first)) {
    const named = names.get(first)
    return named && { context: named, rest }
  }
  const context = depth < stack.length ? stack[depth] : isOpen ? undefined : NOTHING
  if (context === undefined || (context.kind === 'all' && given.has(first))) return undefined
  return { context, rest: parts }
}

/** What a path, as the context of a block or a partial, leads to. */
export function contextAt(node: unknown, scope: Scope): ReadContext | undefined {
  if (!isNode(node) || node.type !== 'PathExpression') return undefined
  const found = lookedUpIn(node, scope)
  if (found === undefined) return undefined
  const { context, rest } = found
  if (rest.length === 0) return context
  if (context.kind === 'value') return { kind: 'value', path: [...context.path, ...rest] }
  const [root = '', ...path] = rest
  const isOfValues = context.kind === 'all' && root.toLowerCase() === 'values'
  return isOfValues ? { kind: 'value', path } : undefined
}

/** The scope inside a block: `each` and `with` change the context, other helpers do not. */
export function scopeInside(block: AstNode, scope: Scope): Scope {
  const { path, params, hash, program } = block
  const name = isNode(path) ? path['original'] : undefined
  const list = Array.isArray(params) ? params : []
  const params_ = isNode(program) ? program['blockParams'] : undefined
  const named = Array.isArray(params_) ? params_.map(String) : []
  if (name === 'each' || name === 'with') {
    const context = contextAt(list[0], scope)
    const inner = name === 'with' ? context : itemOf(context)
    const names = withNames(scope.names, named, inner)
    // A context that is the one around it is not counted again.
    if (isSelf(list[0])) return { ...scope, stack: [inner], isOpen: true, names }
    return { ...scope, stack: [inner, ...scope.stack], names }
  }
  const names = withNames(scope.names, named, undefined)
  // `{{#name}}` without arguments changes it when the value is neither true nor false.
  if (list.length === 0 && !isNode(hash))
    return { ...scope, stack: [undefined], isOpen: true, names }
  return { ...scope, names }
}

/** The body of a block that a partial prints, somewhere within contexts of its own. */
export function scopeOfBody(scope: Scope): Scope {
  const stack = scope.stack.map((context) =>
    context?.kind === 'all' ? { ...context, mayHaveMore: true as const } : undefined,
  )
  return { ...scope, stack, isOpen: true }
}

const NOTHING: ReadContext = { kind: 'nothing' }

function itemOf(context: ReadContext | undefined): ReadContext | undefined {
  if (context?.kind !== 'value') return undefined
  return { kind: 'value', path: [...context.path, '*'] }
}

function isSelf(node: unknown): boolean {
  if (!isNode(node) || node.type !== 'PathExpression') return false
  const parts = node['parts'] as unknown[]
  return parts.length === 0 || (node['data'] === true && parts.length === 1)
}

/** The first name is that of the item, the second its key. */
function withNames(
  before: Scope['names'],
  [item, ...others]: readonly string[],
  context: ReadContext | undefined,
): Scope['names'] {
  if (item === undefined) return before
  const unknown = others.map((name): [string, undefined] => [name, undefined])
  return new Map([...before, [item, context], ...unknown])
}
