import { PkgError } from '../base/errors.ts'
import { chartPath, isNative, type Chart } from '../chart/chart.ts'
import type { GoMap } from '../golang/value.ts'
import { fromBytes } from '../golang/bytes.ts'
import { locateIn } from '../manifest/locate-line.ts'
import type { Locate } from '../manifest/parse-manifest.ts'
import { offlineCapabilities, type Capabilities, type KubeVersion } from '../render/capabilities.ts'
import { renderChart } from '../render/render-chart.ts'
import type { RenderedFile } from '../render/rendered-file.ts'
import { traceValues } from '../render/traced-values.ts'
import {
  hasUnknownNames,
  unreadText,
  unreadValues,
  type SwitchedChart,
} from '../render/unread-values.ts'
import { coalesceValues } from '../values/coalesce.ts'
import { duplicatesOf, sourcesOf } from '../values/compose-values.ts'
import { resolveSubcharts } from '../values/dependencies.ts'
import { locateGiven, locateValue } from '../values/locate-value.ts'
import { validateValues } from '../values/validate.ts'
import type { Findings } from './finding.ts'
import { lintObjects } from './object-rules.ts'

export interface TemplatesRequest {
  /** What the person passed; left as it is. */
  values: GoMap
  namespace: string
  kubeVersion: string | undefined
  skipSchemaValidation: boolean
  strictValues: boolean
  /** Says nothing of values that no template reads, as they are for the chart above. */
  isBelow?: boolean
  /** Told of values that were ignored, and of what `required` and `fail` complain of. */
  onWarning: (warning: string) => void
}

/** What the templates gave, those of subcharts too. */
export interface RenderedTemplates {
  files: readonly RenderedFile[]
  /** From places in what a template of the chart gave to its own, by its path below the chart. */
  locate: Locate
  kubeVersion: KubeVersion
}

/**
 * Renders a chart as a release called `test-release` and checks what came out; complaints of
 * `required` and `fail` stop nothing. Templates of subcharts are rendered but not checked.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/lint/rules/template.go.
 *
 * @returns undefined when the chart does not render
 */
export function lintTemplates(
  chart: Chart,
  request: TemplatesRequest,
  findings: Findings,
): RenderedTemplates | undefined {
  const capabilities = offlineCapabilities({ kubeVersion: request.kubeVersion })
  const rendered = render(chart, { ...request, capabilities }, findings)
  if (rendered === undefined) return undefined
  const contents = new Map(rendered.map(({ path, content }) => [path, content]))
  const extensions = isNative(chart) ? NATIVE_EXTENSIONS : HELM_EXTENSIONS
  const locate = templateLines(chart, rendered)
  for (const { name } of chart.templates) {
    const isKnown = findings.check(
      { severity: 'error', path: name, span: { file: name } },
      extensionProblem(name, extensions),
    )
    // Of a native chart all that is rendered is checked: Helm would not look into a .txt or .md.
    const isChecked = isNative(chart) ? isKnown && !isNotes(name) : /\.ya?ml$/i.test(name)
    if (!isChecked) continue
    const content = contents.get(`${chartPath(chart)}/${name}`) ?? ''
    const file = { name, content, locate, kubeVersion: capabilities.kubeVersion }
    if (content.trim() !== '' && !lintObjects(file, findings)) break
  }
  return { files: rendered, locate, kubeVersion: capabilities.kubeVersion }
}

const DIRECTORY = 'templates/'

/** Gives nothing when there is nothing to check, with a finding where Helm has one. */
function render(
  loaded: Chart,
  request: TemplatesRequest & { capabilities: Capabilities },
  findings: Findings,
): RenderedFile[] | undefined {
  const { capabilities, namespace, onWarning } = request
  const prepared = prepare(loaded, request)
  if (prepared === undefined) return undefined
  const { chart, values } = prepared
  try {
    const sources = sourcesOf(request.values)
    if (!request.skipSchemaValidation) validateValues(chart, values, locateValue(chart, sources))
    const charts = { loaded, chart }
    const isTraced = request.isBelow !== true && hasUnknownNames(charts, request.values)
    const traced = isTraced ? traceValues(values) : undefined
    const files = renderChart(chart, traced ?? values, {
      release: { name: 'test-release', namespace, revision: 0, isUpgrade: false, isInstall: false },
      capabilities,
      onLintWarning: onWarning,
    })
    if (request.isBelow !== true) lintGiven(charts, { ...request, traced }, findings)
    return files
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const { span } = error
    // Helm has no advice to give, and its lint prints none.
    const text = isNative(loaded) ? withAdvice(error) : error.message
    findings.check({ severity: 'error', path: DIRECTORY, ...(span && { span }) }, text)
    return undefined
  }
}

function withAdvice({ code, message, details, hint }: PkgError): string {
  const told = code === 'VALUES_REJECTED' ? [message.trimEnd(), ...details] : [message]
  return [...told, ...(hint === undefined ? [] : [`\t${hint}`])].join('\n')
}

/** So many are told of; a file that is another chart's may hold thousands. */
const MOST_UNREAD = 100

/** Tells of keys that stand twice in a person's values and of those that no template reads. */
function lintGiven(
  charts: SwitchedChart,
  { values: given, strictValues, traced }: TemplatesRequest & { traced: GoMap | undefined },
  findings: Findings,
): void {
  const severity = strictValues ? 'error' : 'info'
  for (const { file, line, message } of duplicatesOf(given)) {
    const span = { file, line }
    findings.check({ severity, path: file, span }, `line ${line}: ${message}`)
  }
  if (traced === undefined) return
  const locate = locateGiven(sourcesOf(given))
  let told = 0
  for (const value of unreadValues(charts, given, traced)) {
    if (++told > MOST_UNREAD) break
    const span = locate(value.path)
    const line = span?.line === undefined ? '' : `line ${span.line}: `
    const place = { path: span?.file ?? 'values', ...(span && { span }) }
    findings.check({ severity, ...place }, line + unreadText(value))
  }
}

/** Helm's lint passes over charts whose values do not fit together, and so do we. */
function prepare(
  loaded: Chart,
  { values: passed, onWarning }: TemplatesRequest,
): { chart: Chart; values: GoMap } | undefined {
  try {
    const { chart, values } = resolveSubcharts(loaded, passed, onWarning)
    const once = coalesceValues(chart, values, { onWarning })
    // Twice, because Helm does so: a default that a null took away comes back.
    return { chart, values: coalesceValues(chart, once) }
  } catch (error) {
    if (error instanceof PkgError) return undefined
    throw error
  }
}

/** Notes are for people. */
export function isNotes(name: string): boolean {
  return /(?:^|\/)NOTES\.txt(?:\.hbs)?$/.test(name)
}

const HELM_EXTENSIONS = ['.yaml', '.yml', '.tpl', '.txt']
const NATIVE_EXTENSIONS = [...HELM_EXTENSIONS, '.hbs']

function extensionProblem(name: string, valid: readonly string[]): string | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1)
  const dot = base.lastIndexOf('.')
  const extension = dot < 0 ? '' : base.slice(dot)
  if (valid.includes(extension)) return undefined
  const list = `${valid.slice(0, -1).join(', ')}, or ${valid.at(-1) ?? ''}`
  return `file extension '${extension}' not valid. Valid extensions are ${list}`
}

/** From lines of what a template gave to its own; the texts are read when one is asked for. */
function templateLines(chart: Chart, rendered: readonly RenderedFile[]): Locate {
  const root = chartPath(chart)
  let locate: Locate | undefined
  return (name, line) => {
    locate ??= locateIn(
      rendered,
      new Map(chart.templates.map((file) => [`${root}/${file.name}`, fromBytes(file.data)])),
    )
    const span = locate(`${root}/${name}`, line)
    return span === undefined ? undefined : { ...span, file: name }
  }
}
