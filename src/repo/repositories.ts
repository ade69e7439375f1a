import { basename, dirname, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { openFiles } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { encodeYamlPlain } from '../encoding/yaml-encode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { fromBytes } from '../golang/bytes.ts'
import { withFileLock } from '../base/file-lock.ts'
import { followLink } from '../base/follow-link.ts'
import type { Origin } from '../http/downloader.ts'

/** A repository that a person configured. */
export interface Repository extends Origin {
  name: string
}

/** Where repositories are configured. */
export interface RepositoriesFile {
  /** A repositories.yaml; a symbolic link is followed as long as it stays below `home`. */
  path: string
  home: string
}

const files = openFiles()

/**
 * Reads a repositories.yaml, ours or Helm's; none when there is no such file.
 *
 * @throws PkgError YAML_INVALID, FILE_UNREADABLE
 */
export async function loadRepositories(path: string): Promise<Repository[]> {
  return entriesOf(await readDocument(path)).map(readEntry)
}

/**
 * Changes a repositories.yaml while no other run does. The new file is there whole, for its
 * owner alone, or the old one stays; comments stay when entries are only added.
 *
 * @param change gives the new list; undefined to leave the file alone
 * @throws PkgError YAML_INVALID, FILE_UNWRITABLE, and what `change` throws
 */
export async function changeRepositories(
  { path, home }: RepositoriesFile,
  change: (before: readonly Repository[]) => Promise<readonly Repository[] | undefined>,
): Promise<void> {
  await files.makeFolder(dirname(path), 0o700)
  const target = followLink(path, home, '--repository-config')
  await withFileLock(`${target}.lock`, async () => {
    const text = await readText(target)
    const document = parse(text, target)
    assertWhole(document, target)
    const before = entriesOf(document)
    const after = await change(before.map(readEntry))
    if (after === undefined) return
    const entries = after.map((entry) => writeEntry(entry, before))
    await replace(target, withEntries(text, document, entries))
  })
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), temporaryName(basename(path), newToken()))
  await files.replace(path, temporary, { data: text, mode: 0o600 })
}

async function readText(path: string): Promise<string> {
  return fromBytes((await files.read(path)) ?? Buffer.alloc(0))
}

async function readDocument(path: string): Promise<JsonObject> {
  return parse(await readText(path), path)
}

function parse(text: string, path: string): JsonObject {
  try {
    const document = decodeYamlPlain(text, { dialect: 'helm', file: path }) ?? {}
    if (isJsonObject(document)) return document
    throw invalid(path, 'it is no map')
  } catch (error) {
    if (error instanceof YamlError) throw invalid(path, error.message)
    throw error
  }
}

/** What cannot be read would be gone when the file is written again. */
function assertWhole({ repositories = null }: JsonObject, path: string): void {
  if (repositories === null) return
  if (!Array.isArray(repositories)) throw invalid(path, '"repositories" is no list')
  const at = repositories.findIndex((entry) => !isJsonObject(entry))
  if (at >= 0) throw invalid(path, `item ${at + 1} of "repositories" is no map`)
}

function invalid(path: string, why: string): PkgError {
  return new PkgError('YAML_INVALID', `cannot read the repositories file ${path}: ${why}`, {
    hint: 'Mend the file, or move it away and add the repositories again.',
  })
}

function entriesOf(document: JsonObject): JsonObject[] {
  const list = Object.hasOwn(document, 'repositories') ? document['repositories'] : []
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

/** Names of the fields in the file; the first nine are Helm's. */
const TEXTS = {
  name: 'name',
  url: 'url',
  username: 'username',
  password: 'password',
  certFile: 'certFile',
  keyFile: 'keyFile',
  caFile: 'caFile',
  token: 'bearer_token',
} as const

function readEntry(entry: JsonObject): Repository {
  const text = (key: string): string => {
    const value = Object.hasOwn(entry, key) ? entry[key] : undefined
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const flag = (key: string): boolean => Object.hasOwn(entry, key) && entry[key] === true
  return {
    name: text(TEXTS.name),
    url: text(TEXTS.url),
    username: text(TEXTS.username),
    password: text(TEXTS.password),
    certFile: text(TEXTS.certFile),
    keyFile: text(TEXTS.keyFile),
    caFile: text(TEXTS.caFile),
    token: text(TEXTS.token),
    insecureSkipTlsVerify: flag('insecure_skip_tls_verify'),
    passCredentials: flag('pass_credentials_all'),
  }
}

/** Fields that nobody here knows stay as they were. */
function writeEntry(repository: Repository, before: readonly JsonObject[]): JsonObject {
  const known = before.find((entry) => entry['name'] === repository.name)
  const isUnchanged = JSON.stringify(known && readEntry(known)) === JSON.stringify(repository)
  if (known !== undefined && isUnchanged) return known
  const entry: Record<string, Json> = { ...known }
  for (const [property, key] of Object.entries(TEXTS) as [keyof typeof TEXTS, string][]) {
    const value = repository[property] ?? ''
    if (key !== TEXTS.token || value !== '') entry[key] = value
    else delete entry[key]
  }
  entry['insecure_skip_tls_verify'] = repository.insecureSkipTlsVerify === true
  entry['pass_credentials_all'] = repository.passCredentials === true
  return entry
}

/**
 * The file with other entries. When the old ones are the first of the new ones, the new ones
 * are written behind the old text, which keeps its comments.
 */
function withEntries(text: string, document: JsonObject, entries: JsonObject[]): string {
  const whole: JsonObject = {
    apiVersion: '',
    generated: '0001-01-01T00:00:00Z',
    ...document,
    repositories: entries,
  }
  const before = entriesOf(document)
  const isLonger = before.every((entry, at) => isSame(entry, entries[at] ?? null))
  if (before.length > 0 && isLonger) {
    const added = encodeYamlPlain(entries.slice(before.length))
    const longer = `${text}${text.endsWith('\n') ? '' : '\n'}${added}`
    if (isSame(parsed(longer), { ...document, repositories: entries })) return longer
  }
  return encodeYamlPlain(whole)
}

function parsed(text: string): Json {
  try {
    return decodeYamlPlain(text, { dialect: 'helm' })
  } catch (error) {
    if (error instanceof YamlError) return null
    throw error
  }
}

function isSame(left: Json, right: Json): boolean {
  return encodeYamlPlain(left) === encodeYamlPlain(right)
}
