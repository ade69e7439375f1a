import { resolve } from 'node:path'
import { loadChart, type ChartLoading } from '../actions/load-chart.ts'
import type { VerifySettings } from '../actions/verify-fetched.ts'
import { PkgError } from '../base/errors.ts'
import type { Chart } from '../chart/chart.ts'
import { withoutFolders } from '../chart/own-folders.ts'
import type { Access, ChartSite } from '../repo/chart-site.ts'
import { ownFolders } from './home-folders.ts'
import type { Io } from './io.ts'
import { fileStoreOf } from './read-flags.ts'
import type { SiteFlags } from './open-site.ts'

/** Flags that choose a chart. */
export interface ChartFlags extends SiteFlags {
  version?: string | undefined
  devel?: boolean | undefined
  repo?: string | undefined
  verify?: boolean | undefined
  keyring?: string | undefined
  'dependency-update'?: boolean | undefined
  /** Where values come from, as standard input is there once. */
  values?: readonly string[] | undefined
}

/**
 * Loads the chart that a reference and the flags mean.
 *
 * @throws PkgError USAGE for standard input that is to be the values too, and as `loadChart`
 */
export async function readChart(
  reference: string,
  flags: ChartFlags,
  io: Io,
  options: Pick<ChartLoading, 'outsideLinks' | 'anyApiVersion'> & {
    signal?: AbortSignal
  } = {},
): Promise<Chart> {
  if (reference === '-' && flags.values?.some((name) => name.trim() === '-') === true) {
    throw new PkgError('USAGE', 'standard input cannot be the chart and values at once', {
      hint: 'Put one of them into a file, and name that.',
    })
  }
  if (flags['dependency-update'] === true) {
    const { fetchMissing } = await import('./fetch-missing.ts')
    await fetchMissing(reference, flags, io)
  }
  const chart = await loadChart(reference, () => io.stdin(), {
    outsideLinks: options.outsideLinks,
    anyApiVersion: options.anyApiVersion,
    fileStore: fileStoreOf(io),
    repo: flags.repo,
    verify: await verifySettings(flags, io),
    query: { version: flags.version, devel: flags.devel, access: accessOf(flags) },
    openSite: siteOpener(flags, io, options.signal),
  })
  return withoutOwnFolders(chart, io)
}

/** Takes the program's own folders out of a chart that they lie in. */
export function withoutOwnFolders(chart: Chart, { env }: Pick<Io, 'env'>): Chart {
  return withoutFolders(chart, ownFolders(env))
}

/** Opens what charts are fetched through, once something has to be; until then it loads nothing. */
export function siteOpener(
  flags: SiteFlags,
  io: Io,
  signal?: AbortSignal,
): () => Promise<ChartSite> {
  return async () => (await import('./open-site.ts')).openSite(flags, io, { signal })
}

/** What `--verify` asks for; undefined without it. */
export async function verifySettings(
  flags: Pick<ChartFlags, 'verify' | 'keyring'>,
  io: Io,
): Promise<VerifySettings | undefined> {
  if (flags.verify !== true) return undefined
  const { keyringOf } = await import('./keyring.ts')
  return { keyring: keyringOf(flags, io), now: io.now() }
}

/** What the flags say of the server that is asked. */
export function accessOf(flags: SiteFlags): Access {
  return {
    username: flags.username,
    password: flags.password,
    caFile: flags['ca-file'],
    certFile: flags['cert-file'],
    keyFile: flags['key-file'],
    insecureSkipTlsVerify: flags['insecure-skip-tls-verify'] || undefined,
    passCredentials: flags['pass-credentials'] || undefined,
  }
}

/** The same for what is kept: whoever uses it later may do so from another folder. */
export function lastingAccessOf(flags: SiteFlags): Access {
  const access = accessOf(flags)
  const { caFile, certFile, keyFile } = access
  return { ...access, caFile: full(caFile), certFile: full(certFile), keyFile: full(keyFile) }
}

function full(path: string | undefined): string {
  return path === undefined || path === '' ? '' : resolve(path)
}
