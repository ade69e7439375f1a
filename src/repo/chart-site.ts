import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import {
  openBlobCache,
  openReferenceCache,
  type BlobCache,
  type ReferenceCache,
} from '../index/cache.ts'
import { openDownloader, type Downloader, type Origin } from '../http/downloader.ts'
import { openIndexStore, type IndexStore } from '../index/store.ts'
import type { RegistryOptions } from '../registry/oci-registry.ts'
import type { TrustPolicy } from './trust.ts'

/** Where charts come from in one run: whose configuration, which caches, what it may do. */
export interface ChartSite {
  /** repositories.yaml. */
  repositoriesFile: string
  /** The person's home. */
  home: string
  /** Folder of add-ons, served as the repository `addons`. */
  addonsFolder: string
  /** Folders of the program itself, which are no part of a chart that they lie in. */
  ownFolders: readonly string[]
  indexes: IndexStore
  blobs: BlobCache
  references: ReferenceCache
  downloader: Downloader
  /** For registries: a person's logins and what flags say. */
  registry: RegistryOptions
  /** What a person wants of charts that are fetched. */
  policy?: TrustPolicy | undefined
  /** Fetches nothing: what the caches do not hold is missing. */
  isOffline: boolean
  /** Refuses charts for which a repository gives no digest. */
  requiresDigest: boolean
  /** Refuses what was replaced after it was published; else a person is told. */
  isStrict: boolean
  /** Tells what a person should know but that stops nothing. */
  onNotice: (notice: string) => void
}

export interface ChartSiteOptions {
  repositoriesFile: string
  home: string
  addonsFolder: string
  ownFolders?: readonly string[] | undefined
  /** Folder of fetched indexes. */
  indexFolder: string
  /** Folder of fetched archives. */
  blobFolder: string
  registry: RegistryOptions
  policy?: TrustPolicy | undefined
  isOffline?: boolean | undefined
  requiresDigest?: boolean | undefined
  /** Refuses indexes that went back or give a known version other bytes; else they are told of. */
  isStrict?: boolean | undefined
  /** Milliseconds that one download may take. */
  timeout?: number | undefined
  /** The environment names a proxy for some addresses. */
  hasProxy?: boolean | undefined
  signal?: AbortSignal | undefined
  readFile: (path: string) => Buffer
  onNotice: (notice: string) => void
}

/** Opens what charts are fetched through; nothing is read or asked for yet. */
export function openChartSite(options: ChartSiteOptions): ChartSite {
  const { onNotice, signal, timeout = 120_000, hasProxy, readFile } = options
  let indexes: IndexStore | undefined
  let blobs: BlobCache | undefined
  let references: ReferenceCache | undefined
  const onOddity = (oddity: string): void => {
    if (options.isStrict === true) throw suspect(oddity)
    onNotice(`warning: ${oddity}`)
  }
  const times = { idle: Math.min(30_000, timeout), total: Math.min(timeout, LIMITS.timer) }
  return {
    repositoriesFile: options.repositoriesFile,
    home: options.home,
    get addonsFolder() {
      return options.addonsFolder
    },
    ownFolders: options.ownFolders ?? [],
    get indexes() {
      return (indexes ??= openIndexStore(options.indexFolder, { onOddity, onNotice }))
    },
    get blobs() {
      return (blobs ??= openBlobCache(options.blobFolder, { onNotice }))
    },
    get references() {
      return (references ??= openReferenceCache(options.blobFolder))
    },
    downloader: openDownloader({ signal, times, hasProxy, readFile }),
    registry: options.registry,
    policy: options.policy,
    isOffline: options.isOffline === true,
    requiresDigest: options.requiresDigest === true,
    isStrict: options.isStrict === true,
    onNotice,
  }
}

function suspect(oddity: string): PkgError {
  return new PkgError('INDEX_SUSPECT', oddity, {
    hint: 'Ask whoever keeps the repository. Leave --strict-repo out to take the index all the same.',
  })
}

/** What flags say of the server of one chart; it goes over what is configured. */
export type Access = Omit<Origin, 'url'>
