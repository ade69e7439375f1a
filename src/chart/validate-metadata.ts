import { PkgError } from '../base/errors.ts'
import { parseVersion, VersionError } from '../base/versions.ts'
import { isPrintable } from '../golang/printable.ts'
import { quote } from '../golang/strconv.ts'
import type { ChartMetadata, Dependency, Maintainer } from './metadata.ts'

/**
 * Cleans the texts of a Chart.yaml in place (white space to blanks, what cannot be printed
 * is cut out) and refuses what Helm refuses, with its words.
 *
 * Source: helm.sh/helm/v4 pkg/chart/v2/metadata.go and dependency.go, `Validate`.
 *
 * @throws PkgError CHART_INVALID
 */
export function validateMetadata(metadata: ChartMetadata): void {
  sanitizeFields(metadata, METADATA_TEXTS)
  for (const key of ['sources', 'keywords'] as const) sanitizeList(metadata[key])

  if (metadata.apiVersion === '') throw invalid('chart.metadata.apiVersion is required')
  validateName(metadata.name)
  validateVersion(metadata.version)
  if (!['', 'application', 'library'].includes(metadata.type ?? '')) {
    throw invalid('chart.metadata.type must be application or library')
  }
  // A null in the file is still a null here; the types speak of charts that passed.
  for (const maintainer of metadata.maintainers ?? []) validateMaintainer(maintainer)
  validateDependencies(metadata.dependencies ?? [])
}

const METADATA_TEXTS = [
  'name',
  'description',
  'home',
  'icon',
  'condition',
  'tags',
  'appVersion',
  'kubeVersion',
] as const

function validateName(name: string): void {
  if (name === '') throw invalid('chart.metadata.name is required')
  if (name === '.' || name === '..') {
    throw invalid(`chart.metadata.name ${quote(name)} is not allowed`)
  }
  if (name.includes('/')) throw invalid(`chart.metadata.name ${quote(name)} is invalid`)
}

function validateVersion(version: string): void {
  if (version === '') throw invalid('chart.metadata.version is required')
  try {
    parseVersion(version)
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    throw invalid(`chart.metadata.version ${quote(version)} is invalid`)
  }
}

function validateMaintainer(maintainer: Maintainer | null): void {
  if (maintainer === null) throw invalid('maintainers must not contain empty or null nodes')
  sanitizeFields(maintainer, ['name', 'email', 'url'])
}

function validateDependencies(dependencies: readonly (Dependency | null)[]): void {
  const names = new Set<string>()
  for (const dependency of dependencies) {
    if (dependency === null) throw invalid('dependencies must not contain empty or null nodes')
    sanitizeFields(dependency, ['name', 'version', 'repository', 'condition'])
    sanitizeList(dependency.tags)
    const { name, alias = '' } = dependency
    if (alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(alias)) {
      throw invalid(`dependency ${quote(name)} has disallowed characters in the alias`)
    }
    const key = alias === '' ? name : alias
    if (names.has(key)) throw invalid(`more than one dependency with name or alias ${quote(key)}`)
    names.add(key)
  }
}

function sanitizeFields<K extends string>(target: Partial<Record<K, string>>, keys: readonly K[]) {
  for (const key of keys) {
    const text = target[key]
    if (text !== undefined) target[key] = sanitize(text)
  }
}

function sanitizeList(texts: string[] | undefined): void {
  for (const [index, text] of (texts ?? []).entries()) {
    if (texts !== undefined) texts[index] = sanitize(text)
  }
}

function sanitize(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  let clean = ''
  for (const character of text) {
    // JavaScript takes U+FEFF for white space and U+0085 not; Go has it the other way round.
    if (/^[^\S\uFEFF]$|^\u0085$/.test(character)) clean += ' '
    else if (isPrintable(character.codePointAt(0) ?? 0)) clean += character
  }
  return clean
}

function invalid(text: string): PkgError {
  return new PkgError('CHART_INVALID', `validation: ${text}`, {
    hint: 'Correct Chart.yaml.',
    span: { file: 'Chart.yaml' },
  })
}
