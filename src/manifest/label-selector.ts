import { PkgError } from '../base/errors.ts'

type Labels = Readonly<Record<string, string>>

const REQUIREMENT =
  /^(?:(?<absent>!\s*)?(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)(?:\s*(?<op>==|=|!=)\s*(?<value>[-A-Za-z0-9_.]*)|\s+(?<set>in|notin)\s*\((?<values>[^()]*)\))?)$/

/**
 * Reads a label selector of Kubernetes: `a=b,c!=d,e in (x, y),f notin (z),g,!h`.
 *
 * @returns whether labels meet every requirement; an empty selector takes all
 * @throws PkgError USAGE
 */
export function parseSelector(text: string): (labels: Labels) => boolean {
  const requirements = splitRequirements(text).map((part) => parseRequirement(part, text))
  return (labels) => requirements.every((isMet) => isMet(labels))
}

/** Commas inside parentheses do not part requirements. */
function splitRequirements(text: string): string[] {
  if (text.trim() === '') return []
  return text.split(/,(?![^(]*\))/).map((part) => part.trim())
}

function parseRequirement(part: string, text: string): (labels: Labels) => boolean {
  const { absent, key, op, value = '', set, values = '' } = REQUIREMENT.exec(part)?.groups ?? {}
  if (key === undefined || (absent !== undefined && (op ?? set) !== undefined)) throw invalid(text)
  if (absent !== undefined) return (labels) => !Object.hasOwn(labels, key)
  if (op === undefined && set === undefined) return (labels) => Object.hasOwn(labels, key)
  const wanted = set === undefined ? [value] : values.split(',').map((each) => each.trim())
  const isNegative = op === '!=' || set === 'notin'
  return (labels) => {
    const actual = Object.hasOwn(labels, key) ? labels[key] : undefined
    const isIn = actual !== undefined && wanted.includes(actual)
    return isNegative ? !isIn : isIn
  }
}

function invalid(text: string): PkgError {
  return new PkgError('USAGE', `unable to parse requirement of selector "${text}"`, {
    hint: 'Write for example --selector team=web,tier!=db,env in (a, b).',
  })
}
