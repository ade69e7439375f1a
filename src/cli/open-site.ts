import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { hideUserinfo } from '../base/shown-address.ts'
import { term } from '../output/term.ts'
import { openChartSite, type ChartSite } from '../repo/chart-site.ts'
import { openTrustPolicy, type TrustPolicy } from '../repo/trust.ts'
import { hasProxy } from './has-proxy.ts'
import { foldersOf, homeOf, ownFolders } from './home-folders.ts'
import type { Io } from './io.ts'
import { packageRoot } from './package-root.ts'
import { registryOptions } from './registry-options.ts'

/** Flags that say how repositories and registries are asked. */
export interface SiteFlags {
  username?: string | undefined
  password?: string | undefined
  'ca-file'?: string | undefined
  'cert-file'?: string | undefined
  'key-file'?: string | undefined
  'insecure-skip-tls-verify'?: boolean | undefined
  'pass-credentials'?: boolean | undefined
  'allow-mismatch'?: boolean | undefined
  'plain-http'?: boolean | undefined
  'repository-config'?: string | undefined
  'repository-cache'?: string | undefined
  'content-cache'?: string | undefined
  'registry-config'?: string | undefined
  'require-digest'?: boolean | undefined
  'strict-repo'?: boolean | undefined
  offline?: boolean | undefined
}

/** Opens what charts are fetched through, as the flags and the environment say. */
export function openSite(
  flags: SiteFlags,
  io: Io,
  { signal, timeout }: { signal?: AbortSignal | undefined; timeout?: number } = {},
): ChartSite {
  const { repositoriesFile, folders } = cachePlaces(flags, io)
  return openChartSite({
    repositoriesFile,
    home: homeOf(io.env),
    get addonsFolder() {
      return addOnsFolder()
    },
    ownFolders: ownFolders(io.env),
    indexFolder: folders.indexes,
    blobFolder: folders.blobs,
    registry: registryOptions(flags, io, signal),
    policy: openPolicy(foldersOf(io.env).config, io),
    isOffline: flags.offline,
    requiresDigest: flags['require-digest'],
    isStrict: flags['strict-repo'],
    signal,
    timeout,
    hasProxy: hasProxy(io.env),
    readFile: readPem,
    onNotice: (notice) => io.err(`${term(hideUserinfo(notice))}\n`),
  })
}

/** Where the caches of archives and indexes are, and the repositories that are configured. */
export function cachePlaces(flags: SiteFlags, { env }: Io) {
  const { config, cache } = foldersOf(env)
  return {
    repositoriesFile: flags['repository-config'] ?? join(config, 'repositories.yaml'),
    folders: {
      indexes: flags['repository-cache'] ?? join(cache, 'repositories'),
      blobs: flags['content-cache'] ?? join(cache, 'charts'),
    },
  }
}

/** Folder of the charts that come with this program. */
export function addOnsFolder(): string {
  return join(packageRoot(), 'charts')
}

/** The policy that is named, else the one in the person's folder, if there is one. */
function openPolicy(config: string, io: Io): TrustPolicy | undefined {
  const named = io.env['KUBECTL_PKG_SIGNING_POLICY']
  const path = named ?? join(config, 'signing-policy.yaml')
  if (named === undefined && !existsSync(path)) return undefined
  return openTrustPolicy(path, () => io.now())
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new PkgError('FILE_UNREADABLE', message, {
      hint: 'Check --ca-file, --cert-file and --key-file, or what is configured for the repository.',
      cause: error,
    })
  }
}
