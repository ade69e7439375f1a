import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSystemError } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import type { ApiSet, ServerVersion } from './discovery.ts'

export interface CachedDiscovery {
  apis: ApiSet
  version: ServerVersion
  /** ETags of `/api` and `/apis`. */
  tags: { core: string | undefined; groups: string | undefined }
}

export interface CacheOptions {
  /** Undefined to keep nothing. */
  folder: string | undefined
  server: string
  /** The server's certificates: clusters come and go at one address. */
  ca: string | undefined
  now: () => number
}

/** Keeps what API servers serve, a file each; whatever is wrong with the files is no failure. */
export interface DiscoveryCache {
  read(): CachedDiscovery | undefined
  /** Undefined when it is too old to be believed without asking. */
  readFresh(): CachedDiscovery | undefined
  write(discovery: CachedDiscovery): void
  /** From now on the server has to be asked; what is stored still saves it an answer. */
  expire(): void
}

/** As long as kubectl believes its own cache. */
const FRESH = 6 * 60 * 60 * 1000
/** Of the file's layout; another one is not read. */
const LAYOUT = 1

/** Opens the cache of one server. */
export function openDiscoveryCache({ folder, server, ca = '', now }: CacheOptions): DiscoveryCache {
  const name = `${server.replaceAll(/[^\w.-]+/g, '_').slice(0, 180)}.json`
  const path = folder === undefined ? undefined : join(folder, name)
  const content = (): { at: number; discovery: CachedDiscovery } | undefined => {
    const value = path === undefined ? undefined : readJson(path)
    if (!isJsonObject(value) || value['layout'] !== LAYOUT) return undefined
    if (value['server'] !== server || value['ca'] !== ca) return undefined
    const { at, discovery } = value
    if (typeof at !== 'number' || !isJsonObject(discovery)) return undefined
    return { at, discovery: discovery as unknown as CachedDiscovery }
  }
  const store = (discovery: CachedDiscovery, at: number): void => {
    if (folder === undefined || path === undefined) return
    const text = JSON.stringify({ layout: LAYOUT, server, ca, at, discovery })
    ignoringSystem(() => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const temporary = join(folder, temporaryName(name, newToken()))
      writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 })
      renameSync(temporary, path)
    })
  }
  return {
    read: () => content()?.discovery,
    readFresh() {
      const { at = 0, discovery } = content() ?? {}
      const age = now() - at
      return age >= 0 && age < FRESH ? discovery : undefined
    },
    write: (discovery) => store(discovery, now()),
    expire() {
      const discovery = content()?.discovery
      if (discovery !== undefined) store(discovery, 0)
    },
  }
}

function readJson(path: string): unknown {
  try {
    return parseJson(readFileSync(path, 'utf8'))
  } catch (error) {
    if (!isSystemError(error)) throw error
    return undefined
  }
}

/** A disk that is full, or a home that cannot be written to, costs time and nothing else. */
function ignoringSystem(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}
