import {
  askHelper,
  eraseInHelper,
  storeInHelper,
  type CredentialHelper,
} from './credential-helper.ts'
import {
  changeCredentialsFile,
  readCredentialsFile,
  sectionOf,
  type CredentialsFile,
} from './credentials-file.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { Credential } from './registry-auth.ts'

export interface CredentialSettings {
  /** `config.json` files in the order they are asked; logins are written to the first. */
  files: readonly [string, ...string[]]
  /** Helpers are found and run with it. */
  env: Readonly<Record<string, string | undefined>>
  /** Symbolic links of the file that is written are followed below this folder. */
  home: string
}

/** Logins of registries, in the files and programs that Docker and Helm keep them in. */
export interface CredentialStore {
  /** @throws PkgError CREDENTIALS_UNREADABLE */
  find(host: string): Promise<Credential | undefined>
  /**
   * @returns where the login is now
   * @throws PkgError CREDENTIALS_UNREADABLE, FILE_UNWRITABLE
   */
  save(host: string, credential: Credential): Promise<SavedAt>
  /** @returns false when no login was there; throws as `save` does */
  remove(host: string): Promise<boolean>
}

export type SavedAt = { helper: string } | { file: string }

/** Opens the logins of a person; files are read when they are asked for. */
export function openCredentials(settings: CredentialSettings): CredentialStore {
  const { files, env, home } = settings
  return {
    async find(host) {
      for (const path of files) {
        const found = await findIn(await readCredentialsFile(path), host, env)
        if (found !== undefined) return found
      }
      return undefined
    },

    async save(host, credential) {
      const [path] = files
      const server = serverOf(host)
      const helper = helperFor(await readCredentialsFile(path), server, env)
      if (helper !== undefined) {
        await storeInHelper(helper, server, credential)
        return { helper: helper.name }
      }
      await changeCredentialsFile(path, home, (file) => ({
        ...file.content,
        auths: { ...withoutHost(sectionOf(file, 'auths'), host), [server]: entryOf(credential) },
      }))
      return { file: path }
    },

    async remove(host) {
      const [path] = files
      const before = await readCredentialsFile(path)
      const server = serverOf(host)
      const helper = helperFor(before, server, env)
      const isKnown = (await findIn(before, host, env)) !== undefined
      if (helper !== undefined) await eraseInHelper(helper, server)
      if (keysOf(sectionOf(before, 'auths'), host).length > 0) {
        await changeCredentialsFile(path, home, (file) => ({
          ...file.content,
          auths: withoutHost(sectionOf(file, 'auths'), host),
        }))
      }
      return isKnown
    },
  }
}

const HUB = 'https://index.docker.io/v1/'
const HUB_HOSTS = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/** The name that logins of a host are kept under. */
function serverOf(host: string): string {
  return HUB_HOSTS.has(host) ? HUB : host
}

async function findIn(
  file: CredentialsFile,
  host: string,
  env: CredentialSettings['env'],
): Promise<Credential | undefined> {
  const server = serverOf(host)
  const helper = helperFor(file, server, env)
  if (helper !== undefined) {
    const found = await askHelper(helper, server)
    if (found !== undefined) return found
  }
  const auths = sectionOf(file, 'auths')
  const [key] = keysOf(auths, host)
  return key === undefined ? undefined : readEntry(auths[key])
}

function helperFor(
  file: CredentialsFile,
  server: string,
  env: CredentialSettings['env'],
): CredentialHelper | undefined {
  const helpers = sectionOf(file, 'credHelpers')
  const own = Object.hasOwn(helpers, server) ? helpers[server] : undefined
  const name = typeof own === 'string' ? own : file.content['credsStore']
  return typeof name === 'string' && name !== '' ? { name, env } : undefined
}

/** Keys that stand for a host, the exact one first: older logins have a scheme and a path. */
function keysOf(auths: JsonObject, host: string): string[] {
  const server = serverOf(host)
  return Object.keys(auths)
    .filter((key) => key === server || serverOf(hostOf(key)) === server)
    .sort((left, right) => Number(right === server) - Number(left === server))
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/')[0] ?? key
}

function withoutHost(auths: JsonObject, host: string): JsonObject {
  const keys = keysOf(auths, host)
  return Object.fromEntries(Object.entries(auths).filter(([key]) => !keys.includes(key)))
}

function readEntry(entry: Json | undefined): Credential | undefined {
  if (!isJsonObject(entry)) return undefined
  const { auth, identitytoken } = entry
  if (typeof identitytoken === 'string' && identitytoken !== '') {
    return { username: '', password: identitytoken, identityToken: identitytoken }
  }
  const text =
    typeof auth === 'string' && auth !== ''
      ? Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '')
      : `${textOf(entry['username'])}:${textOf(entry['password'])}`
  const colon = text.indexOf(':')
  if (colon < 0 || text === ':') return undefined
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function entryOf({ username, password, identityToken }: Credential): JsonObject {
  if (identityToken !== undefined) return { identitytoken: identityToken }
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') }
}
