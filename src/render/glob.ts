/*
 * The globs of `.Files.Glob`, with the syntax of gobwas/glob and `/` as separator.
 *
 * A pattern becomes alternatives of steps; matching keeps the set of steps that may come
 * next, so it is linear in pattern times path, whatever stars a pattern holds.
 */

type Step =
  | { kind: 'text'; text: string }
  | { kind: 'one' }
  | { kind: 'any' }
  | { kind: 'super' }
  | { kind: 'class'; not: boolean; has: (point: number) => boolean }
  | { kind: 'choice'; branches: Step[][] }

/** A node of the matcher: takes a character, or forks without one. */
interface State {
  accepts?: (point: number) => boolean
  next: State[]
  final: boolean
}

/** A pattern that gobwas/glob refuses. */
class GlobSyntaxError extends Error {}

const SLASH = 0x2f

/**
 * Compiles a pattern: `*` and `?` stop at `/`, `**` does not, `[a-z]`, `[!x]`, `{a,b}`.
 *
 * @returns a test of a path; one that takes every path when the pattern is malformed, as Helm does
 *
 * Source: gobwas/glob v0.2.3 syntax; Helm pkg/engine/files.go, Glob.
 */
export function compileGlob(pattern: string): (path: string) => boolean {
  try {
    return matcher(new GlobParser(pattern).parse())
  } catch (error) {
    if (error instanceof GlobSyntaxError) return () => true
    throw error
  }
}

class GlobParser {
  private readonly points: string[]
  private at = 0

  constructor(pattern: string) {
    this.points = Array.from(pattern)
    const malformed = this.points.some((point) => isLoneSurrogate(point) || point === '\uFFFD')
    if (malformed) throw new GlobSyntaxError('could not read rune')
    const end = this.points.indexOf('\0')
    if (end >= 0) this.points.length = end
  }

  parse(): Step[] {
    return this.sequence(0)
  }

  private sequence(depth: number): Step[] {
    const steps: Step[] = []
    while (this.at < this.points.length) {
      const point = this.points[this.at] ?? ''
      if (depth > 0 && (point === ',' || point === '}')) break
      steps.push(this.step(point, depth))
    }
    return steps
  }

  private step(point: string, depth: number): Step {
    switch (point) {
      case '*':
        return this.star()
      case '?':
        this.at++
        return { kind: 'one' }
      case '[':
        this.at++
        return this.range()
      case '{':
        this.at++
        return this.choice(depth)
      default:
        return { kind: 'text', text: this.text(depth > 0 ? '?*[{},' : '?*[{') }
    }
  }

  private star(): Step {
    this.at++
    if (this.points[this.at] !== '*') return { kind: 'any' }
    this.at++
    return { kind: 'super' }
  }

  private choice(depth: number): Step {
    const branches: Step[][] = [this.sequence(depth + 1)]
    while (this.points[this.at] === ',') {
      this.at++
      branches.push(this.sequence(depth + 1))
    }
    this.at++
    return { kind: 'choice', branches }
  }

  /** What follows `[`: one range `a-z`, or a list of characters; `!` before it negates. */
  private range(): Step {
    const not = this.points[this.at] === '!'
    if (not) this.at++
    const first = this.points[this.at]
    if (first === undefined) throw new GlobSyntaxError('unexpected end of input')
    if (this.points[this.at + 1] === '-') return this.betweens(first, not)
    const list = new Set(Array.from(this.text(']'), (point) => point.codePointAt(0)))
    this.close()
    if (list.size === 0) throw new GlobSyntaxError('could not parse range')
    return { kind: 'class', not, has: (point) => list.has(point) }
  }

  private betweens(first: string, not: boolean): Step {
    const last = this.points[this.at + 2]
    if (last === undefined) throw new GlobSyntaxError('unexpected end of input')
    const low = first.codePointAt(0) ?? 0
    const high = last.codePointAt(0) ?? 0
    if (high < low) throw new GlobSyntaxError('hi character should be greater than lo')
    this.at += 3
    this.close()
    return { kind: 'class', not, has: (point) => point >= low && point <= high }
  }

  private close(): void {
    if (this.points[this.at] !== ']') throw new GlobSyntaxError('expected close range character')
    this.at++
  }

  private text(breakers: string): string {
    let text = ''
    for (; this.at < this.points.length; this.at++) {
      let point = this.points[this.at] ?? ''
      if (point === '\\') point = this.points[++this.at] ?? ''
      else if (breakers.includes(point)) break
      text += point
    }
    return text
  }
}

function isLoneSurrogate(point: string): boolean {
  const unit = point.charCodeAt(0)
  return point.length === 1 && unit >= 0xd800 && unit <= 0xdfff
}

function matcher(steps: Step[]): (path: string) => boolean {
  const start = chain(steps, { next: [], final: true })
  return (path) => {
    let states = closure([start])
    for (const character of path) {
      const point = character.codePointAt(0) ?? 0
      const next: State[] = []
      for (const state of states) if (state.accepts?.(point) === true) next.push(...state.next)
      if (next.length === 0) return false
      states = closure(next)
    }
    for (const state of states) if (state.final) return true
    return false
  }
}

/** Builds the states of the steps from the last to the first; gives the entry. */
function chain(steps: Step[], end: State): State {
  return steps.reduceRight((next, step) => entry(step, next), end)
}

function entry(step: Step, next: State): State {
  switch (step.kind) {
    case 'text':
      return Array.from(step.text).reduceRight<State>((after, character) => {
        const wanted = character.codePointAt(0)
        return { accepts: (point) => point === wanted, next: [after], final: false }
      }, next)
    case 'one':
      return { accepts: (point) => point !== SLASH, next: [next], final: false }
    case 'class':
      return { accepts: (point) => step.has(point) !== step.not, next: [next], final: false }
    case 'any':
      return repeat((point) => point !== SLASH, next)
    case 'super':
      return repeat(() => true, next)
    default:
      return { next: step.branches.map((branch) => chain(branch, next)), final: false }
  }
}

function repeat(accepts: (point: number) => boolean, next: State): State {
  const fork: State = { next: [next], final: false }
  fork.next.push({ accepts, next: [fork], final: false })
  return fork
}

/** All states reached without taking a character. */
function closure(states: State[]): Set<State> {
  const reached = new Set(states)
  for (const state of reached) {
    if (state.accepts === undefined) for (const next of state.next) reached.add(next)
  }
  return reached
}
