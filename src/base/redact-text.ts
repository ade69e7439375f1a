const MASK = '[hidden]'

const PEM = /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g
const JWT = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g
const USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"']+@/gi
const QUERY_VALUE =
  /([?&](?:[^=&\s]*(?:sig|token|key|secret|credential)[^=&\s]*|X-(?:Amz|Goog)-[^=&\s]*|se|sp|sv)=)[^&\s"']+/gi
const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:token|key|auth)[\w-]*)(["']?\s*[:=]\s*)[^\r\n]+/gi
/** A key that names a secret, and its value; but not what an API server says about the key. */
const KEYED =
  /(\b[\w.-]*(?:pass(?:word|wd)?|secret|token|api[-_]?key|private[-_]?key|credential|dsn|connection[-_]?string)[\w.-]*)(\\?["']?\s*[:=]\s*(?:(?:Invalid|Unsupported|Duplicate) value:\s*)?)(?!(?:Invalid|Unsupported|Duplicate|Required) value|Forbidden|Not found|Too |Internal error|field is |must )(\\?"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;}\])"']+)/gi

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
    .replaceAll(QUERY_VALUE, `$1${MASK}`)
    .replaceAll(HEADER, `$1$2${MASK}`)
    .replaceAll(KEYED, `$1$2${MASK}`)
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
