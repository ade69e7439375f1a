import { SECRET_KEY } from './secret-keys.ts'

const MASK = '[hidden]'

// Each begins where no such word can have begun before, so that no text takes long.
const PEM = /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g
const JWT = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g
const USERINFO = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#@"']+@/gi
const QUERY_PAIR = /([?&])([^=&\s]{1,200})=([^&\s"']+)/g
const QUERY_KEY = /sig|token|key|secret|credential|^X-(?:Amz|Goog)-|^(?:se|sp|sv)$/i
const HEADER = /(?<![\w-])([\w-]{1,200})(["']?\s{0,4}[:=]\s{0,4})/g
const HEADER_NAME =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:token|key|auth)[\w-]*)$/i
/** A key and its value, but not what an API server says of the key. */
const PAIR =
  /(?<![\w.-])([\w.-]{1,200})(\\?["']?\s{0,4}[:=]\s{0,4}(?:(?:Invalid|Unsupported|Duplicate) value:\s{0,4})?)(?!\[hidden\]|(?:Invalid|Unsupported|Duplicate|Required) value|Forbidden|Not found|Too |Internal error|field is |must )(\\"[^"]*(?:"|$)|"(?:[^"\\]|\\.)*(?:"|$)|'[^']*(?:'|$)|[^\s,;}\])"']+)/g

/**
 * A text of somebody else, for example an error of a server, as it may be shown: without what
 * looks like a credential, and without those that are known.
 *
 * @param known credentials of this run; those below 6 characters are not looked for
 */
export function redactText(text: string, known: readonly string[] = []): string {
  return hideKnown(text, known)
    .replaceAll(PEM, MASK)
    .replaceAll(JWT, MASK)
    .replaceAll(USERINFO, '$1')
    .replaceAll(QUERY_PAIR, (pair, mark: string, key: string) =>
      QUERY_KEY.test(key) ? `${mark}${key}=${MASK}` : pair,
    )
    .split('\n')
    .map(hideHeader)
    .join('\n')
    .replaceAll(PAIR, (pair, key: string, sign: string) =>
      SECRET_KEY.test(key) ? `${key}${sign}${MASK}` : pair,
    )
}

/** From the name of a header to the end of the line. */
function hideHeader(line: string): string {
  for (const { 1: name = '', 2: sign = '', index } of line.matchAll(HEADER)) {
    if (HEADER_NAME.test(name)) return `${line.slice(0, index)}${name}${sign}${MASK}`
  }
  return line
}

/** Hides credentials as they are, in base64 and escaped for URLs. */
export function hideKnown(text: string, known: readonly string[]): string {
  let shown = text
  for (const secret of known) {
    if (secret.length < 6) continue
    for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)])
      shown = shown.replaceAll(form, MASK)
  }
  return shown
}
