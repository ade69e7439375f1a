import { byteLength } from '../golang/bytes.ts'
import { quote } from '../golang/strconv.ts'

/**
 * Says what is wrong with the name of an object of a kind, in Helm's words.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/lint/rules/template.go, validateMetadataNameFunc; names as
 * k8s.io/apimachinery v0.35.1 validates them.
 */
export function nameProblem(kind: string, name: string): string | undefined {
  const problems = [...new Set(problemsOf(kind.toLowerCase(), name))].map(
    (problem) => `metadata.name: Invalid value: ${quote(name)}: ${problem}`,
  )
  if (problems.length === 0) return undefined
  const all = problems.length === 1 ? problems.join('') : `[${problems.join(', ')}]`
  return `object name does not conform to Kubernetes naming requirements: ${quote(name)}: ${all}`
}

function problemsOf(kind: string, name: string): string[] {
  switch (kind) {
    case 'service':
      return serviceProblems(name)
    case 'namespace':
      return labelProblems(name)
    case 'certificatesigningrequest':
      return []
    case 'role':
    case 'clusterrole':
    case 'rolebinding':
    case 'clusterrolebinding':
      return segmentProblems(name)
    default:
      return subdomainProblems(name)
  }
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const SERVICE = '[a-z]([-a-z0-9]*[a-z0-9])?'

function subdomainProblems(name: string): string[] {
  const problems = tooLong(name, 253)
  if (!isSubdomain(name)) {
    problems.push(
      mismatch(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        ['example.com'],
        SUBDOMAIN,
      ),
    )
  }
  return problems
}

function labelProblems(name: string): string[] {
  const problems = tooLong(name, 63)
  if (isLabel(name)) return problems
  if (isSubdomain(name)) return [...problems, 'must not contain dots']
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
  return [...problems, mismatch(rule, ['my-name', '123-abc'], LABEL)]
}

function serviceProblems(name: string): string[] {
  const problems = tooLong(name, 63)
  if (isLabel(name) && /^[a-z]/.test(name)) return problems
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
  return [...problems, mismatch(rule, ['my-name', 'abc-123'], SERVICE)]
}

function segmentProblems(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

function isLabel(name: string): boolean {
  return /^[a-z0-9][-a-z0-9]*$/.test(name) && !name.endsWith('-')
}

function isSubdomain(name: string): boolean {
  return name.split('.').every(isLabel)
}

function tooLong(name: string, most: number): string[] {
  return byteLength(name) > most ? [`must be no more than ${most} characters`] : []
}

function mismatch(rule: string, examples: readonly string[], pattern: string): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`
}
