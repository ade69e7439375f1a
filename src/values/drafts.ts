/** A version of JSON Schema: 4, 6, 7, 2019 or 2020. */
export type Draft = 4 | 6 | 7 | 2019 | 2020

/** What a schema is when it does not say. */
export const LATEST: Draft = 2020

/** The URL of a draft's metaschema. */
export const METASCHEMA_URLS: Record<Draft, string> = {
  4: 'http://json-schema.org/draft-04/schema',
  6: 'http://json-schema.org/draft-06/schema',
  7: 'http://json-schema.org/draft-07/schema',
  2019: 'https://json-schema.org/draft/2019-09/schema',
  2020: 'https://json-schema.org/draft/2020-12/schema',
}

/** The draft that a `$schema` names; undefined when it names none that is known. */
export function draftOfUrl(schema: string): Draft | undefined {
  const hash = schema.indexOf('#')
  if (hash >= 0 && hash < schema.length - 1) return undefined
  const url = withoutScheme(hash < 0 ? schema : schema.slice(0, hash))
  if (url === 'json-schema.org/schema') return LATEST
  for (const draft of [2020, 2019, 7, 6, 4] as const) {
    if (withoutScheme(METASCHEMA_URLS[draft]) === url) return draft
  }
  return undefined
}

function withoutScheme(url: string): string {
  for (const scheme of ['http://', 'https://']) {
    if (url.startsWith(scheme)) return url.slice(scheme.length)
  }
  return url
}
