import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { PkgError, type SourceSpan } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { spanOfPath } from '../encoding/yaml-span.ts'
import type { YamlPath } from '../encoding/yaml-locate.ts'

/** Where a section stands. */
export interface SectionPlace {
  file: string
  /** The whole file. */
  text: string
  path: YamlPath
}

/**
 * A context, a cluster or a user of a kubeconfig; knows where it stands, for errors and for
 * the paths in it. Every reader throws PkgError KUBECONFIG_INVALID for a value of another type.
 */
export class Section {
  readonly kind: string
  readonly name: string
  readonly #place: SectionPlace
  readonly #body: JsonObject

  constructor(kind: string, name: string, place: SectionPlace, body: Json) {
    this.kind = kind
    this.name = name
    this.#place = place
    this.#body = isJsonObject(body) ? body : {}
  }

  /** The text of a key; empty when it is not there. */
  text(key: string): string {
    const value = this.#body[key] ?? ''
    return typeof value === 'string' ? value : this.refuse(`has a "${key}" that is not a text`, key)
  }

  /** Whether a key is there and true. */
  isSet(key: string): boolean {
    const value = this.#body[key] ?? false
    return typeof value === 'boolean'
      ? value
      : this.refuse(`has a "${key}" that is neither true nor false`, key)
  }

  /** Texts of a list; empty when it is not there. */
  texts(key: string): string[] {
    const value = this.#body[key] ?? []
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string')
    return isList ? value : this.refuse(`has a "${key}" that is not a list of texts`, key)
  }

  /** The map of a key; undefined when it is not there. */
  map(key: string): JsonObject | undefined {
    const value = this.#body[key] ?? undefined
    if (value === undefined || isJsonObject(value)) return value
    return this.refuse(`has a "${key}" that is not a map`, key)
  }

  /** Any value of a key. */
  value(key: string): Json | undefined {
    return this.#body[key]
  }

  /** The section of a key, for example `exec`; undefined when it is not there. */
  inner(key: string): Section | undefined {
    const body = this.map(key)
    if (body === undefined) return undefined
    const place = { ...this.#place, path: [...this.#place.path, key] }
    return new Section(this.kind, this.name, place, body)
  }

  /** A path of a key, which is relative to the folder of the kubeconfig; empty when not there. */
  path(key: string): string {
    const path = this.text(key)
    return path === '' ? '' : this.beside(path)
  }

  /** A path, seen from the folder of the kubeconfig. */
  beside(path: string): string {
    return isAbsolute(path) ? path : resolve(dirname(this.#place.file), path)
  }

  /** PEM under `<key>-data` in base64, or in the file of `<key>`; undefined when neither is there. */
  pem(key: string): string | undefined {
    const data = this.text(`${key}-data`)
    if (data !== '') return this.#decoded(`${key}-data`, data)
    return this.text(key) === '' ? undefined : this.file(key)
  }

  /** Content of the file of a key. */
  file(key: string): string {
    const path = this.path(key)
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if (!isSystemError(error)) throw error
      return this.refuse(`has a "${key}" that cannot be read: ${path}: ${error.code}`, key)
    }
  }

  #decoded(key: string, data: string): string {
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(data))
      this.refuse(`has a "${key}" that is not base64`, key)
    return Buffer.from(data, 'base64').toString('utf8')
  }

  /** @throws PkgError KUBECONFIG_INVALID with where the key, or the section, stands */
  refuse(problem: string, key?: string, hint?: string): never {
    const message = `${this.kind} "${this.name}" of the kubeconfig ${problem}`
    throw new PkgError('KUBECONFIG_INVALID', message, { span: this.#span(key), hint })
  }

  /** Without the line's text, which may be a secret. */
  #span(key: string | undefined): SourceSpan | undefined {
    const { file, text, path } = this.#place
    const wanted = key === undefined ? path : [...path, key]
    const span = spanOfPath({ name: file, text }, wanted) ?? spanOfPath({ name: file, text }, path)
    if (span === undefined) return { file }
    const { source: _source, ...place } = span
    return place
  }
}
