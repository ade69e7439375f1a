import { PkgError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import type { Chart } from '../chart/chart.ts'
import { globMatcher } from '../chart/glob.ts'
import { trimSpace } from '../golang/space.ts'
import type { GoMap } from '../golang/value.ts'
import { isTest } from '../manifest/hooks.ts'
import type { Hook } from '../manifest/manifest.ts'
import { splitDocuments } from '../manifest/split-documents.ts'
import { offlineCapabilities, type Capabilities } from '../render/capabilities.ts'
import { crdFiles } from '../render/crds.ts'
import type { Lookup } from '../render/lookup.ts'
import type { RenderOptions } from './connections.ts'
import { assertInstallable } from './installable.ts'
import { assertLabels, assertNewName } from './names.ts'
import { renderRelease, type RenderedRelease } from './render.ts'

export interface TemplateRequest {
  chart: Chart
  /** What the person passed. */
  values: GoMap
  release: { name: string; namespace: string }
  options: RenderOptions
  isUpgrade?: boolean
  kubeVersion?: string | undefined
  /** API versions beyond the ones known offline. */
  apiVersions?: readonly string[]
  includeCrds?: boolean
  noHooks?: boolean
  skipTests?: boolean
  /** Patterns of templates, relative to the chart: only what they gave is printed. */
  showOnly?: readonly string[]
  /** Gives files to write instead of printing them; see `files`. */
  toFiles?: boolean
  /** Those of a cluster; by default what Helm knows without one. */
  capabilities?: Capabilities | undefined
  lookup?: Lookup
  onWarning?: (warning: string) => void
  /**
   * Given what was rendered when it cannot be read as objects, of which `showOnly` chooses, and an
   * empty line when a template fails.
   */
  onUnreadable?: ((text: string) => void) | undefined
  labels?: Record<string, string>
  /** Nobody needs the chart afterwards, so that templates may change what it holds. */
  isLastUse?: boolean
}

export interface TemplateResult {
  /** What is printed. */
  output: string
  /**
   * With `toFiles`, in the order they are written. A path that comes again is appended to;
   * CRDs lie beside the folder of the release, if there is one.
   */
  files: TemplateFileOutput[]
  rendered: RenderedRelease
}

export interface TemplateFileOutput {
  path: string
  content: string
  isCrd: boolean
}

/**
 * Renders a chart without a cluster, and prints what `helm template` prints.
 *
 * Source: Helm 4.1.4 pkg/cmd/template.go, pkg/action/action.go renderResources.
 *
 * @throws PkgError as `assertInstallable` and `renderRelease` do; USAGE when `showOnly` names no template
 */
export function template(request: TemplateRequest): TemplateResult {
  assertInstallable(request.chart)
  assertNewName(request.release.name)
  assertLabels(request.labels ?? {})
  const { showOnly = [] } = request
  const rendered = renderRelease({
    ...request,
    onUnreadable: (text) => request.onUnreadable?.(chosenOfUnreadable(text, showOnly)),
    release: { ...request.release, revision: 1, isUpgrade: request.isUpgrade === true },
    capabilities: request.capabilities ?? offlineCapabilities(request),
  })
  for (const warning of rendered.warnings) request.onWarning?.(warning)
  const hooks = shownHooks(request, rendered.hooks)
  const crds = request.includeCrds === true ? crdFiles(rendered.chart) : []
  if (request.toFiles === true) {
    return { output: '\n', files: filesOf(crds, rendered, hooks), rendered }
  }
  const manifest = crds.map(({ path, content }) => section(path, content)).join('') + rendered.text
  const shown = hooks.map(({ path, manifest: text }) => section(path, text)).join('')
  const all = endedOnce(manifest) + shown
  const output = showOnly.length === 0 ? all : selected(all, showOnly)
  return { output, files: [], rendered }
}

/** Cuts white space off at both ends and breaks the line; gives the text itself where it is so. */
function endedOnce(text: string): string {
  const trimmed = trimSpace(text)
  const isSo = text.endsWith('\n') && trimmed.length === text.length - 1
  return isSo ? text : `${trimmed}\n`
}

function shownHooks({ noHooks, skipTests }: TemplateRequest, hooks: readonly Hook[]): Hook[] {
  if (noHooks === true) return []
  return hooks.filter((hook) => skipTests !== true || !isTest(hook))
}

function section(path: string, text: string): string {
  return `---\n# Source: ${path}\n${text}\n`
}

function filesOf(
  crds: readonly { path: string; content: string }[],
  { entries }: RenderedRelease,
  hooks: readonly Hook[],
): TemplateFileOutput[] {
  const others = [...entries, ...hooks.map(({ path, manifest }) => ({ path, text: manifest }))]
  return [
    ...crds.map(({ path, content }) => ({ path, content: section(path, content), isCrd: true })),
    ...others.map(({ path, text }) => ({ path, content: section(path, text), isCrd: false })),
  ]
}

/** Nothing where a pattern names no template, so that the failure itself is told and not that. */
function chosenOfUnreadable(text: string, patterns: readonly string[]): string {
  if (patterns.length === 0) return text
  const documents = documentsOf(text)
  const found = patterns.map((pattern) => matching(documents, pattern))
  return found.every(({ length }) => length > 0) ? found.map(joined).join('') : ''
}

/** The documents whose template a pattern names, pattern by pattern. */
function selected(output: string, patterns: readonly string[]): string {
  const documents = documentsOf(output)
  return patterns.map((pattern) => selectedBy(pattern, documents)).join('')
}

interface SourcedDocument {
  text: string
  /** Below the chart. */
  path: string | undefined
}

function documentsOf(output: string): SourcedDocument[] {
  return splitDocuments(output).map(({ text }) => ({
    text,
    path: /# Source: [^/\n]+\/(.+)/.exec(text)?.[1],
  }))
}

function matching(documents: readonly SourcedDocument[], pattern: string): SourcedDocument[] {
  const matches = globMatcher(pattern)
  return documents.filter(({ path }) => path !== undefined && matches(path))
}

function joined(documents: readonly SourcedDocument[]): string {
  return documents.map(({ text }) => `---\n${text}\n`).join('')
}

function isNearly(path: string, pattern: string): boolean {
  return [pattern, `${pattern}.hbs`].some((each) => path === each || path.endsWith(`/${each}`))
}

function selectedBy(pattern: string, documents: readonly SourcedDocument[]): string {
  const found = matching(documents, pattern)
  if (found.length > 0) return joined(found)
  const paths = documents.flatMap(({ path }) => path ?? [])
  // A Handlebars template is `service.yaml.hbs`, and some leave its folder out.
  const near = paths.find((path) => isNearly(path, pattern)) ?? nearest(pattern, paths)
  throw new PkgError('USAGE', `could not find template ${pattern} in chart`, {
    hint:
      near === undefined
        ? 'Give the path below the chart, for example "templates/service.yaml".'
        : `Did you mean "${near}"?`,
  })
}
