import { PkgError } from '../base/errors.ts'
import { isCompatibleRange } from '../base/versions.ts'
import { chartPath, rawFile, type Chart } from '../chart/chart.ts'
import { spanOfField } from '../chart/read-yaml.ts'
import { trimSpace } from '../golang/space.ts'
import type { GoMap } from '../golang/value.ts'
import { HeadReader } from '../manifest/kept-heads.ts'
import { locateIn } from '../manifest/locate-line.ts'
import {
  manifestText,
  notesOf,
  sortDocuments,
  type Locate,
  type ManifestEntry,
  type SortedDocuments,
} from '../manifest/parse-manifest.ts'
import type { ImageUse } from '../manifest/images.ts'
import { replaceImages, type ImageMap } from '../manifest/replace-images.ts'
import { postRender } from '../manifest/post-render.ts'
import { offlineCapabilities, type Capabilities } from '../render/capabilities.ts'
import { templateTexts } from '../render/collect-templates.ts'
import type { Lookup } from '../render/lookup.ts'
import { runPostRenderer } from '../render/post-render.ts'
import { renderChart } from '../render/render-chart.ts'
import { isNotes, type RenderedFile } from '../render/rendered-file.ts'
import { traceValues } from '../render/traced-values.ts'
import { hasUnknownNames } from '../render/unread-values.ts'
import { coalesceValues } from '../values/coalesce.ts'
import { sourcesOf } from '../values/compose-values.ts'
import { resolveSubcharts } from '../values/dependencies.ts'
import { locateValue } from '../values/locate-value.ts'
import { validateValues } from '../values/validate.ts'
import type { RenderInput, RenderResult } from './connections.ts'
import { oddValues } from './odd-values.ts'

export interface RenderRequest extends RenderInput {
  /** By default what Helm knows without a cluster. */
  capabilities?: Capabilities
  lookup?: Lookup
  /** Nobody needs the chart afterwards, so that templates may change what it holds. */
  isLastUse?: boolean
  /** Told of values that were ignored. */
  onWarning?: (warning: string) => void
  /** Given all that was rendered when it cannot be read as objects; a line when rendering fails. */
  onUnreadable?: ((text: string) => void) | undefined
}

export interface RenderedRelease extends RenderResult {
  /** Values as templates saw them. */
  values: GoMap
  /** Ordinary documents in install order, of which `text` is made. */
  entries: ManifestEntry[]
  files: RenderedFile[]
}

/**
 * Renders a chart as a release: switches subcharts, lays the values over the chart's own,
 * checks them and the Kubernetes version, renders the templates and reads what they gave.
 *
 * @throws PkgError VALUES_REJECTED, KUBE_VERSION_UNMET, TEMPLATE_SYNTAX, TEMPLATE_FAILED,
 *   RENDER_BUDGET, POST_RENDER_FAILED, MANIFEST_INVALID
 */
export function renderRelease(request: RenderRequest): RenderedRelease {
  const { options, onWarning } = request
  const capabilities = request.capabilities ?? offlineCapabilities()
  const { chart, values: own } = resolveSubcharts(request.chart, request.values, onWarning)
  // What a person passes is held against the chart's own values afterwards.
  const takesDefaults = request.isLastUse === true && own.size === 0
  const values = coalesceValues(chart, own, { onWarning, takesDefaults })
  if (options.skipSchemaValidation !== true) {
    validateValues(chart, values, locateValue(chart, sourcesOf(request.values)))
  }
  const charts = { loaded: request.chart, chart }
  const given = request.values
  const traced = hasUnknownNames(charts, given) ? traceValues(values) : undefined
  const files = renderedFiles(request, { chart, values: traced ?? values, capabilities })
  const odd = oddValues(charts, { given, traced }, options.strictValues === true)
  // The texts are made again for a failure alone.
  const locate: Locate = (...place) => locateIn(files, templateTexts(chart))(...place)
  const documents = readDocuments(files, request, { chart, locate })
  const { entries, hooks, left } = withImages(documents, options.images)
  const notes = notesOf(files, {
    notesPath: `${chartPath(chart)}/templates/NOTES.txt`,
    subchartNotes: options.renderSubchartNotes === true,
  })
  const text = manifestText(entries)
  return { chart, values, files, entries, hooks, notes, text, warnings: [...odd, ...left] }
}

function renderedFiles(
  { release, options, lookup, onUnreadable }: RenderRequest,
  given: { chart: Chart; values: GoMap; capabilities: Capabilities },
): RenderedFile[] {
  const { chart, values, capabilities } = given
  try {
    assertKubeVersion(chart, capabilities)
    return renderChart(chart, values, {
      release,
      capabilities,
      ...(lookup === undefined ? {} : { lookup }),
      enableDns: options.enableDns === true,
      ...(options.steps === undefined ? {} : { steps: options.steps }),
      fileStore: options.fileStore,
    })
  } catch (error) {
    onUnreadable?.('\n')
    throw error
  }
}

/** @throws PkgError KUBE_VERSION_UNMET with Helm's text */
function assertKubeVersion(chart: Chart, { kubeVersion }: Capabilities): void {
  const range = chart.metadata.kubeVersion ?? ''
  if (range === '' || isCompatibleRange(range, kubeVersion.normalized)) return
  const file = rawFile(chart, 'Chart.yaml')
  throw new PkgError(
    'KUBE_VERSION_UNMET',
    `chart requires kubeVersion: ${range} which is incompatible with Kubernetes ${kubeVersion.version}`,
    {
      hint: 'Take a chart version for this Kubernetes, or name another with --kube-version.',
      span: file && spanOfField(file, ['kubeVersion']),
    },
  )
}

function readDocuments(
  files: RenderedFile[],
  request: RenderRequest,
  { chart, locate }: { chart: Chart; locate: Locate },
) {
  const { postRenderer, postRenderHooks = true, fileStore } = request.options
  const { name, version } = chart.metadata
  const heads = new HeadReader(fileStore, `${name}-${version}-crds`)
  try {
    const documents = sortDocuments(files, { locate, read: (document) => heads.read(document) })
    heads.save()
    if (postRenderer === undefined) return documents
    const changed = postRender(files, {
      run: (manifests) => runPostRenderer(postRenderer, manifests),
      withHooks: postRenderHooks,
    })
    return sortDocuments(changed)
  } catch (error) {
    const texts = files
      .filter(({ path, content }) => !isNotes(path) && trimSpace(content) !== '')
      .map(({ path, content }) => `---\n# Source: ${path}\n${content}\n`)
    request.onUnreadable?.(`${trimSpace(texts.join(''))}\n`)
    throw error
  }
}

/** Other images in the objects and hooks, as the map says; `left` tells which it does not have. */
function withImages(
  { entries, hooks }: SortedDocuments,
  images: ImageMap | undefined,
): SortedDocuments & { left: string[] } {
  if (images === undefined) return { entries, hooks, left: [] }
  const leftImages: ImageUse[] = []
  const replace = (text: string, path: string): string => {
    const { text: replaced, left } = replaceImages(text, path, images)
    leftImages.push(...left)
    return replaced
  }
  return {
    entries: entries.map((entry) => ({ ...entry, text: replace(entry.text, entry.path) })),
    hooks: hooks.map((hook) => ({ ...hook, manifest: replace(hook.manifest, hook.path) })),
    left: leftImages.map(
      ({ image, object }) => `warning: the image map does not have ${image} of ${object}`,
    ),
  }
}
