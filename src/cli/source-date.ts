import { PkgError } from '../base/errors.ts'

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
