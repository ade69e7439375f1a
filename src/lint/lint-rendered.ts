import type { SourceSpan } from '../base/errors.ts'
import { chartPath, type Chart } from '../chart/chart.ts'
import { fromBytes } from '../golang/bytes.ts'
import { headOf } from '../migrate/migrate-object.ts'
import { readSource, type SourceFile } from '../migrate/read-source.ts'
import { isNotes } from '../render/rendered-file.ts'
import { declarationOf } from './allowances.ts'
import { deprecatedApi } from './deprecated-apis.ts'
import {
  lintManifests,
  type LintedManifests,
  type ManifestFinding,
  type ManifestRules,
} from './lint-manifests.ts'
import type { RenderedTemplates } from './template-rules.ts'

/** Rules that a chart's objects are held against; the chart declares the rest itself. */
export type ChartRules = Pick<ManifestRules, 'families' | 'minor' | 'readFields'>

/**
 * Checks the objects of a chart and its subcharts: what its templates gave, and its definitions.
 *
 * API versions of which Helm tells already are left to it.
 */
export function lintRendered(
  chart: Chart,
  rendered: RenderedTemplates | undefined,
  rules: ChartRules,
): LintedManifests {
  if (rendered === undefined) return { findings: [], scores: [] }
  const files = [...definitionsOf(chart), ...templatesOf(chart, rendered)]
  const told = toldByHelm(files, rendered.kubeVersion)
  const { declared, allowed } = declarationOf(chart)
  const { findings, scores } = lintManifests(files, { ...rules, declared, allowed })
  const own = findings.filter((each) => each.rule !== 'api-removed' || !told.has(each.object))
  return {
    findings: own.map((finding) => inTemplate(finding, rendered)),
    scores: scores.map((score) => ({ ...score, ...placeOf(score, rendered) })),
  }
}

function definitionsOf(chart: Chart): SourceFile[] {
  return chart.files
    .filter(({ name }) => name.startsWith('crds/') && /\.(?:ya?ml|json)$/i.test(name))
    .map(({ name, data }) => ({ path: name, text: fromBytes(data) }))
}

/** Files by their path below the chart. */
function templatesOf(chart: Chart, { files }: RenderedTemplates): SourceFile[] {
  const root = `${chartPath(chart)}/`
  return files
    .filter(({ path, content }) => !isNotes(path) && content.trim() !== '')
    .map(({ path, content }) => ({ path: path.replace(root, ''), text: content }))
}

/** Objects whose API version Helm itself warns of. */
function toldByHelm(
  files: readonly SourceFile[],
  { minor }: RenderedTemplates['kubeVersion'],
): Set<string> {
  const heads = files.flatMap((file) => readSource(file).objects.map(({ value }) => headOf(value)))
  return new Set(
    heads
      .filter(({ apiVersion, kind }) => {
        const since = deprecatedApi(apiVersion, kind)?.since
        return since !== undefined && since <= Number(minor)
      })
      .map(({ kind, name }) => `${kind}/${name}`),
  )
}

function inTemplate(finding: ManifestFinding, rendered: RenderedTemplates): ManifestFinding {
  const { column } = finding.span
  const { file, line } = placeOf(finding.span, rendered)
  return { ...finding, path: `${file}:${line}`, span: { file, line, column } }
}

/** The template's own line, where it can be told. */
function placeOf(
  { file, line }: { file: string; line: number },
  { locate }: RenderedTemplates,
): { file: string; line: number } {
  const span: SourceSpan | undefined = locate(file, line)
  return { file, line: span?.line ?? line }
}
