import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { connect } from '../cluster/connect.ts'
import { openTransport } from '../cluster/http-transport.ts'
import type { FlagSpec } from '../output/help-view.ts'
import { peekReleases, peekRevisions, type PeekedRevision } from '../storage/kube-peek.ts'
import type { RecordApiOptions } from '../storage/record-api.ts'
import { homeOf } from './home-folders.ts'
import { kubeFlagsOf, type GivenClusterFlags } from './kube-flags.ts'
import { parseWords, type FlagDefinitions } from './parse-flags.ts'
import { recordKindOf } from './record-kind.ts'
import { parseTarget } from './target.ts'
import { userAgentOf } from './user-agent.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What has been typed of a command, and by whom. */
export interface TypedCommand {
  /** Of the command, by name. */
  flags: Readonly<Record<string, FlagSpec>>
  /** Words behind the command, before the one that is being typed. */
  words: readonly string[]
  env: Environment
}

export interface Suggestion {
  word: string
  description?: string | undefined
}

/** Whoever types does not wait longer for a server; in milliseconds. */
const PATIENCE = 3000
const TIMES = { connect: 1500, answer: 2500, silence: 2500 }
const ONCE = { tries: 1, shortest: 0, longest: 0, patience: 0 }

/** Names of the releases that are there, where the flags and the environment say. */
export async function releaseNames(typed: TypedCommand): Promise<Suggestion[]> {
  return quietly(async () => {
    const given = givenOf(typed)
    const target = parseTarget(given('target'))
    if (target.kind === 'directory') {
      const names = new Set(recordsIn(target.path).map(({ name }) => name))
      return [...names].sort().map((word) => ({ word }))
    }
    return (await atCluster(typed, peekReleases)).map((word) => ({ word }))
  })
}

/** Revisions of a release, the newest first. */
export async function releaseRevisions(typed: TypedCommand, name: string): Promise<Suggestion[]> {
  return quietly(async () => {
    const target = parseTarget(givenOf(typed)('target'))
    if (target.kind === 'directory') {
      const own = recordsIn(target.path).filter((record) => record.name === name)
      const revisions = new Set(own.map(({ revision }) => revision))
      return [...revisions].sort((left, right) => right - left).map((each) => ({ word: `${each}` }))
    }
    const records = await atCluster(typed, (api, namespace) =>
      peekRevisions(api, { name, namespace }),
    )
    return records.map((record) => ({
      word: String(record.revision),
      description: describe(record),
    }))
  })
}

/** `deployed, web-1.2.3`; of records that Helm wrote only the status is known. */
function describe({ status, summary }: PeekedRevision): string {
  if (summary === undefined) return status
  const { name, version } = summary.chart.metadata
  return `${status}, ${name}-${version}`
}

/** Whoever types wants words, and no reasons why there are none. */
async function quietly(find: () => Promise<Suggestion[]>): Promise<Suggestion[]> {
  try {
    return await find()
  } catch (error) {
    const isTimeUp = error instanceof DOMException && error.name === 'TimeoutError'
    if (error instanceof PkgError || isSystemError(error) || isTimeUp) return []
    throw error
  }
}

/**
 * Reads a flag's value: as typed, else of the environment.
 *
 * @throws PkgError USAGE for words that make no sense
 */
function givenOf({ flags, words, env }: TypedCommand): (name: string) => string | undefined {
  const { given } = parseWords(words, flags as FlagDefinitions)
  return (name) => {
    const inherited = flags[name]?.env
    const text = given.get(name)?.at(-1) ?? (inherited && env[inherited])
    return text === '' ? undefined : text
  }
}

const TEXTS = [
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'server',
  'token',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'tls-server-name',
  'as',
  'as-uid',
] as const satisfies readonly (keyof GivenClusterFlags)[]

async function atCluster<T>(
  typed: TypedCommand,
  ask: (api: RecordApiOptions, namespace: string) => Promise<T>,
): Promise<T> {
  const { env } = typed
  const given = givenOf(typed)
  const flags: GivenClusterFlags = Object.fromEntries(TEXTS.map((name) => [name, given(name)]))
  const groups = given('as-group')
  const { endpoint, namespace } = connect({
    flags: kubeFlagsOf({
      ...flags,
      ...(groups !== undefined && { 'as-group': groups.split(',') }),
      'kube-insecure-skip-tls-verify': given('kube-insecure-skip-tls-verify') === 'true',
    }),
    env,
    home: homeOf(env),
    isTerminal: false,
    isExecDenied: given('exec-plugins') === 'deny',
    now: Date.now,
  })
  const kind = recordKindOf(given('storage'), env['HELM_DRIVER'])
  const userAgent = userAgentOf('completion')
  const transport = openTransport(endpoint, { userAgent, retries: ONCE, times: TIMES })
  try {
    const signal = AbortSignal.timeout(PATIENCE)
    return await ask({ transport, kind, signal }, given('namespace') ?? namespace ?? 'default')
  } finally {
    transport.close()
  }
}

/** Records of a directory target, by the names of their files. */
function recordsIn(path: string): { name: string; revision: number }[] {
  const folder = join(path, '.kubectl-pkg', 'releases')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((record) => {
    const [, name, revision] = /([^/]+)\.v(\d+)$/.exec(record) ?? []
    return name === undefined ? [] : [{ name, revision: Number(revision) }]
  })
}
