import { PkgError, type SourceSpan } from '../base/errors.ts'
import type { ChartFolder } from '../chart/chart-folder.ts'
import { decodeYamlMap } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import type { YamlDialect } from '../encoding/yaml-resolve.ts'
import { spanIn } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { GoMap } from '../golang/value.ts'
import { coalesceInto } from '../values/coalesce.ts'
import { locateInFiles } from '../values/locate-value.ts'
import { leavesOf } from '../values/schema-failure.ts'
import { spanOfSchemaError } from '../values/schema-span.ts'
import { checkAgainstSchema } from '../values/validate.ts'
import type { Findings } from './finding.ts'

export interface ValuesRequest {
  /** What the person passed; left as it is. */
  values: GoMap
  dialect: YamlDialect
  skipSchemaValidation: boolean
}

/**
 * Checks values.yaml, by the schema beside it if there is one, with the person's values over
 * it. Values of subcharts are not looked at.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/lint/rules/values.go.
 */
export function lintValues(folder: ChartFolder, request: ValuesRequest, findings: Findings): void {
  const isThere = findings.check(
    { severity: 'info', path: FILE },
    folder.kindOf(FILE) === undefined ? 'file does not exist' : undefined,
  )
  if (!isThere) return
  const problem = problemOf(folder, request)
  if (problem === undefined) return
  const { message, span } = problem
  findings.check({ severity: 'error', path: FILE, span }, message)
}

const FILE = 'values.yaml'
const SCHEMA = 'values.schema.json'

interface Problem {
  message: string
  span: SourceSpan
}

function problemOf(folder: ChartFolder, request: ValuesRequest): Problem | undefined {
  let text = ''
  try {
    text = fromBytes(folder.read(FILE))
    const values = decodeYamlMap(text, { dialect: request.dialect })
    return schemaProblem(folder, request, { text, values })
  } catch (error) {
    if (error instanceof PkgError) {
      return { message: `unable to parse YAML: ${error.message}`, span: { file: FILE } }
    }
    if (!(error instanceof YamlError)) throw error
    // Helm reads the file into a type of another name here.
    const reason = error.unmarshalMessage.replace(/map\[string\]interface \{\}$/, 'common.Values')
    return {
      message: `unable to parse YAML: ${reason}`,
      span: spanIn({ name: FILE, text }, error.line, error.column),
    }
  }
}

function schemaProblem(
  folder: ChartFolder,
  { values: passed, skipSchemaValidation }: ValuesRequest,
  own: { text: string; values: GoMap },
): Problem | undefined {
  if (skipSchemaValidation || folder.kindOf(SCHEMA) !== 'file') return undefined
  const schema = folder.read(SCHEMA)
  if (schema.length === 0) return undefined
  const merged = coalesceInto(coalesceInto(new Map(), passed, ignore), own.values, ignore)
  const finding = checkAgainstSchema(schema, merged)
  if (finding === undefined) return undefined
  const { text: message, failure } = finding
  if (failure === undefined) {
    const span = spanOfSchemaError({ name: SCHEMA, text: fromBytes(schema) }, message)
    return { message, span }
  }
  const locate = locateInFiles([{ name: FILE, text: own.text }])
  const [span = { file: FILE }] = leavesOf(failure).flatMap(({ path }) => locate(path) ?? [])
  return { message, span }
}

/** Both layers are checked as a whole, so what one of them loses to the other is no news. */
function ignore(): void {}
