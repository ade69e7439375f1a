import { decodeObjects } from './decode-objects.ts'
import { imagesOf, type ImageUse } from './images.ts'
import { replaceImageParts } from './replace-image-parts.ts'

/** What stands in the place of an image, by its name as manifests have it. */
export type ImageMap = ReadonlyMap<string, string>

/** A text with other images. */
export interface ReplacedImages {
  text: string
  /** Images that are named still and that the map does not know. */
  left: ImageUse[]
}

/**
 * Puts other images in the place of those that the objects of a text name, where `imagesOf`
 * finds them as one word or in parts. All else of the text stays as it is, its layout too.
 *
 * @param name how errors call the text
 * @throws PkgError MANIFEST_INVALID, YAML_INVALID
 */
export function replaceImages(text: string, name: string, images: ImageMap): ReplacedImages {
  const known = new Set([...images.values()].flatMap(waysToSay))
  let replaced = replaceImageParts(text, name, images)
  for (const use of distinct(imagesOf(decodeObjects(replaced, name)))) {
    const image = images.get(use.image)
    if (image !== undefined && image !== use.image) replaced = replaceOne(replaced, use, image)
  }
  const left = imagesOf(decodeObjects(replaced, name)).filter(({ image }) => !known.has(image))
  return { text: replaced, left: distinct(left) }
}

/** In parts an image may have no field for its digest, nor for a tag that is the usual one. */
function waysToSay(image: string): string[] {
  const tagged = image.replace(/(:[^/@]+)@.*$/, '$1')
  return [image, tagged, tagged.replace(/:latest$/, '')]
}

/** One use of each image below each key: all of them are replaced together. */
function distinct(uses: readonly ImageUse[]): ImageUse[] {
  const found = new Map(uses.map((use) => [`${keyOf(use)} ${use.image}`, use]))
  return [...found.values()]
}

/** The last key of a path: `spec.containers[0].image` is `image`, and `args[1]` is `args`. */
function keyOf({ path }: ImageUse): string {
  return /([^.[\]]+)(?:\[\d+\])?$/.exec(path)?.[1] ?? ''
}

/**
 * An image is replaced behind its key, which is `reference` in an image volume, or behind the `=`
 * of an argument, never as a bare word: one may be called `web` as much else is.
 */
function replaceOne(text: string, use: ImageUse, image: string): string {
  const isArgument = /\[\d+\]$/.test(use.path)
  const key = `["']?(?:${escaped(keyOf(use))}|reference)["']?`
  const before = isArgument ? ARGUMENT : String.raw`(${key}[ \t]*:\s*["']?)`
  const place = new RegExp(before + escaped(use.image) + AFTER, 'gm')
  return text.replaceAll(place, (_, lead: string) => `${lead}${image}`)
}

const ARGUMENT = String.raw`(--?[\w-]*(?:image|reloader)=)`
const AFTER = String.raw`(?=["']?[ \t]*(?:$|[,\]}]|[ \t]#))`

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
