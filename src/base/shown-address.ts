const USERINFO = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]+@/gi

/** An address as it may be shown: without user, password and query. */
export function shownAddress(text: string): string {
  const bare = hideUserinfo(text)
  // Also of what is no URL, the query may have been meant to be secret.
  if (!URL.canParse(bare)) return bare.replace(/\?.*$/s, '')
  const { protocol, host, pathname, search } = new URL(bare)
  return search === '' ? bare : `${protocol}//${host}${pathname}`
}

/** A text in which addresses have neither user nor password. */
export function hideUserinfo(text: string): string {
  return text.replaceAll(USERINFO, '$1')
}

/** What to do about what is no address of the web, such as a folder. */
export const WANTS_URL =
  'Use an http or https URL; "kubectl pkg repo serve FOLDER" gives a folder one.'
