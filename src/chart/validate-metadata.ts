import { areAllPrintableAscii } from '../base/ascii.ts'
import { PkgError, type SourceSpan } from '../base/errors.ts'
import { parseVersion, VersionError } from '../base/versions.ts'
import type { YamlPath } from '../encoding/yaml-locate.ts'
import { isPrintable } from '../golang/printable.ts'
import { quote } from '../golang/strconv.ts'
import type { ChartMetadata, Dependency, Maintainer } from './metadata.ts'

/**
 * Cleans the texts of a Chart.yaml in place (white space to blanks, what cannot be printed
 * is cut out) and refuses what Helm refuses, with its words.
 *
 * Source: helm.sh/helm/v4 pkg/chart/v2/metadata.go and dependency.go, `Validate`.
 *
 * @param locate finds the line of a field
 * @throws PkgError CHART_INVALID
 */
export function validateMetadata(
  metadata: ChartMetadata,
  locate: (path: YamlPath) => SourceSpan | undefined = () => undefined,
): void {
  try {
    validate(metadata)
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    throw new PkgError('CHART_INVALID', `validation: ${error.message}`, {
      hint: error.hint,
      span: locate(error.path) ?? { file: 'Chart.yaml' },
    })
  }
}

/** What is wrong with a field. */
class Invalid extends Error {
  readonly path: YamlPath
  readonly hint: string

  constructor(message: string, path: YamlPath, hint: string) {
    super(message)
    this.path = path
    this.hint = hint
  }
}

function validate(metadata: ChartMetadata): void {
  sanitizeFields(metadata, METADATA_TEXTS)
  for (const key of ['sources', 'keywords'] as const) sanitizeList(metadata[key])

  if (metadata.apiVersion === '')
    throw new Invalid('chart.metadata.apiVersion is required', [], 'Add "apiVersion: v2".')
  validateName(metadata.name)
  validateVersion(metadata.version)
  if (!['', 'application', 'library'].includes(metadata.type ?? '')) {
    throw new Invalid(
      'chart.metadata.type must be application or library',
      ['type'],
      'Leave "type" out: a chart is an application unless it says "library".',
    )
  }
  // A null in the file is still a null here; the types speak of charts that passed.
  for (const [at, maintainer] of (metadata.maintainers ?? []).entries()) {
    validateMaintainer(maintainer, ['maintainers', at])
  }
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

const NAME_RULE = 'Use small letters, digits and "-" for the name.'
const VERSION_RULE = 'Give a semantic version, for example "version: 1.0.0".'
const ITEM_RULE = 'Fill the item, or take its "-" away.'

function validateName(name: string): void {
  if (name === '')
    throw new Invalid(
      'chart.metadata.name is required',
      ['name'],
      'Add "name", which is also the name of the folder.',
    )
  if (name === '.' || name === '..') {
    throw new Invalid(`chart.metadata.name ${quote(name)} is not allowed`, ['name'], NAME_RULE)
  }
  if (name.includes('/'))
    throw new Invalid(`chart.metadata.name ${quote(name)} is invalid`, ['name'], NAME_RULE)
}

function validateVersion(version: string): void {
  if (version === '')
    throw new Invalid('chart.metadata.version is required', ['version'], VERSION_RULE)
  try {
    parseVersion(version)
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    throw new Invalid(
      `chart.metadata.version ${quote(version)} is invalid`,
      ['version'],
      VERSION_RULE,
    )
  }
}

function validateMaintainer(maintainer: Maintainer | null, path: YamlPath): void {
  if (maintainer === null) {
    throw new Invalid('maintainers must not contain empty or null nodes', path, ITEM_RULE)
  }
  sanitizeFields(maintainer, ['name', 'email', 'url'])
}

function validateDependencies(dependencies: readonly (Dependency | null)[]): void {
  const names = new Set<string>()
  for (const [at, dependency] of dependencies.entries()) {
    const path = ['dependencies', at]
    if (dependency === null) {
      throw new Invalid('dependencies must not contain empty or null nodes', path, ITEM_RULE)
    }
    sanitizeFields(dependency, ['name', 'version', 'repository', 'condition'])
    sanitizeList(dependency.tags)
    const { name, alias = '' } = dependency
    if (alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(alias)) {
      const problem = `dependency ${quote(name)} has disallowed characters in the alias`
      throw new Invalid(problem, [...path, 'alias'], 'Use letters, digits, "_" and "-" alone.')
    }
    const key = alias === '' ? name : alias
    if (names.has(key)) {
      const problem = `more than one dependency with name or alias ${quote(key)}`
      throw new Invalid(problem, path, 'Give one of them another "alias".')
    }
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
  if (areAllPrintableAscii(text)) return text
  let clean = ''
  for (const character of text) {
    // JavaScript takes U+FEFF for white space and U+0085 not; Go has it the other way round.
    if (/^[^\S\uFEFF]$|^\u0085$/.test(character)) clean += ' '
    else if (isPrintable(character.codePointAt(0) ?? 0)) clean += character
  }
  return clean
}
