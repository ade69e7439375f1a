import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { describeObject, type KubeObject } from './object.ts'

/** Where an image is named. */
export interface ImageUse {
  /** As it is written: `ghcr.io/acme/web:1.2.3`. */
  image: string
  /** `Deployment/web`, or what else names it. */
  object: string
  /** Place in the object: `spec.template.spec.containers[0].image`. */
  path: string
}

/**
 * Every image that objects name: containers of all kinds of pods, also those inside custom
 * resources, image volumes, and the fields, variables and arguments by which operators are told
 * of images.
 */
export function imagesOf(objects: readonly KubeObject[]): ImageUse[] {
  const uses: ImageUse[] = []
  for (const object of objects) {
    const found: Found = { object: describeObject(object), uses }
    for (const [key, value] of Object.entries(object)) {
      if (isSearched(object, key)) walk(value, key, found)
    }
  }
  return uses
}

/** Whether images are looked for below a field of an object. */
export function isSearched({ kind }: Readonly<Record<string, unknown>>, key: string): boolean {
  // A definition describes fields called "image", it names none.
  return kind !== 'CustomResourceDefinition' && !NOT_SEARCHED.has(key)
}

/** Names and free texts; a ConfigMap's data is another program's matter. */
const NOT_SEARCHED = new Set(['apiVersion', 'kind', 'metadata', 'status', 'data', 'stringData'])

interface Found {
  object: string
  uses: ImageUse[]
}

function walk(value: Json, path: string, found: Found): void {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) walk(item, `${path}[${at}]`, found)
  } else if (isJsonObject(value)) {
    walkMap(value, path, found)
  }
}

function walkMap(map: JsonObject, path: string, found: Found): void {
  for (const [key, value] of Object.entries(map)) {
    const place = `${path}.${key}`
    const image = imageOf(key, value)
    if (image !== undefined) found.uses.push({ image, object: found.object, path: place })
    else if (key === 'args' || key === 'command') fromArguments(value, place, found)
    else walk(value, place, found)
  }
  const related = relatedImage(map)
  if (related !== undefined) {
    found.uses.push({ image: related, object: found.object, path: `${path}.value` })
  }
}

/** Fields that hold an image in pods and in the custom resources of well-known operators. */
const FIELDS = new Set(['image', 'imageName', 'baseImage', 'containerImage', 'sidecarImage'])

/** Whether a field of that name holds an image, as a text or in parts. */
export function isImageField(key: string): boolean {
  return FIELDS.has(key)
}

function imageOf(key: string, value: Json): string | undefined {
  if (!FIELDS.has(key)) return undefined
  if (typeof value === 'string') return isImage(value) ? value : undefined
  if (!isJsonObject(value)) return undefined
  const { reference } = value
  // That of an image volume.
  if (typeof reference === 'string' && isImage(reference)) return reference
  return imageOfParts(value)
}

/** The image that is written as `repository`, `tag` and so on; undefined when it is none. */
export function imageOfParts(parts: JsonObject): string | undefined {
  const { registry, repository, tag, digest } = parts
  if (typeof repository !== 'string' || repository === '') return undefined
  const host = typeof registry === 'string' && registry !== '' ? `${registry}/` : ''
  const version = typeof tag === 'string' || typeof tag === 'number' ? `:${tag}` : ''
  const pinned = typeof digest === 'string' && digest !== '' ? `@${digest}` : ''
  const image = host + repository + (version === ':' ? '' : version) + pinned
  return isImage(image) ? image : undefined
}

/** Operators take `--some-image=REFERENCE`. */
function fromArguments(value: Json, path: string, { object, uses }: Found): void {
  if (!Array.isArray(value)) return
  for (const [at, argument] of value.entries()) {
    if (typeof argument !== 'string') continue
    const [, image] = /^--?[\w-]*(?:image|reloader)=(\S+)$/.exec(argument) ?? []
    if (image !== undefined && hasVersion(image)) {
      uses.push({ image, object, path: `${path}[${at}]` })
    }
  }
}

/** Operators take images from variables, by convention called RELATED_IMAGE_… or …_IMAGE. */
function relatedImage({ name, value }: JsonObject): string | undefined {
  if (typeof name !== 'string' || typeof value !== 'string') return undefined
  const isNamed = /^RELATED_IMAGE_|_IMAGE$/.test(name)
  return isNamed && hasVersion(value) ? value : undefined
}

const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const IMAGE = new RegExp(
  `^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\\d+)?/)?${PART}(?:/${PART})*` +
    String.raw`(?::[\w][\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?$`,
)

function isImage(text: string): boolean {
  return text.length <= 1024 && IMAGE.test(text)
}

/** An image that is named with a tag or a digest, which tells it from other words. */
function hasVersion(text: string): boolean {
  return isImage(text) && /[:@][^/]+$/.test(text)
}
