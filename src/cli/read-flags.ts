import { PkgError } from '../base/errors.ts'
import { compileRegexp } from '../golang/regexp.ts'
import { GoError } from '../golang/value.ts'
import type { RenderOptions } from '../actions/connections.ts'
import { csvFields } from './csv-fields.ts'
import type { Io } from './io.ts'
import { rejected } from './parse-flags.ts'
import { readImageMap } from './read-image-map.ts'
import { openFileStore } from './file-store.ts'
import type { CrdMode } from '../apply/crds.ts'
import type { ChartRequest } from '../actions/install.ts'
import type { RightsVerb } from '../actions/rights.ts'
import type { ValueReuse } from '../actions/reuse-values.ts'

type Allowance = NonNullable<ChartRequest['allowance']>

export interface GivenRenderFlags {
  'skip-schema-validation': boolean
  'strict-values': boolean
  'render-subchart-notes': boolean
  'enable-dns': boolean
  'render-fuel'?: number | undefined
  'post-renderer'?: string | undefined
  'post-renderer-args'?: string[] | undefined
  'post-render-hooks': boolean
  'image-map'?: string[] | undefined
}

/**
 * What the flags say about rendering.
 *
 * @param io tells where what is read of templates is kept; without it nothing is
 * @throws PkgError VALUES_UNREADABLE
 */
export function renderOptions(flags: GivenRenderFlags, io?: Io): RenderOptions {
  const command = flags['post-renderer']
  return {
    skipSchemaValidation: flags['skip-schema-validation'],
    strictValues: flags['strict-values'],
    renderSubchartNotes: flags['render-subchart-notes'],
    enableDns: flags['enable-dns'],
    steps: flags['render-fuel'],
    postRenderHooks: flags['post-render-hooks'],
    images: readImageMap(flags['image-map']),
    fileStore: io && fileStoreOf(io),
    postRenderer:
      command === undefined ? undefined : { command, args: flags['post-renderer-args'] ?? [] },
  }
}

/** In bytes. Fewer are read as fast as a file of the cache. */
const WORTH_KEEPING = 32_768

/** Where what is read of charts is kept. Nothing of it is loaded for small charts. */
export function fileStoreOf({ fileStore, env }: Io): NonNullable<RenderOptions['fileStore']> {
  if (fileStore !== undefined) return fileStore
  return {
    least: WORTH_KEEPING,
    read: (name) => openFileStore(env)?.read(name),
    write: (name, content) => openFileStore(env)?.write(name, content),
  }
}

/**
 * Reads `--labels key=value`.
 *
 * @throws PkgError USAGE
 */
export function readLabels(texts: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(texts.flatMap(labelsIn))
}

function labelsIn(text: string): [string, string][] {
  const reject = (reason: string) => rejected(text, '-l, --labels', reason)
  return pairsIn(text, reject).map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw reject(`${pair} must be formatted as key=value`)
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
}

/** Source: github.com/spf13/pflag string_to_string.go: a single pair may hold commas. */
function pairsIn(text: string, reject: (reason: string) => PkgError): string[] {
  const count = text.split('=').length - 1
  if (count === 0) return [text]
  if (count === 1) return [text.replaceAll(/^"+|"+$/g, '')]
  try {
    return csvFields(text)
  } catch (error) {
    if (error instanceof RangeError) throw reject(error.message)
    throw error
  }
}

/**
 * How `--dry-run` asks for a rehearsal, if it does: bare as a client, as with Helm. A folder is
 * asked by either.
 *
 * Source: Helm 4.1.4 pkg/cmd/flags.go, addDryRunFlag.
 */
export function dryRunOf(
  text: string,
  { runsHooks }: { runsHooks: boolean },
): { dryRun: boolean; isOffline: boolean } {
  const dryRun = !['none', 'false', 'unset'].includes(text)
  return { dryRun, isOffline: runsHooks && dryRun && text !== 'server' }
}

/** What the flags let a plan do. */
export function allowanceOf(flags: {
  'force-conflicts': boolean
  recreate?: string[] | undefined
  'allow-data-loss': boolean
  'max-impact'?: string | undefined
}): Allowance {
  const recreate = (flags.recreate ?? []).filter((each) => each !== 'false')
  const isAll = recreate.some((each) => ['all', 'true'].includes(each))
  return {
    forceConflicts: flags['force-conflicts'],
    recreate: isAll ? 'all' : recreate,
    allowDataLoss: flags['allow-data-loss'],
    maxImpact: flags['max-impact'] as Allowance['maxImpact'],
  }
}

/** What becomes of CRDs in crds/: `--skip-crds` is Helm's way to say it. */
export function crdModeOf(
  flags: { crds?: string | undefined; 'skip-crds'?: boolean },
  { runsHooks }: { runsHooks: boolean },
): CrdMode | undefined {
  if (flags['skip-crds'] === true) return 'skip'
  return (flags.crds as CrdMode | undefined) ?? (runsHooks ? 'upgrade' : undefined)
}

/** Which values an upgrade starts from; of several flags the first here wins, as with Helm. */
export function valueReuse(flags: {
  'reset-values': boolean
  'reuse-values': boolean
  'reset-then-reuse-values': boolean
}): ValueReuse {
  if (flags['reset-values']) return 'reset'
  if (flags['reuse-values']) return 'reuse'
  return flags['reset-then-reuse-values'] ? 'reset-then-reuse' : 'default'
}

/**
 * Reads a filter of names, a regular expression as Go has them.
 *
 * @throws PkgError USAGE
 */
export function nameFilter(pattern: string): (name: string) => boolean {
  try {
    const regexp = compileRegexp(pattern)
    return (name) => regexp.test(name)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new PkgError('USAGE', error.message, { hint: 'Correct the pattern of --filter.' })
  }
}

/**
 * Tells tests that are meant from those that are left out; what is neither says nothing.
 *
 * Source: Helm 4.1.4 pkg/cmd/release_testing.go.
 */
export function readTestFilters(filters: readonly string[] = []): {
  only: string[]
  without: string[]
} {
  const namesAfter = (prefix: RegExp): string[] =>
    filters.filter((text) => prefix.test(text)).map((text) => text.replace(prefix, ''))
  return { only: namesAfter(/^name=/), without: namesAfter(/^!\s?name=/) }
}

const RIGHTS_VERBS: readonly RightsVerb[] = [
  'install',
  'upgrade',
  'rollback',
  'uninstall',
  'test',
  'list',
  'history',
  'get',
  'status',
  'diff',
  'drift',
  'repair',
]

/**
 * Reads `--for`; without it all verbs are meant.
 *
 * @throws PkgError USAGE
 */
export function readVerbs(texts: readonly string[] | undefined): readonly RightsVerb[] {
  return texts?.map(readVerb) ?? RIGHTS_VERBS
}

function readVerb(text: string): RightsVerb {
  const verb = RIGHTS_VERBS.find((each) => each === text.trim())
  if (verb !== undefined) return verb
  throw new PkgError(
    'USAGE',
    `invalid argument "${text}" for "--for" flag: there is no such verb`,
    {
      hint: `The verbs are ${RIGHTS_VERBS.join(', ')}.`,
    },
  )
}
