import { adviseOnTag } from './advice.ts'
import { HandlebarsFault, type Place } from './fault.ts'
import { offsetOf, placeAt, tagsOf, type Tag } from './tags.ts'

/** What is wrong with a text that Handlebars cannot read. */
interface Mistake {
  message: string
  /** Offset of what a person has to change. */
  at: number
  hint: string
}

/**
 * Tells what a person did wrong in a template that Handlebars' parser refuses, at the place that
 * is to be changed: the parser itself names the place where it could not go on, for a block or
 * a text that is not closed the end of the file.
 *
 * @param error what the parser threw
 */
export function syntaxFault(file: string, source: string, error: Error): HandlebarsFault {
  const place = behindName(placeOf(error, source), error, source)
  const tags = tagsOf(source)
  const mistake = firstMistake(source, tags)
  const message = mistake?.message ?? firstWords(error.message, source, place)
  const hint = mistake?.hint ?? adviseAt(tags, source, place)
  const found = mistake === undefined ? place : placeAt(source, mistake.at)
  return new HandlebarsFault(message, { code: 'TEMPLATE_SYNTAX', file, place: found, hint })
}

/** A name is refused for the character that ends it, as in `list[0]` and `|item, index|`. */
function behindName(place: Place | undefined, error: Error, source: string): Place | undefined {
  if (place === undefined || !error.message.endsWith("got 'INVALID'")) return place
  const text = source.split('\n')[place.line - 1]?.slice(place.column) ?? ''
  const name = /^[\w-]*/.exec(text)?.[0].length ?? 0
  return { line: place.line, column: place.column + name }
}

function firstMistake(source: string, tags: readonly Tag[]): Mistake | undefined {
  for (const tag of tags) {
    const mistake = mistakeIn(source, tag, tags)
    if (mistake !== undefined) return mistake
  }
  return mistakeOfBlocks(tags, source)
}

/** What is wrong with the braces, the texts and the brackets of one tag. */
function mistakeIn(source: string, tag: Tag, tags: readonly Tag[]): Mistake | undefined {
  const { start, end, braces, openText, body } = tag
  if (openText !== undefined) {
    const quote = source[openText] ?? '"'
    const hint = `Close the text with ${quote} on the line where it begins.`
    return { message: 'the text is not closed', at: openText, hint }
  }
  if (end === undefined) {
    const hint = `Close it with "${'}'.repeat(braces)}".`
    return { message: 'the tag is not closed', at: start, hint }
  }
  const closing = end - start - braces - body.length
  if (braces === 2 && closing > 2) {
    const hint = `Put a blank between the tag and the brace of YAML: {name: {{${body.trim()}}} }.`
    return { message: 'a "}" follows the tag at once', at: end - closing + 2, hint }
  }
  if (closing < braces && braces === 3) {
    const hint = 'Close it with "}}}", or begin it with "{{": nothing is escaped in either.'
    return { message: 'a tag that begins with "{{{" ends with "}}"', at: start, hint }
  }
  if (/^~?\s*~?$/.test(body)) {
    return { message: 'the tag is empty', at: start, hint: 'Name what it shall print.' }
  }
  return mistakeOfBrackets(tag) ?? strayEnd(tag, tags)
}

function mistakeOfBrackets({ start, braces, body }: Tag): Mistake | undefined {
  const open: number[] = []
  for (const { 0: found, index } of body.matchAll(/"[^"]*"|'[^']*'|[()]/g)) {
    const at = start + braces + index
    if (found === '(') open.push(at)
    if (found !== ')' || open.pop() !== undefined) continue
    const hint = 'Take it away, or put "(" before the call that it ends.'
    return { message: 'a ")" without its "("', at, hint }
  }
  const last = open.at(-1)
  if (last === undefined) return undefined
  return { message: 'the "(" is not closed', at: last, hint: 'Put ")" behind the last argument.' }
}

/** A comment of Go's templates looks like the end of a block. */
function strayEnd({ start, mark, body }: Tag, tags: readonly Tag[]): Mistake | undefined {
  if (mark !== '/' || !body.replace(/^~?\s*\//, '').startsWith('*')) return undefined
  const open = openBlocks(tags.filter((tag) => tag.start < start)).at(-1)
  if (open?.name.startsWith('*') === true) return undefined
  const hint = 'A comment is written {{!-- … --}}.'
  return { message: 'this is no comment of Handlebars', at: start, hint }
}

/** Blocks that are opened and not closed, and ends that close none. */
function mistakeOfBlocks(tags: readonly Tag[], source: string): Mistake | undefined {
  const open: Tag[] = []
  for (const tag of tags) {
    if (isElse(tag)) {
      if (open.length === 0) return strayElse(tag, tags)
    } else if (tag.mark.startsWith('#') || (tag.mark === '^' && tag.name !== '')) open.push(tag)
    else if (tag.mark === '/') {
      const block = open.pop()
      if (block === undefined) return strayClose(tag, tags)
      if (block.name !== tag.name) return mismatch(block, tag, source)
    }
  }
  const last = open.at(-1)
  return last && unclosed(last, tags, source)
}

function openBlocks(tags: readonly Tag[]): Tag[] {
  const open: Tag[] = []
  for (const tag of tags) {
    if (tag.mark.startsWith('#')) open.push(tag)
    else if (tag.mark === '/') open.pop()
  }
  return open
}

const isElse = ({ mark, name }: Tag): boolean =>
  (mark === '' && name === 'else') || (mark === '^' && name === '')

function unclosed(block: Tag, tags: readonly Tag[], source: string): Mistake {
  const { name, start } = block
  const end = tags.find((tag) => tag.start > start && tag.mark === '' && ENDS.has(tag.name))
  const lineOf = (tag: Tag): number => placeAt(source, tag.start).line
  const hint =
    end === undefined
      ? `Close {{#${name}}} of line ${lineOf(block)} with {{/${name}}}.`
      : `A block ends with its own name: write {{/${name}}} for {{${end.name}}} of line ${lineOf(end)}.`
  return { message: `{{#${name}}} is not closed`, at: start, hint }
}

const ENDS = new Set(['end', 'endif', 'endeach', 'endwith', 'fi', 'done'])

function mismatch(block: Tag, end: Tag, source: string): Mistake {
  const line = placeAt(source, end.start).line
  return {
    message: `{{#${block.name}}} is not closed before {{/${end.name}}} of line ${line}`,
    at: block.start,
    hint: `Close {{#${block.name}}} with {{/${block.name}}}.`,
  }
}

/** `{{if x}}` is what the end was written for, when there is one. */
function strayClose(end: Tag, tags: readonly Tag[]): Mistake {
  return (
    withoutMark(end, tags, (name) => name === end.name) ?? {
      message: `{{/${end.name}}} closes no block`,
      at: end.start,
      hint: `Open the block before it with {{#${end.name} …}}, or take the tag away.`,
    }
  )
}

function strayElse(tag: Tag, tags: readonly Tag[]): Mistake {
  return (
    withoutMark(tag, tags, (name) => BLOCKS.has(name)) ?? {
      message: `{{else}} stands outside a block`,
      at: tag.start,
      hint: 'Open a block before it, {{#if …}} or {{#each …}}, or take the tag away.',
    }
  )
}

const BLOCKS = new Set(['if', 'unless', 'each', 'with'])

function withoutMark(
  end: Tag,
  tags: readonly Tag[],
  isMeant: (name: string) => boolean,
): Mistake | undefined {
  const begin = tags.findLast(
    (tag) => tag.start < end.start && tag.mark === '' && isMeant(tag.name),
  )
  if (begin === undefined) return undefined
  const message = `{{${begin.name} …}} opens no block`
  return { message, at: begin.start, hint: `A block begins with "#": {{#${begin.name} …}}.` }
}

/** The parser's message without its drawing of the line, which ours replaces. */
function firstWords(message: string, source: string, place: Place | undefined): string {
  const lines = message.split('\n')
  const last = lines.at(-1) ?? message
  if (!message.startsWith('Parse error') && !message.startsWith('Lexical error')) {
    return message.replace(/ - \d+:\d+$/, '')
  }
  const got = /got '(\w+)'$/.exec(last)?.[1]
  const char = place && source[offsetOf(source, place)]
  if (got === 'INVALID' && char !== undefined) return `unexpected ${JSON.stringify(char)}`
  if (got !== undefined) return `unexpected ${WORDS.get(got) ?? got.toLowerCase()}`
  return lines[0]?.replace(/^(?:Parse|Lexical) error on line \d+[.:] ?/, '') || 'unexpected text'
}

/** What the parser's tokens are in a person's words. */
const WORDS = new Map([
  ['CLOSE_BLOCK_PARAMS', '"|"'],
  ['OPEN_BLOCK_PARAMS', '"as |"'],
  ['EOF', 'end of the file'],
  ['INVALID', 'character'],
  ['OPEN_ENDBLOCK', 'end of a block'],
  ['CLOSE', 'end of the tag'],
  ['CLOSE_RAW_BLOCK', '"}}}}"'],
  ['CLOSE_UNESCAPED', '"}}}"'],
  ['OPEN', '"{{"'],
  ['INVERSE', '"{{else}}"'],
  ['OPEN_INVERSE', '"{{^"'],
  ['EQUALS', '"="'],
  ['SEP', '"/" or "."'],
  ['OPEN_SEXPR', '"("'],
  ['CLOSE_SEXPR', '")"'],
  ['ID', 'name'],
  ['STRING', 'text'],
  ['NUMBER', 'number'],
])

function adviseAt(tags: readonly Tag[], source: string, place: Place | undefined): string {
  const offset = place === undefined ? -1 : offsetOf(source, place)
  const around = tags.find(({ start, end = source.length }) => start <= offset && offset <= end)
  const advice = around && adviseOnTag(source.slice(around.start, around.end))
  return (
    advice ?? 'A tag is a name, or a helper with its arguments behind it: {{quote values.name}}.'
  )
}

function placeOf(error: Error, source: string): Place | undefined {
  const { lineNumber, column } = error as { lineNumber?: unknown; column?: unknown }
  if (typeof lineNumber === 'number' && typeof column === 'number') {
    return { line: lineNumber, column }
  }
  const [head = '', excerpt = '', arrow = ''] = error.message.split('\n')
  const line = Number(/on line (\d+)/.exec(head)?.[1] ?? Number.NaN)
  if (Number.isNaN(line)) return undefined
  return drawnPlace(source, excerpt, arrow) ?? { line, column: 0 }
}

/** Finds the place that the parser draws an arrow to, in an excerpt without line breaks. */
function drawnPlace(source: string, excerpt: string, arrow: string): Place | undefined {
  const shown = excerpt.replace(/^\.{3}/, '').replace(/\.{3}$/, '')
  const ahead = arrow.indexOf('^') - (excerpt.startsWith('...') ? 3 : 0)
  const flat = source.replaceAll('\n', '')
  const start = flat.indexOf(shown)
  if (ahead < 0 || start < 0) return undefined
  let left = start + ahead
  const lines = source.split('\n')
  for (const [at, text] of lines.entries()) {
    if (left < text.length || (left === text.length && at === lines.length - 1)) {
      return { line: at + 1, column: left }
    }
    left -= text.length
  }
  return undefined
}
