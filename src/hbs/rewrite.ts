/*
 * What a parsed template is changed in before it is compiled.
 *
 * A tag that stands alone on its line indents what it prints: with
 *
 *     labels:
 *       {{toYaml values.labels}}
 *
 * every line of the YAML begins below the tag, and a newline at the end of the text is not
 * doubled, as Handlebars does it for partials. A call that says itself how its text is laid out
 * (`indent=`, `nindent=`, `indent`, `nindent`) is left as it is.
 *
 * The tag that closes a chain (`{{#if a}} … {{else if b}} … {{/if}}`) and stands alone on its line
 * leaves nothing behind; Handlebars leaves its blanks there.
 *
 * A partial with a block (`hbs/indent-blocks.ts`) is laid out as one without.
 *
 * Brackets around a path mean the path: `(values.name)` is no call.
 *
 * Handlebars does not tell where a partial is called from, so its context passes through a helper
 * that notes the place.
 *
 * Names that a partial is given (`{{> port name="web"}}`) are laid over its context by a helper
 * of ours, because Handlebars takes a context that is no map apart.
 */
import type { Place } from './fault.ts'
import { indentBlocks } from './indent-blocks.ts'

/** Names of the helpers that rewritten tags call; no template can write such a name. */
export const STANDING_ALONE = 'standing alone'
export const VALUE_OF = 'value of'
export const WITH_NAMES = 'with names'
export const CALLED_HERE = 'called here'

interface Node {
  type: string
  /** How many columns the block around it was moved to the left. */
  outdent?: number
  loc?: { start: Place; end: Place }
  [key: string]: unknown
}

/**
 * Rewrites a parsed template in place.
 *
 * @param isHelper whether a name is that of a helper
 */
export function rewrite(ast: unknown, source: string, isHelper: (name: string) => boolean): void {
  const lines = source.split('\n')
  indentBlocks(ast, lines)
  visit(ast, (node) => {
    if (node.type === 'SubExpression') rewriteBrackets(node, isHelper)
    if (node.type === 'MustacheStatement') rewriteStandingAlone(node, lines, isHelper)
    if (node.type.startsWith('Partial')) rewriteContext(node)
    if (node.type === 'BlockStatement') trimChain(node, lines)
  })
}

/** Children first, so that what is put around a node is not visited again. */
function visit(value: unknown, change: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, change)
  } else if (isNode(value)) {
    for (const key of Object.keys(value)) if (key !== 'loc') visit(value[key], change)
    change(value)
  }
}

function rewriteBrackets(node: Node, isHelper: (name: string) => boolean): void {
  const { path } = node
  if (hasArguments(node) || !isNode(path) || isHelperPath(path, isHelper)) return
  Object.assign(node, { path: pathTo(VALUE_OF, node), params: [path] })
}

function rewriteStandingAlone(
  node: Node,
  lines: readonly string[],
  isHelper: (name: string) => boolean,
): void {
  const { path } = node
  const column = columnAlone(node, lines)
  if (column === undefined || !isNode(path) || laysOut(node)) return
  const isCall = hasArguments(node)
  // `{{name}}` may be a function or a value; only Handlebars itself can tell.
  if (!isCall && (path.type !== 'PathExpression' || isHelperPath(path, isHelper))) return
  const { loc, params, hash } = node
  const value = isCall ? { type: 'SubExpression', path, params, hash, loc } : path
  const width = { type: 'NumberLiteral', value: column, original: column, loc }
  Object.assign(node, { path: pathTo(STANDING_ALONE, node), params: [width, value] })
  delete node['hash']
}

/** Takes the blanks before the closing tag from the end of the last part of a chain. */
function trimChain(block: Node, lines: readonly string[]): void {
  const { loc, inverse } = block
  if (loc === undefined || !isChained(inverse)) return
  const line = lines[loc.end.line - 1] ?? ''
  const isAlone =
    /^\s*\{\{\/[^{}]*\}\}$/.test(line.slice(0, loc.end.column)) &&
    line.slice(loc.end.column).trim() === ''
  if (!isAlone) return
  const last = bodyOf(lastPart(block)).at(-1)
  if (last?.type === 'ContentStatement') {
    last['value'] = String(last['value']).replace(/[ \t]+$/, '')
  }
}

/** The part before the closing tag: of the last `else if`, or the `else` behind it. */
function lastPart(block: Node): unknown {
  const { program, inverse } = block
  const next = isChained(inverse) ? bodyOf(inverse)[0] : undefined
  return next === undefined ? (inverse ?? program) : lastPart(next)
}

function isChained(inverse: unknown): boolean {
  return isNode(inverse) && inverse['chained'] === true
}

function bodyOf(program: unknown): Node[] {
  const body = isNode(program) ? program['body'] : undefined
  return Array.isArray(body) ? body.filter(isNode) : []
}

function rewriteContext(node: Node): void {
  const { loc, name, params, hash } = node
  if (!isNode(hash) && isNode(name) && name['original'] === '@partial-block') return
  const self = { type: 'PathExpression', data: false, depth: 0, parts: [], original: 'this', loc }
  const context: unknown = Array.isArray(params) && params.length > 0 ? params[0] : self
  const path = pathTo(isNode(hash) ? WITH_NAMES : CALLED_HERE, node)
  node['params'] = [{ type: 'SubExpression', path, params: [context], hash, loc }]
  delete node['hash']
}

/** How many blanks are before a tag that has its line for itself; undefined for others. */
function columnAlone(
  { loc, strip, outdent = 0 }: Node,
  lines: readonly string[],
): number | undefined {
  if (loc === undefined || loc.start.line !== loc.end.line || isStripped(strip)) return undefined
  const line = lines[loc.start.line - 1] ?? ''
  const isAlone =
    line.slice(0, loc.start.column).trim() === '' && line.slice(loc.end.column).trim() === ''
  return isAlone ? loc.start.column - outdent : undefined
}

function isStripped(strip: unknown): boolean {
  return typeof strip === 'object' && strip !== null && Object.values(strip).includes(true)
}

function laysOut({ path, hash }: Node): boolean {
  if (isNode(path) && (path['original'] === 'indent' || path['original'] === 'nindent')) return true
  if (!isNode(hash) || !Array.isArray(hash['pairs'])) return false
  return hash['pairs'].some(
    (pair: unknown) => isNode(pair) && /^n?indent$/.test(String(pair['key'])),
  )
}

function hasArguments({ params, hash }: Node): boolean {
  return (Array.isArray(params) && params.length > 0) || isNode(hash)
}

function isHelperPath(path: Node, isHelper: (name: string) => boolean): boolean {
  return path.type === 'PathExpression' && isHelper(String(path['original']))
}

function pathTo(name: string, { loc }: Node): Node {
  const path = { type: 'PathExpression', data: false, depth: 0, parts: [name], original: name }
  return loc === undefined ? path : { ...path, loc }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}
