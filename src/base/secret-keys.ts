/** Names of values that nobody wants to see in a log. */
export const SECRET_KEY =
  /pass(word|wd)?|secret|token|api[-_]?key|private[-_]?key|credential|dsn|connection[-_]?string/i

/**
 * A line of a YAML text for an error to quote; what follows its key or dash is `[hidden]` when
 * that key, or one of those it lies below, names a secret, and in the data of a Secret.
 *
 * @param at counted from 0
 */
export function quotableLine(lines: readonly string[], at: number): string {
  const line = lines[at] ?? ''
  const keys = keysAround(lines, at)
  const isData = keys.some((key) => key === 'data' || key === 'stringData')
  const isSecret = keys.some((key) => SECRET_KEY.test(key)) || (isData && isInSecret(lines, at))
  if (!isSecret) return line
  const [lead = ''] = /^\s*(?:- )*(?:[^:]*:(?=\s|$))?\s*/.exec(line) ?? []
  return lead === line ? line : `${lead}[hidden]`
}

/** The keys of the line and of the maps it lies in, by indentation. */
function keysAround(lines: readonly string[], at: number): string[] {
  const keys: string[] = []
  let limit = Infinity
  for (let index = at; index >= 0 && limit > 0; index--) {
    const [, indent = '', key = ''] =
      /^([ \t]*(?:- )*)([^\s#:][^:]*):/.exec(lines[index] ?? '') ?? []
    if (key === '' || indent.length >= limit) continue
    keys.push(key)
    limit = indent.length
  }
  return keys
}

/** Whether the YAML document of the line, counted from 0, is a Kubernetes Secret. */
export function isInSecret(lines: readonly string[], at: number): boolean {
  const isMark = (line: string): boolean => line.startsWith('---')
  const start = lines.findLastIndex((line, index) => index <= at && isMark(line))
  const end = lines.findIndex((line, index) => index > at && isMark(line))
  const document = lines.slice(Math.max(start, 0), end < 0 ? undefined : end)
  return document.some((line) => /^kind:\s*["']?Secret\b/.test(line))
}
