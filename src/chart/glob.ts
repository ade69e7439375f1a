/*
 * Go's `filepath.Match` on Unix, without backtracking that a hostile pattern could abuse.
 *
 * A pattern is cut before its stars into runs of single-character items. Neither a star nor
 * `?` matches `/`. Each run is laid at the first place it fits, which is enough: a star that
 * could reach further could as well have left that to the next star.
 */

/** A pattern taken apart by `parseGlob`. */
export type Glob = Run[]

interface Run {
  afterStar: boolean
  /** Undefined when the run is not well-formed; that matters only if matching gets so far. */
  items: Item[] | undefined
}

/** A character, `?` (undefined), or a class. */
type Item = string | undefined | CharacterClass

interface CharacterClass {
  negated: boolean
  ranges: [low: number, high: number][]
}

/**
 * Takes a pattern apart: `*`, `?`, `[a-z]`, `[^a-z]`, and `\` before a character.
 *
 * Source: Go path/filepath/match.go `Match`.
 */
export function parseGlob(pattern: string): Glob {
  const characters = Array.from(pattern)
  const runs: Run[] = []
  let at = 0
  while (at < characters.length) {
    const afterStar = characters[at] === '*'
    while (characters[at] === '*') at++
    const end = endOfRun(characters, at)
    runs.push({ afterStar, items: parseItems(characters.slice(at, end)) })
    at = end
  }
  return runs
}

/**
 * Whether the whole name matches.
 *
 * @throws Error `syntax error in pattern` when matching reaches a run that is not well-formed
 */
export function matchesGlob(glob: Glob, name: string): boolean {
  const characters = Array.from(name)
  let at = 0
  for (const [index, run] of glob.entries()) {
    const end = place(run, characters, at, index === glob.length - 1)
    if (end === undefined) return false
    at = end
  }
  return at === characters.length
}

/** Compares names with a pattern; a part that cannot be read makes it match nothing, as in Helm. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const glob = parseGlob(pattern)
  return (name) => {
    try {
      return matchesGlob(glob, name)
    } catch {
      return false
    }
  }
}

/** Where the run ends when it is laid at the first place it fits at or after `at`. */
function place(run: Run, name: string[], at: number, isLast: boolean): number | undefined {
  const { items } = run
  if (items === undefined) throw new Error('syntax error in pattern')
  if (items.length === 0) return name.includes('/', at) ? undefined : name.length
  for (let start = at; ; start++) {
    const end = start + items.length
    if (end > name.length) return undefined
    if ((!isLast || end === name.length) && fits(items, name, start)) return end
    if (!run.afterStar || name[start] === '/') return undefined
  }
}

function fits(items: Item[], name: string[], start: number): boolean {
  return items.every((item, offset) => {
    const character = name[start + offset] ?? ''
    if (item === undefined) return character !== '/'
    if (typeof item === 'string') return item === character
    const point = character.codePointAt(0) ?? 0
    return item.ranges.some(([low, high]) => low <= point && point <= high) !== item.negated
  })
}

/** A star ends a run unless it stands between brackets. */
function endOfRun(characters: string[], start: number): number {
  let inClass = false
  for (let at = start; at < characters.length; at++) {
    const character = characters[at]
    if (character === '\\') at++
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '*' && !inClass) return at
  }
  return characters.length
}

function parseItems(characters: string[]): Item[] | undefined {
  const items: Item[] = []
  let at = 0
  while (at < characters.length) {
    if (characters[at] === '[') {
      const parsed = parseClass(characters, at + 1)
      if (parsed === undefined) return undefined
      items.push(parsed.item)
      at = parsed.next
      continue
    }
    const isAny = characters[at] === '?'
    if (characters[at] === '\\') at++
    if (at >= characters.length) return undefined
    items.push(isAny ? undefined : characters[at])
    at++
  }
  return items
}

function parseClass(characters: string[], start: number) {
  const negated = characters[start] === '^'
  const ranges: CharacterClass['ranges'] = []
  let at = negated ? start + 1 : start
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = parseClassCharacter(characters, at)
    if (low === undefined) return undefined
    let high = low
    if (characters[low.next] === '-') {
      const parsed = parseClassCharacter(characters, low.next + 1)
      if (parsed === undefined) return undefined
      high = parsed
    }
    ranges.push([low.point, high.point])
    at = high.next
  }
  return { item: { negated, ranges }, next: at + 1 }
}

/** The closing bracket is still to come, so the last character of a run is never one of a class. */
function parseClassCharacter(characters: string[], start: number) {
  const first = characters[start]
  if (first === undefined || first === '-' || first === ']') return undefined
  const at = first === '\\' ? start + 1 : start
  const point = characters[at]?.codePointAt(0)
  if (point === undefined || at + 1 >= characters.length) return undefined
  return { point, next: at + 1 }
}
