import { requirePackage } from './lazy.ts'

/** A folder name no person chooses, so that records never meet manifests. */
export const RECORDS_FOLDER = '.kubectl-pkg'

/** Name of the file that becomes `name` once it is whole; `token` tells whose it is. */
export function temporaryName(name: string, token: string): string {
  return `.${name}.${token}.tmp`
}

/** Whether `temporaryName` made the name for one of the tokens. */
export function isTemporaryOf(name: string, tokens: readonly string[]): boolean {
  return name.startsWith('.') && tokens.some((token) => name.endsWith(`.${token}.tmp`))
}

/** A token of 96 random bits, in hexadecimal digits. */
export function newToken(): string {
  const { randomBytes } = requirePackage('node:crypto') as typeof import('node:crypto')
  return randomBytes(12).toString('hex')
}
