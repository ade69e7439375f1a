import { PkgError, type SourceSpan } from '../base/errors.ts'
import { globMatcher, matchesGlob, parseGlob } from './glob.ts'

/** Says whether a path below the chart's root (with `/`) is left out; `isFolder` is the path's. */
export type Ignore = (path: string, isFolder: boolean) => boolean

interface Rule {
  negated: boolean
  foldersOnly: boolean
  matches: (path: string) => boolean
}

/**
 * Reads .helmignore, with Helm's rules, which are not git's.
 *
 * Rules are tried in order and the first that matches decides. A rule with `/` is matched
 * against the whole path, one without against the last part. A negated rule leaves out
 * everything that it does not match, so `!a.txt` alone leaves out the whole chart.
 * Dotfiles in templates/ are always left out.
 *
 * Source: helm.sh/helm/v4 pkg/ignore/rules.go.
 *
 * @param text the file's text; empty when there is none
 * @throws PkgError CHART_INVALID for a pattern that cannot be used
 */
export function parseIgnore(text: string): Ignore {
  const rules: Rule[] = []
  const lines = (text.startsWith('\uFEFF') ? text.slice(1) : text).split('\n')
  for (const [at, line] of lines.entries()) {
    const rule = parseRule(line, at + 1)
    if (rule !== undefined) rules.push(rule)
  }
  rules.push({
    negated: false,
    foldersOnly: false,
    matches: isTemplatesDotfile,
  })
  return (path, isFolder) => ignores(rules, path, isFolder)
}

function isTemplatesDotfile(path: string): boolean {
  return path.startsWith('templates/.') && path.length > 11 && !path.includes('/', 11)
}

function ignores(rules: Rule[], path: string, isFolder: boolean): boolean {
  for (const rule of rules) {
    const applies = !rule.foldersOnly || isFolder
    if (rule.negated) {
      if (!applies || !rule.matches(path)) return true
    } else if (applies && rule.matches(path)) return true
  }
  return false
}

function parseRule(source: string, line: number): Rule | undefined {
  let pattern = source.trim()
  if (pattern === '' || pattern.startsWith('#')) return undefined
  const at = { line, column: source.indexOf(pattern) + 1, source }
  if (pattern.includes('**')) throw unusable(at, 'double-star (**) syntax is not supported')
  assertValid(pattern, at)
  const negated = pattern.startsWith('!')
  if (negated) pattern = pattern.slice(1)
  const foldersOnly = pattern.endsWith('/')
  if (foldersOnly) pattern = pattern.slice(0, -1)
  return { negated, foldersOnly, matches: matcher(pattern) }
}

function matcher(pattern: string): (path: string) => boolean {
  const matchesWhole = textMatcher(pattern.startsWith('/') ? pattern.slice(1) : pattern)
  if (pattern.includes('/')) return matchesWhole
  return (path) => matchesWhole(path.slice(path.lastIndexOf('/') + 1))
}

/** Nearly every rule is a plain name or `*.suffix`; those are compared without a glob. */
function textMatcher(pattern: string): (text: string) => boolean {
  if (!hasWildcard(pattern)) return (text) => text === pattern
  const suffix = pattern.slice(1)
  if (pattern.startsWith('*') && !hasWildcard(suffix)) {
    return (text) =>
      text.endsWith(suffix) && !text.slice(0, -suffix.length || undefined).includes('/')
  }
  return globMatcher(pattern)
}

function hasWildcard(pattern: string): boolean {
  return ['*', '?', '[', '\\'].some((character) => pattern.includes(character))
}

/** Helm tries a pattern on "abc", which does not read all of every pattern. */
function assertValid(pattern: string, at: Place): void {
  try {
    matchesGlob(parseGlob(pattern), 'abc')
  } catch (error) {
    throw unusable(at, error instanceof Error ? error.message : String(error))
  }
}

type Place = Omit<SourceSpan, 'file'>

function unusable(at: Place, message: string): PkgError {
  return new PkgError('CHART_INVALID', message, {
    hint: 'Change the line or take it away; "*" stands for what is between two "/".',
    span: { file: '.helmignore', ...at },
  })
}
