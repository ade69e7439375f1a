import { PkgError, type SourceSpan } from '../base/errors.ts'
import { explainMismatch, parseConstraint, parseVersion, VersionError } from '../base/versions.ts'
import type { ChartFolder } from '../chart/chart-folder.ts'
import {
  readMetadata,
  unknownMetadataKey,
  type ChartMetadata,
  type Maintainer,
} from '../chart/metadata.ts'
import { decodeYaml } from '../encoding/yaml-decode.ts'
import { YamlError, type Position } from '../encoding/yaml-error.ts'
import { spanIn, spanOfPath } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import { quote } from '../golang/strconv.ts'
import { GoError, typeName, type Value } from '../golang/value.ts'
import { isEmail, isRequestUrl, isUrl } from './addresses.ts'
import type { Findings } from './finding.ts'

/**
 * Checks Chart.yaml.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/lint/rules/chartfile.go.
 */
export function lintChartfile(folder: ChartFolder, findings: Findings): void {
  const isFolder = folder.kindOf(FILE) === 'folder'
  findings.check(
    { severity: 'error', path: FILE },
    isFolder ? 'should be a file, not a directory' : undefined,
  )
  const chartfile = read(folder, findings)
  if (chartfile === undefined) return
  const strict = strictProblem(chartfile)
  findings.check(
    { severity: 'warning', path: FILE, ...(strict && { span: strict.span }) },
    strict && `failed to strictly parse chart metadata file\n\t${strict.message}`,
  )
  for (const { severity = 'error', keys, problem } of RULES) {
    const message = problem(chartfile)
    if (message === undefined) continue
    findings.check({ severity, path: FILE, span: spanOf(chartfile, keys) }, message)
  }
}

const FILE = 'Chart.yaml'

interface Chartfile {
  text: string
  document: Value
  metadata: ChartMetadata
}

interface ChartfileRule {
  severity?: 'info' | 'warning'
  /** The keys that it is about, for the line. */
  keys: readonly string[]
  problem: (file: Chartfile) => string | undefined
}

const RULES: readonly ChartfileRule[] = [
  { keys: ['name'], problem: ({ metadata }) => nameProblem(metadata.name) },
  { keys: ['apiVersion'], problem: ({ metadata }) => apiVersionProblem(metadata.apiVersion) },
  { keys: ['version'], problem: ({ document }) => typeProblem(document, 'version') },
  { keys: ['version'], problem: ({ metadata }) => versionProblem(metadata.version) },
  { keys: ['appVersion'], problem: ({ document }) => typeProblem(document, 'appVersion') },
  { keys: ['maintainers'], problem: ({ metadata }) => maintainersProblem(metadata) },
  { keys: ['sources'], problem: ({ metadata }) => sourcesProblem(metadata) },
  {
    severity: 'info',
    keys: [],
    problem: ({ metadata }) => (metadata.icon ? undefined : 'icon is recommended'),
  },
  { keys: ['icon'], problem: ({ metadata }) => iconProblem(metadata) },
  { keys: ['type'], problem: ({ metadata }) => typeFieldProblem(metadata) },
  { keys: ['dependencies'], problem: ({ metadata }) => dependenciesProblem(metadata) },
  {
    severity: 'warning',
    keys: ['version'],
    problem: ({ metadata }) => strictVersionProblem(metadata.version),
  },
]

function read(folder: ChartFolder, findings: Findings): Chartfile | undefined {
  const fail = (message: string, span: SourceSpan): undefined => {
    findings.check({ severity: 'error', path: FILE, span }, `unable to parse YAML\n\t${message}`)
  }
  let text = ''
  try {
    text = fromBytes(folder.read(FILE))
    const document = decodeYaml(text, { keepIntegers: true })
    return { text, document, metadata: readMetadata(document) }
  } catch (error) {
    if (error instanceof PkgError) return fail(error.message, { file: FILE })
    if (error instanceof YamlError) {
      return fail(error.unmarshalMessage, spanIn({ name: FILE, text }, error.line, error.column))
    }
    if (!(error instanceof GoError)) throw error
    return fail(`error unmarshaling JSON: while decoding JSON: ${error.message}`, { file: FILE })
  }
}

interface Problem {
  message: string
  span: SourceSpan
}

/** What Go's strict readers refuse: keys that stand twice, then keys that it does not know. */
function strictProblem(file: Chartfile): Problem | undefined {
  const { text, document } = file
  const twice: (Position & { message: string })[] = []
  decodeYaml(text, {
    onDuplicateKey: (key, _first, second, value) => {
      const message = `line ${value.line}: key ${quote(key)} already set in map`
      twice.push({ ...second, message })
    },
  })
  const [first] = twice
  if (first !== undefined) {
    const lines = twice.map(({ message }) => `\n  ${message}`).join('')
    const message = `error converting YAML to JSON: yaml: unmarshal errors:${lines}`
    return { message, span: spanIn({ name: FILE, text }, first.line, first.column) }
  }
  const key = unknownMetadataKey(document)
  if (key === undefined) return undefined
  const message = `error unmarshaling JSON: while decoding JSON: json: unknown field ${quote(key)}`
  return { message, span: spanOf(file, [key]) }
}

function spanOf({ text }: Chartfile, keys: readonly string[]): SourceSpan {
  const place = keys.length === 0 ? undefined : spanOfPath({ name: FILE, text }, keys)
  return place ?? { file: FILE }
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'name is required'
  const isPath = name.includes('/')
  return isPath ? `chart name ${quote(name)} is invalid` : undefined
}

function apiVersionProblem(version: string): string | undefined {
  const values = 'The value must be either "v1" or "v2"'
  if (version === '') return `apiVersion is required. ${values}`
  if (version === 'v1' || version === 'v2') return undefined
  return `apiVersion '${version}' is not valid. ${values}`
}

function typeProblem(document: Value, key: string): string | undefined {
  if (!(document instanceof Map) || !document.has(key)) return undefined
  const value = document.get(key) ?? null
  if (typeof value === 'string') return undefined
  return `${key} should be of type string but it's of type ${goType(value)}`
}

/** Go's type of a value that was read without a struct to fill. */
function goType(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'boolean' || value instanceof Map || Array.isArray(value)) {
    return typeName(value)
  }
  return 'float64'
}

function versionProblem(text: string): string | undefined {
  if (text === '') return 'version is required'
  try {
    const [why] = explainMismatch(parseConstraint('>0.0.0-0'), parseVersion(text))
    return why === undefined ? undefined : `version ${why}`
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    return `version '${text}' is not a valid SemVer`
  }
}

const STRICT_VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

function strictVersionProblem(text: string): string | undefined {
  const problem = `version '${text}' is not a valid SemVerV2`
  if (!STRICT_VERSION.test(text)) return problem
  try {
    parseVersion(text)
    return undefined
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    return problem
  }
}

function maintainersProblem({ maintainers = [] }: ChartMetadata): string | undefined {
  // A null in the file is still a null here; the types speak of charts that passed.
  for (const maintainer of maintainers as (Maintainer | null)[]) {
    if (maintainer === null) return 'a maintainer entry is empty'
    const { name = '', email = '', url = '' } = maintainer
    if (name === '') return 'each maintainer requires a name'
    if (email !== '' && !isEmail(email)) return `invalid email '${email}' for maintainer '${name}'`
    if (url !== '' && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`
  }
  return undefined
}

function sourcesProblem({ sources = [] }: ChartMetadata): string | undefined {
  const wrong = sources.find((source) => !isRequestUrl(source))
  return wrong === undefined ? undefined : `invalid source URL '${wrong}'`
}

function iconProblem({ icon = '' }: ChartMetadata): string | undefined {
  return icon === '' || isRequestUrl(icon) ? undefined : `invalid icon URL '${icon}'`
}

function typeFieldProblem({ type = '', apiVersion }: ChartMetadata): string | undefined {
  if (type === '' || apiVersion === 'v2') return undefined
  return `chart type is not valid in apiVersion '${apiVersion}'. It is valid in apiVersion 'v2'`
}

function dependenciesProblem({ dependencies = [], apiVersion }: ChartMetadata): string | undefined {
  if (dependencies.length === 0 || apiVersion === 'v2') return undefined
  return `dependencies are not valid in the Chart file with apiVersion '${apiVersion}'. They are valid in apiVersion 'v2'`
}
