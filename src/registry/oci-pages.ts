import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { MANIFEST_BYTES } from './oci-content.ts'
import type { Registry } from './oci-registry.ts'
import type { Scope } from './registry-auth.ts'

/** A list that a registry gives page by page. */
export interface PagedList {
  /** Path below the registry's root; how many a page may have is put behind it. */
  path: string
  pageSize: number
  scope: Scope
  /** The field of a page that has the names. */
  field: 'tags' | 'repositories'
  /** Most names of all pages. */
  most: number
  /** How errors call what the list is of. */
  name: string
  /** What a registry means that has no such list. */
  missing: PkgError
}

/** Statuses of registries that have no such list, or let nobody see it. */
const MISSING = [404, 405, 501]

/**
 * Reads all pages of a list, in the registry's order.
 *
 * @throws PkgError OCI_INVALID, REGISTRY_FAILED, REGISTRY_DENIED, and `missing` of the list
 */
export async function readPages(registry: Registry, list: PagedList): Promise<string[]> {
  const names: string[] = []
  const seen = new Set<string>()
  let url: URL | undefined = new URL(`${list.path}?n=${list.pageSize}`, registry.origin)
  while (url !== undefined) {
    if (seen.has(url.href)) throw invalid(list, 'its pages lead in a circle')
    seen.add(url.href)
    const page = await fetchPage(registry, list, url)
    for (const name of page.names) names.push(name)
    if (names.length > list.most) throw invalid(list, `it has more than ${list.most} ${list.field}`)
    url = page.next
  }
  return names
}

interface Page {
  names: string[]
  next: URL | undefined
}

async function fetchPage(registry: Registry, list: PagedList, url: URL): Promise<Page> {
  const answer = await registry.send({
    method: 'GET',
    url,
    scope: list.scope,
    limit: MANIFEST_BYTES,
    accept: [200, ...MISSING],
  })
  if (MISSING.includes(answer.status)) throw list.missing
  const document = parseJson(answer.body)
  const names: unknown = isJsonObject(document) ? document[list.field] : undefined
  // A repository that lost its last tag has null here.
  if (!isJsonObject(document) || !(names === null || isListOfTexts(names))) {
    throw invalid(list, `its list of ${list.field} is none`)
  }
  return { names: names ?? [], next: nextPage(answer.headers.get('link'), url, list) }
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

/** The page that `Link: <URL>; rel="next"` names; it must be at the same registry. */
function nextPage(link: string | undefined, url: URL, list: PagedList): URL | undefined {
  const [, target] = /^\s*<([^>]*)>\s*;.*\brel="?next"?/i.exec(link ?? '') ?? []
  if (target === undefined) return undefined
  const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined
  if (next?.origin !== url.origin) throw invalid(list, 'its next page is at another host')
  return next
}

function invalid({ name }: PagedList, reason: string): PkgError {
  return new PkgError('OCI_INVALID', `${name}: ${reason}`)
}
