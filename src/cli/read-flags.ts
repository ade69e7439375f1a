import { PkgError } from '../base/errors.ts'
import { compileRegexp } from '../golang/regexp.ts'
import { GoError } from '../golang/value.ts'
import type { RenderOptions } from '../actions/connections.ts'
import type { ValueReuse } from '../actions/reuse-values.ts'

export interface GivenRenderFlags {
  'skip-schema-validation': boolean
  'render-subchart-notes': boolean
  'enable-dns': boolean
  'render-fuel'?: number | undefined
  'post-renderer'?: string | undefined
  'post-renderer-args'?: string[] | undefined
  'post-render-hooks': boolean
}

/** What the flags say about rendering. */
export function renderOptions(flags: GivenRenderFlags): RenderOptions {
  const command = flags['post-renderer']
  return {
    skipSchemaValidation: flags['skip-schema-validation'],
    renderSubchartNotes: flags['render-subchart-notes'],
    enableDns: flags['enable-dns'],
    steps: flags['render-fuel'],
    postRenderHooks: flags['post-render-hooks'],
    postRenderer:
      command === undefined ? undefined : { command, args: flags['post-renderer-args'] ?? [] },
  }
}

/**
 * Reads `--labels key=value`.
 *
 * @throws PkgError USAGE
 */
export function readLabels(texts: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) {
        throw new PkgError(
          'USAGE',
          `invalid argument "${text}" for "-l, --labels" flag: ${text} must be formatted as key=value`,
        )
      }
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** Whether `--dry-run` asks for a rehearsal; bare it does, as with Helm. */
export function isDryRun(text: string): boolean {
  return text !== 'none' && text !== 'false'
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
 * The time that SOURCE_DATE_EPOCH asks for, in seconds since 1970; undefined when it is not set.
 *
 * @throws PkgError USAGE
 */
export function sourceDate(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env['SOURCE_DATE_EPOCH'] ?? ''
  if (text === '') return undefined
  if (/^\d{1,11}$/.test(text)) return Number(text)
  throw new PkgError('USAGE', `SOURCE_DATE_EPOCH "${text}" is not a number of seconds since 1970`)
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
