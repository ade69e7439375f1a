import type { Chart } from '../chart/chart.ts'
import { decodeYaml } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { decodeObjects } from '../manifest/decode-objects.ts'
import { imagesOf, type ImageUse } from '../manifest/images.ts'
import type { Hook } from '../manifest/manifest.ts'
import type { Release } from '../release/release.ts'
import { template, type TemplateRequest } from './template.ts'

/** An image and everything that names it. */
export interface ImageListItem {
  image: string
  uses: { object: string; path: string }[]
}

/**
 * Lists the images that a chart would run with these values: those of its objects and hooks,
 * and those that it declares for Artifact Hub.
 *
 * @throws PkgError as `template` does
 */
export function chartImages(request: TemplateRequest): ImageListItem[] {
  const { rendered } = template(request)
  const hooks = request.noHooks === true ? [] : rendered.hooks
  return grouped([
    ...usesIn(rendered.text, hooks, request.chart.metadata.name),
    ...declaredImages(rendered.chart),
  ])
}

/** Lists the images of a release as it is stored. @throws PkgError MANIFEST_INVALID */
export function releaseImages(release: Release): ImageListItem[] {
  const name = `release ${release.name}, revision ${release.revision}`
  return grouped(usesIn(release.manifest, release.hooks, name))
}

function usesIn(manifest: string, hooks: readonly Hook[], name: string): ImageUse[] {
  const objects = [manifest, ...hooks.map((hook) => hook.manifest)].flatMap((text) =>
    decodeObjects(text, name),
  )
  return imagesOf(objects)
}

/** Images of the chart and its subcharts in the annotation that Artifact Hub reads. */
function declaredImages(chart: Chart): ImageUse[] {
  const { name, annotations } = chart.metadata
  const list = readAnnotation(annotations?.get('artifacthub.io/images') ?? '')
  const uses = list.map((image, at) => ({
    image,
    object: `Chart/${name}`,
    path: `annotations["artifacthub.io/images"][${at}].image`,
  }))
  return [...uses, ...chart.subcharts.flatMap(declaredImages)]
}

/** What cannot be read declares nothing: only Artifact Hub goes by it. */
function readAnnotation(text: string): string[] {
  try {
    const list = decodeYaml(text)
    if (!Array.isArray(list)) return []
    return list.flatMap((item) => {
      const image = item instanceof Map ? item.get('image') : undefined
      return typeof image === 'string' && image !== '' ? [image] : []
    })
  } catch (error) {
    if (error instanceof YamlError) return []
    throw error
  }
}

function grouped(uses: readonly ImageUse[]): ImageListItem[] {
  const items = new Map<string, ImageListItem>()
  for (const { image, object, path } of uses) {
    const item = items.get(image) ?? { image, uses: [] }
    item.uses.push({ object, path })
    items.set(image, item)
  }
  return [...items.values()].sort((left, right) => (left.image < right.image ? -1 : 1))
}
