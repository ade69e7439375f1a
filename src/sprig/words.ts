import { runes } from '../golang/bytes.ts'
import { isLetter, isNumber, isPunctuation, isSpace, isUpper, toLower, toUpper } from './letters.ts'

type WordKind = 'connector' | 'punctuation' | 'capitals' | 'letters' | 'number' | 'other' | 'end'

interface Word {
  readonly kind: WordKind
  readonly text: string
}

const END: Word = { kind: 'end', text: '' }

/**
 * Joins the words of a name with `connector`, in small letters: `HTTPServer` → `http_server`.
 *
 * A number belongs to the word before it unless small letters follow: `Bld4Floor` gives
 * `bld4_floor`, `http2xx` gives `http_2xx`. White space, `-` and `_` all become connectors.
 *
 * Source: huandu/xstrings v1.5.0 convert.go, `ToSnakeCase`, `ToKebabCase`.
 */
export function lowerWords(text: string, connector: string): string {
  const words = wordsOf(text)
  let joined = ''
  let at = 0
  const next = (): Word => words[at++] ?? END
  const write = (word: Word): void => {
    joined += lowered(word, connector)
  }
  /** Numbers and small letters after a number stay one word: `2m3s`. */
  const writeTail = (start: Word): Word => {
    let word = start
    while (word.kind === 'letters' || word.kind === 'number') {
      write(word)
      word = next()
    }
    if (startsWord(word)) joined += connector
    return word
  }

  let word = next()
  while (at < words.length) {
    const previous = word
    if (previous.kind !== 'connector') write(previous)
    word = next()
    if (previous.kind === 'connector') write(previous)
    else if (previous.kind === 'number') word = writeTail(word)
    else if (previous.kind !== 'punctuation' && word.kind !== 'number') {
      if (startsWord(word)) joined += connector
    } else if (previous.kind !== 'punctuation' && at < words.length) {
      const number = word
      word = next()
      if (word.kind === 'letters') {
        joined += connector
        write(number)
        word = writeTail(word)
      } else {
        write(number)
        if (startsWord(word)) joined += connector
      }
    }
  }
  write(word)
  return joined
}

function startsWord({ kind }: Word): boolean {
  return kind !== 'end' && kind !== 'punctuation' && kind !== 'connector'
}

function lowered({ kind, text }: Word, connector: string): string {
  if (kind !== 'capitals' && kind !== 'connector') return text
  return Array.from(text)
    .map((rune) => (isConnector(rune) ? connector : isUpper(rune) ? toLower(rune) : rune))
    .join('')
}

function wordsOf(text: string): Word[] {
  const characters = Array.from(text)
  const words: Word[] = []
  for (let at = 0; at < characters.length;) {
    const end = wordEnd(characters, at)
    words.push({ kind: kindOf(characters[at] ?? ''), text: characters.slice(at, end).join('') })
    at = end
  }
  return words
}

function wordEnd(characters: string[], start: number): number {
  const kind = kindOf(characters[start] ?? '')
  if (kind !== 'capitals') return runEnd(characters, start, (rune) => continues(kind, rune))
  const capitals = runEnd(characters, start, isUpper)
  const following = characters[capitals]
  if (following === undefined || !isAlphabet(following)) return capitals
  // The last capital of HTTPServer begins the next word.
  if (capitals - start > 1) return capitals - 1
  return runEnd(characters, capitals, isSmall)
}

function runEnd(characters: string[], start: number, belongs: (rune: string) => boolean): number {
  let end = start + 1
  while (end < characters.length && belongs(characters[end] ?? '')) end++
  return end
}

function continues(kind: WordKind, rune: string): boolean {
  if (kind === 'letters') return isSmall(rune)
  if (kind === 'number') return isNumber(rune)
  return kindOf(rune) === kind
}

function isSmall(rune: string): boolean {
  return isAlphabet(rune) && !isUpper(rune)
}

function kindOf(rune: string): WordKind {
  if (isConnector(rune)) return 'connector'
  if (isPunctuation(rune)) return 'punctuation'
  if (isUpper(rune)) return 'capitals'
  if (isAlphabet(rune)) return 'letters'
  return isNumber(rune) ? 'number' : 'other'
}

function isConnector(rune: string): boolean {
  return rune === '-' || rune === '_' || isSpace(rune)
}

/** A letter, but no Chinese character: those make words of their own. */
function isAlphabet(rune: string): boolean {
  return isLetter(rune) && !IDEOGRAPH.test(rune)
}

const IDEOGRAPH = /[\u3400-\u4d85\u4e00-\u9fcc\u{20000}-\u{2b81d}]/u

/**
 * Joins the words of a name, each with a capital: `http_server` → `HttpServer`.
 *
 * Leading connectors stay, and of several in a row all but the last; a text of nothing else
 * gets one more.
 *
 * Source: huandu/xstrings v1.5.0 convert.go, `ToPascalCase`.
 */
export function pascalCase(text: string): string {
  const characters = runes(text).map((point) => String.fromCodePoint(point))
  const start = characters.findIndex((rune) => !isConnector(rune))
  if (start < 0) return text + text.slice(-1)
  let joined = characters.slice(0, start).join('')
  let previous = toUpper(characters[start] ?? '')
  let wasCapital = isUpper(characters[start] ?? '')
  for (const rune of characters.slice(start + 1)) {
    let current = rune
    if (!isConnector(previous)) {
      joined += previous
      if (wasCapital && isUpper(rune)) current = toLower(rune)
      else wasCapital = false
    } else if (isConnector(rune)) {
      joined += previous
    } else {
      wasCapital = isUpper(rune)
      current = toUpper(rune)
    }
    previous = current
  }
  return joined + previous
}
