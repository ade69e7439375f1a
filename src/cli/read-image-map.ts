import { readFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { isJsonObject, type Json } from '../base/json.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'

/**
 * Reads a map of images in YAML or JSON: names as charts have them, and what stands in their
 * place. Of several files the later ones win.
 *
 * @returns undefined when there is no file
 * @throws PkgError VALUES_UNREADABLE
 */
export function readImageMap(
  paths: readonly string[] | undefined,
): ReadonlyMap<string, string> | undefined {
  if (paths === undefined || paths.length === 0) return undefined
  return new Map(paths.flatMap(readOne))
}

function readOne(path: string): [string, string][] {
  const document = readDocument(path)
  const entries = isJsonObject(document) ? Object.entries(document) : []
  const isMap = isJsonObject(document) && entries.every(([, to]) => typeof to === 'string')
  if (!isMap) throw unreadable(path, 'it must be a map of names of images')
  return entries as [string, string][]
}

function readDocument(path: string): Json {
  try {
    return decodeYamlPlain(readFileSync(path, 'utf8'), { file: path })
  } catch (error) {
    if (error instanceof YamlError) throw unreadable(path, error.message)
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw unreadable(path, message)
  }
}

function unreadable(path: string, why: string): PkgError {
  return new PkgError('VALUES_UNREADABLE', `cannot read the image map ${path}: ${why}`, {
    hint: '"kubectl pkg bundle apply --image-map FILE" writes one.',
  })
}
