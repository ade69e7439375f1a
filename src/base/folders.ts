/** A folder name no person chooses, so that records never meet manifests. */
export const RECORDS_FOLDER = '.kubectl-pkg'

/** Name of the file that becomes `name` once it is whole; `token` tells whose it is. */
export function temporaryName(name: string, token: string): string {
  return `.${name}.${token}.tmp`
}

/** Whether `temporaryName` made the name for some token. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{24}\.tmp$/.test(name)
}

/** Whether `temporaryName` made the name for one of the tokens. */
export function isTemporaryOf(name: string, tokens: readonly string[]): boolean {
  return name.startsWith('.') && tokens.some((token) => name.endsWith(`.${token}.tmp`))
}

/**
 * A token of 96 random bits, in hexadecimal digits. Nobody else has it, but it is no secret: to
 * load node:crypto for it would take longer than most of what it is the name of.
 */
export function newToken(): string {
  const half = () => Math.floor(Math.random() * 2 ** 48).toString(16)
  return half().padStart(12, '0') + half().padStart(12, '0')
}
