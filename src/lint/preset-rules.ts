import { PkgError } from '../base/errors.ts'
import type { Chart } from '../chart/chart.ts'
import { decodeYamlMap } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { spanIn } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { GoMap } from '../golang/value.ts'
import { coalesceInto } from '../values/coalesce.ts'
import { copyMap } from '../values/copy-values.ts'
import { locateInFiles } from '../values/locate-value.ts'
import { leavesOf } from '../values/schema-failure.ts'
import { checkAgainstSchema } from '../values/validate.ts'
import type { Findings } from './finding.ts'

/** Checks the presets of a chart: each is YAML, found by its name, and fits the schema. */
export function lintPresets(chart: Chart, findings: Findings): void {
  for (const { name, data } of chart.raw) {
    if (!name.startsWith('presets/')) continue
    if (/^presets\/[^/]+\.yaml$/.test(name))
      lintPreset(chart, { name, text: fromBytes(data) }, findings)
    else if (/\.ya?ml$/.test(name)) {
      const message = 'this is no preset: presets are files presets/NAME.yaml'
      findings.check({ severity: 'warning', path: name, span: { file: name } }, message)
    }
  }
}

function lintPreset(
  { values: defaults, schema }: Chart,
  file: { name: string; text: string },
  findings: Findings,
): void {
  const { name: path, text } = file
  let values: GoMap
  try {
    values = decodeYamlMap(text, { dialect: 'core' })
  } catch (error) {
    if (error instanceof YamlError) {
      const span = spanIn(file, error.line, error.column)
      findings.check({ severity: 'error', path, span }, error.unmarshalMessage)
      return
    }
    if (!(error instanceof PkgError)) throw error
    findings.check({ severity: 'error', path, span: { file: path } }, error.message)
    return
  }
  if (schema === undefined || schema.length === 0) return
  const merged = coalesceInto(values, copyMap(defaults), ignore)
  const finding = checkAgainstSchema(schema, merged)
  if (finding?.failure === undefined) return
  const locate = locateInFiles([file])
  // What the defaults have wrong is told of them.
  const [span] = leavesOf(finding.failure).flatMap((leaf) => locate(leaf.path) ?? [])
  if (span === undefined) return
  const message = `line ${span.line}: the values of the preset do not fit values.schema.json\n${finding.text.trimEnd()}`
  findings.check({ severity: 'error', path, span }, message)
}

/** What a preset loses to the defaults is no news. */
function ignore(): void {}
