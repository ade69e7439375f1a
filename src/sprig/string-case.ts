import { fromBytes, isAscii, runes, toBytes } from '../golang/bytes.ts'
import { fn, type GoFunction } from '../golang/function.ts'
import { isLower, isSpace, isTitle, isUpper, toLower, toTitle, toUpper } from './letters.ts'
import { lowerWords, pascalCase } from './words.ts'

/**
 * Gives the functions that change letters' case or pick letters.
 *
 * Source: Go strings.Title, ToUpper, ToLower; Masterminds/goutils v1.1.1; huandu/xstrings
 * v1.5.0.
 */
export function caseFunctions(): Record<string, GoFunction> {
  return {
    upper: fn(['string'], (text: string) =>
      isAscii(text) ? text.toUpperCase() : mapRunes(text, toUpper),
    ),
    lower: fn(['string'], (text: string) =>
      isAscii(text) ? text.toLowerCase() : mapRunes(text, toLower),
    ),
    title: fn(['string'], title),
    untitle: fn(['string'], untitle),
    swapcase: fn(['string'], swapCase),
    snakecase: fn(['string'], (text: string) => lowerWords(text, '_')),
    kebabcase: fn(['string'], (text: string) => lowerWords(text, '-')),
    camelcase: fn(['string'], pascalCase),
    initials: fn(['string'], initials),
    nospace: fn(['string'], noSpace),
  }
}

/** Changes each rune by itself, so that ß stays ß; a byte that is no UTF-8 becomes U+FFFD. */
function mapRunes(text: string, change: (rune: string) => string): string {
  let changed = ''
  for (const point of runes(text)) changed += change(String.fromCodePoint(point))
  return changed
}

/** Words begin after anything but letters, digits and underscores; Go asks no more. */
function title(text: string): string {
  let previous = ' '
  return mapRunes(text, (rune) => {
    const starts = isSeparator(previous)
    previous = rune
    return starts ? toTitle(rune) : rune
  })
}

function isSeparator(rune: string): boolean {
  if (rune <= '\u007f') return !/[\w]/.test(rune)
  return !/[\p{L}\p{Nd}]/u.test(rune) && isSpace(rune)
}

function untitle(text: string): string {
  let starts = true
  return mapRunes(text, (rune) => {
    const changed = starts && !isSpace(rune) ? toLower(rune) : rune
    starts = isSpace(rune)
    return changed
  })
}

/** A small letter that begins the text or follows white space takes its title form. */
function swapCase(text: string): string {
  let afterSpace = true
  return mapRunes(text, (rune) => {
    const wasAfterSpace = afterSpace
    afterSpace = isSpace(rune)
    if (isUpper(rune) || isTitle(rune)) return toLower(rune)
    if (isLower(rune)) return wasAfterSpace ? toTitle(rune) : toUpper(rune)
    return rune
  })
}

/**
 * Picks the first byte of each word. The bytes count as Latin-1 characters: the initial of
 * `été` is `Ã`, because so does Sprig.
 */
function initials(text: string): string {
  let picked = ''
  let starts = true
  for (const character of toBytes(text).toString('latin1')) {
    if (starts && !isSpace(character)) picked += character
    starts = isSpace(character)
  }
  return picked
}

/** Drops white space; where there is some, all bytes become Latin-1 characters, as in Sprig. */
function noSpace(text: string): string {
  const bytes = toBytes(text)
  const characters = bytes.toString('latin1')
  const kept = Array.from(characters)
    .filter((character) => !isSpace(character))
    .join('')
  return kept.length === characters.length ? fromBytes(bytes) : kept
}
