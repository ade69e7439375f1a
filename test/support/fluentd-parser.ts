/** A section of a fluentd configuration: `<match kube.**>` has name "match" and argument "kube.**". */
export interface FluentdElement {
  name: string
  argument: string
  /** Parameters by their names; what stands in double quotes has its escapes read. */
  parameters: Map<string, string>
  elements: FluentdElement[]
}

/**
 * Reads a configuration in fluentd's v1 format.
 *
 * Positions in messages are fluentd's: the line from one, and how many characters of that line,
 * its newline among them, were read. Code of Ruby in `"#{…}"` is left as it stands.
 *
 * Source: docs.fluentd.org/configuration/config-file, and messages of fluentd 1.16.11 --dry-run.
 *
 * @throws Error such as "unmatched end tag at line 7,12"
 */
export function parseFluentd(text: string): FluentdElement {
  const scanner = new Scanner(text)
  const root = element('ROOT', '')
  fill(root, scanner, true)
  return root
}

/** Blanks, newlines and comments. */
const SPACING = /(?:[ \t\r\n]|#[^\r\n]*)+/y
const BLANKS = /[ \t\r\n]+/y
/** The rest of a line that says nothing more, and lines after it that say nothing. */
const LINE_END = /(?:[ \t]*(?:#[^\r\n]*)?(?:[\r\n]|$(?![\s\S])))+/y
const NAME = /[A-Za-z0-9_]+/y

function fill(into: FluentdElement, scanner: Scanner, isRoot: boolean): void {
  for (;;) {
    scanner.take(SPACING)
    if (scanner.atEnd) {
      if (isRoot) return
      scanner.fail(`expected end tag '</${into.name}>' but got end of file`)
    }
    if (scanner.takeText('</')) {
      endTag(into, scanner)
      return
    }
    if (scanner.takeText('<')) into.elements.push(section(scanner))
    else parameter(into, scanner)
  }
}

function endTag({ name }: FluentdElement, scanner: Scanner): void {
  const found = scanner.take(NAME)
  scanner.take(SPACING)
  if (!scanner.takeText('>')) scanner.fail('expected character in tag name')
  if (scanner.take(LINE_END) === undefined) scanner.fail('expected end of line after end tag')
  if (found !== name) scanner.fail('unmatched end tag')
}

function section(scanner: Scanner): FluentdElement {
  const name = scanner.take(NAME) ?? ''
  scanner.take(SPACING)
  const argument = textOf(scanner, (rest) => /^(?:[ \t\r\n]|#[^\r\n]*)*>/.test(rest))
  scanner.take(SPACING)
  if (!scanner.takeText('>')) scanner.fail("expected '>'")
  if (scanner.take(LINE_END) === undefined) scanner.fail('expected end of line')
  const made = element(name, argument)
  fill(made, scanner, false)
  return made
}

function parameter({ parameters }: FluentdElement, scanner: Scanner): void {
  const name = textOf(scanner, (rest) => /^[ \t\r\n#]/.test(rest))
  const between = scanner.take(BLANKS) ?? ''
  if (between.includes('\n') || scanner.atEnd) {
    parameters.set(name, '')
    return
  }
  parameters.set(name, literal(scanner))
  if (scanner.take(LINE_END) === undefined) scanner.fail('expected end of line')
}

function literal(scanner: Scanner): string {
  if (/^[[{]/.test(scanner.rest)) return json(scanner)
  return textOf(scanner, (rest) => /^[ \t]*(?:#[^\r\n]*)?(?:[\r\n]|$(?![\s\S]))/.test(rest))
}

/** A list or map goes on over lines until it is one that JSON knows. */
function json(scanner: Scanner): string {
  const close = scanner.rest.startsWith('[') ? ']' : '}'
  const { rest } = scanner
  for (let end = rest.indexOf(close); end !== -1; end = rest.indexOf(close, end + 1)) {
    const candidate = rest.slice(0, end + 1)
    if (!isJson(candidate)) continue
    scanner.takeText(candidate)
    return candidate
  }
  return scanner.fail('got incomplete JSON')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

function textOf(scanner: Scanner, isEnd: (rest: string) => boolean): string {
  if (scanner.takeText('"')) return doubleQuoted(scanner)
  if (scanner.takeText("'")) return singleQuoted(scanner)
  let text = ''
  while (!scanner.atEnd && !/^[\r\n]/.test(scanner.rest)) {
    // A comment needs a blank before it: `#` within a word is a part of it.
    if (!scanner.rest.startsWith('#') && isEnd(scanner.rest)) break
    text += scanner.next()
  }
  return text
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' }

function doubleQuoted(scanner: Scanner): string {
  let text = ''
  while (!scanner.takeText('"')) {
    if (scanner.atEnd) scanner.fail('unexpected end of file in a double quoted string')
    if (scanner.takeText('#{')) {
      text += `#{${rubyCode(scanner)}}`
      continue
    }
    const character = scanner.next()
    if (character !== '\\') text += character
    else {
      const escaped = scanner.next()
      text += ESCAPES[escaped] ?? escaped
    }
  }
  return text
}

function singleQuoted(scanner: Scanner): string {
  let text = ''
  while (!scanner.takeText("'")) {
    if (scanner.atEnd) scanner.fail('unexpected end of file in a single quoted string')
    text += scanner.takeText("\\'") ? "'" : scanner.next()
  }
  return text
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Code up to its brace; its own brackets and quotes must be in pairs. */
function rubyCode(scanner: Scanner): string {
  const open: string[] = []
  let code = ''
  while (open.length > 0 || !scanner.takeText('}')) {
    if (scanner.atEnd) scanner.fail('unexpected end of file in embedded code')
    const character = scanner.next()
    const closer = CLOSERS[character]
    if (closer !== undefined) open.push(closer)
    else if (/[)\]}]/.test(character) && open.pop() !== character)
      scanner.fail(`unexpected '${character}' in embedded code`)
    code += character === "'" ? `'${singleQuoted(scanner)}'` : character
  }
  return code
}

function element(name: string, argument: string): FluentdElement {
  return { name, argument, parameters: new Map(), elements: [] }
}

class Scanner {
  private at = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  get atEnd(): boolean {
    return this.at >= this.text.length
  }

  get rest(): string {
    return this.text.slice(this.at)
  }

  next(): string {
    return this.text.charAt(this.at++)
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    this.at += found?.length ?? 0
    return found
  }

  takeText(text: string): boolean {
    const isThere = this.text.startsWith(text, this.at)
    if (isThere) this.at += text.length
    return isThere
  }

  /** @throws Error always, with the place in fluentd's count */
  fail(message: string): never {
    let left = this.at
    const lines = this.text.match(/[^\n]*\n|[^\n]+$/g) ?? ['']
    const index = lines.findIndex((line) => {
      if (line.length >= left) return true
      left -= line.length
      return false
    })
    throw new Error(`${message} at line ${index + 1},${left}`)
  }
}
