import { isDigit, isLetter } from '../base/ascii.ts'
import { PkgError } from '../base/errors.ts'
import type { ReleaseName } from '../storage/storage.ts'

/** As Helm tells these rules. */
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const NAMESPACE = `^${LABEL}$`
const RELEASE_NAME = `^${LABEL}(\\.${LABEL})*$`
const MAX_RELEASE_NAME = 53
const MAX_NAMESPACE = 63

/** Labels that storage gives records itself. */
const SYSTEM_LABELS = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt']

/**
 * Refuses names that Kubernetes would refuse, with Helm's text.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/util/validate_name.go, ValidateReleaseName.
 *
 * @throws PkgError RELEASE_NAME_INVALID
 */
export function assertReleaseName({ name, namespace }: ReleaseName): void {
  const problem = problemOf(name)
  if (problem !== undefined) throw invalid(problem)
  assertNamespace(namespace)
}

/**
 * Refuses what cannot be the name of a new release, with Helm's text.
 *
 * Source: Helm 4.1.4 pkg/action/install.go, availableName.
 *
 * @throws PkgError RELEASE_NAME_INVALID
 */
export function assertNewName(name: string): void {
  const problem = problemOf(name)
  if (problem !== undefined) throw invalid(`release name check failed: ${problem}`)
}

/** @throws PkgError RELEASE_NAME_INVALID */
export function assertNamespace(namespace: string): void {
  if (namespace.length <= MAX_NAMESPACE && isLabel(namespace)) return
  throw invalid(`invalid namespace "${namespace}": it must match regex ${NAMESPACE}`)
}

/**
 * Refuses labels that storage needs for itself, with Helm's text.
 *
 * @throws PkgError USAGE
 */
export function assertLabels(labels: Readonly<Record<string, string>>): void {
  if (!Object.keys(labels).some((key) => SYSTEM_LABELS.includes(key))) return
  throw new PkgError(
    'USAGE',
    `user supplied labels contains system reserved label name. System labels: [${SYSTEM_LABELS.join(' ')}]`,
    { hint: 'Choose other keys for --labels.' },
  )
}

/**
 * Makes a release name of a chart reference and the time, as `--generate-name` does.
 *
 * Source: Helm 4.1.4 pkg/action/install.go, NameAndChart.
 */
export function generateName(reference: string, now: Date): string {
  const [last = ''] = reference.replace(/\/+$/, '').split('/').slice(-1)
  const base = last === '' || last === '.' ? 'chart' : last
  const dot = base.indexOf('.')
  return `${dot < 0 ? base : base.slice(0, dot)}-${Math.floor(now.getTime() / 1000)}`
}

function problemOf(name: string): string | undefined {
  if (name === '') return `release name "": no name provided`
  if (name.length <= MAX_RELEASE_NAME && name.split('.').every(isLabel)) return undefined
  const rule = `must match regex ${RELEASE_NAME} and the length must not be longer than ${MAX_RELEASE_NAME}`
  return `release name "${name}": invalid release name, ${rule}`
}

/** Whether text is what LABEL says. */
function isLabel(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const isSmall = isLetter(unit) && unit >= SMALL_A
    if (!isSmall && !isDigit(unit) && unit !== DASH) return false
  }
  return text !== '' && !text.startsWith('-') && !text.endsWith('-')
}

const DASH = 45
const SMALL_A = 97

function invalid(message: string): PkgError {
  return new PkgError('RELEASE_NAME_INVALID', message, {
    hint: 'Use small letters, digits, "-" and ".", beginning and ending with a letter or digit.',
  })
}
