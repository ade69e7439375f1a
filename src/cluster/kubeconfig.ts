import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { Section } from './kubeconfig-section.ts'

/** The kubeconfig of a person: one file, or several laid over each other. */
export interface Kubeconfig {
  /** Files that were read, in order. */
  files: readonly string[]
  /** Empty when none is chosen. */
  currentContext: string
  contexts: ReadonlyMap<string, Section>
  clusters: ReadonlyMap<string, Section>
  users: ReadonlyMap<string, Section>
}

export interface KubeconfigSource {
  /** Of `--kubeconfig`; must be there. */
  explicit: string | undefined
  /** Of KUBECONFIG: files, parted as in PATH; those that are missing are passed over. */
  list: string | undefined
  home: string
}

/**
 * Reads the kubeconfig as kubectl does: of all files that name a context, cluster or user the
 * first has it whole, and the first that chooses a context does.
 *
 * Source: Kubernetes client-go 0.35 tools/clientcmd/loader.go, Load.
 *
 * @throws PkgError KUBECONFIG_INVALID
 */
export function readKubeconfig(source: KubeconfigSource): Kubeconfig {
  const config = {
    files: [] as string[],
    currentContext: '',
    contexts: new Map<string, Section>(),
    clusters: new Map<string, Section>(),
    users: new Map<string, Section>(),
  }
  for (const file of filesOf(source)) {
    const text = readText(file, source.explicit !== undefined)
    if (text === undefined) continue
    config.files.push(file)
    const value = decode(text, file)
    config.currentContext ||= textIn(value, 'current-context', file)
    for (const kind of ['context', 'cluster', 'user'] as const) {
      addSections(config[`${kind}s`], sectionsOf(value, kind, { file, text }))
    }
  }
  return config
}

/** What to tell of files that others on this machine can read. */
export function adviceOnModes(files: readonly string[]): string[] {
  return files
    .filter((file) => process.platform !== 'win32' && (statSync(file).mode & 0o044) !== 0)
    .map((file) => `kubeconfig ${file} can be read by others; run: chmod 600 ${file}`)
}

function filesOf({ explicit, list, home }: KubeconfigSource): string[] {
  if (explicit !== undefined) return [explicit]
  if (list === undefined || list === '') return [join(home, '.kube', 'config')]
  const separator = process.platform === 'win32' ? ';' : ':'
  return [...new Set(list.split(separator))].filter((file) => file !== '')
}

function readText(file: string, isRequired: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    if (error.code === 'ENOENT' && !isRequired) return undefined
    throw new PkgError('KUBECONFIG_INVALID', `kubeconfig "${file}" cannot be read: ${error.code}`, {
      hint: 'Check --kubeconfig and KUBECONFIG.',
      cause: error,
    })
  }
}

function decode(text: string, file: string): JsonObject {
  const value = parse(text, file)
  if (value === null || value === '') return {}
  if (isJsonObject(value)) return value
  throw new PkgError('KUBECONFIG_INVALID', `kubeconfig "${file}" is not a map`, {
    span: { file, line: 1 },
  })
}

function parse(text: string, file: string): Json {
  try {
    return decodeYamlPlain(text, { file })
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const { line, column, problem } = error
    // The line itself is not quoted: it may hold a token or a key.
    throw new PkgError('KUBECONFIG_INVALID', `kubeconfig "${file}" is not YAML: ${problem}`, {
      span: { file, line, column },
      cause: error,
    })
  }
}

function textIn(value: JsonObject, key: string, file: string): string {
  const text = value[key] ?? ''
  if (typeof text === 'string') return text
  throw new PkgError('KUBECONFIG_INVALID', `kubeconfig "${file}": ${key} is not a text`)
}

function sectionsOf(
  value: JsonObject,
  kind: 'context' | 'cluster' | 'user',
  { file, text }: { file: string; text: string },
): Section[] {
  const list = value[`${kind}s`] ?? []
  if (!Array.isArray(list)) {
    throw new PkgError('KUBECONFIG_INVALID', `kubeconfig "${file}": ${kind}s is not a list`)
  }
  const names = new Set<string>()
  return list.map((item, index) => {
    const outer = isJsonObject(item) ? item : {}
    const { name } = outer
    const body = outer[kind] ?? {}
    const place = { file, text, path: [`${kind}s`, index, kind] }
    const section = new Section(kind, typeof name === 'string' ? name : '', place, body)
    if (typeof name !== 'string') section.refuse('has no name')
    if (!isJsonObject(body)) section.refuse('is not a map')
    if (names.has(section.name)) section.refuse('is there twice in this file')
    names.add(section.name)
    return section
  })
}

function addSections(all: Map<string, Section>, sections: readonly Section[]): void {
  for (const section of sections) {
    if (!all.has(section.name)) all.set(section.name, section)
  }
}
