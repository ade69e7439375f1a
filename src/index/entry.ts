import { PkgError } from '../base/errors.ts'
import { compareVersions, parseVersion, type Version } from '../base/versions.ts'
import type { ChartMetadata } from '../chart/metadata.ts'
import { validateMetadata } from '../chart/validate-metadata.ts'

/** One version of a chart as a repository's index tells of it; what is not said is empty. */
export interface IndexEntry {
  /** The chart's own name, which need not be the name it is listed under. */
  name: string
  version: string
  appVersion: string
  description: string
  /** Joined by blanks, as search reads them. */
  keywords: string
  /** In the index's order; relative ones start at the repository. */
  urls: string[]
  /** As the index has it, often without `sha256:` before it. */
  digest: string
  created: string
  deprecated: boolean
}

/** What an index says besides its charts. */
export interface IndexHead {
  apiVersion: string
  /** RFC 3339; empty when the index does not say. */
  generated: string
}

/** Told of every chart, in the index's order, with the versions that can be used. */
export type OnChart = (key: string, entries: IndexEntry[]) => void

/** Told what is odd in an index but hides none of the rest. */
export type OnWarning = (warning: string) => void

/**
 * Cleans an entry in place as Helm does.
 *
 * @returns why the entry cannot be used; empty when it can
 */
export function checkEntry(entry: IndexEntry, metadata: Partial<ChartMetadata> = {}): string {
  if (isPlain(entry) && Object.keys(metadata).length === 0) return ''
  const { name, version, appVersion, description } = entry
  const given = { ...metadata, name, version, appVersion, description }
  const checked: ChartMetadata = { ...given, apiVersion: metadata.apiVersion || 'v1' }
  if (entry.keywords !== '') checked.keywords = [entry.keywords]
  try {
    validateMetadata(checked)
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    // Some repositories leave the aliases out of their index; Helm lets that pass, too.
    if (!error.message.startsWith('validation: more than one dependency')) return error.message
  }
  entry.name = checked.name
  entry.appVersion = checked.appVersion ?? ''
  entry.description = checked.description ?? ''
  entry.keywords = checked.keywords?.[0] ?? ''
  return ''
}

/** Text that cleaning does not change, in a name and a version that are surely good. */
function isPlain({ name, version, appVersion, description, keywords }: IndexEntry): boolean {
  return (
    PLAIN_NAME.test(name) &&
    PLAIN_VERSION.test(version) &&
    PRINTABLE.test(appVersion) &&
    PRINTABLE.test(description) &&
    PRINTABLE.test(keywords)
  )
}

const PLAIN_NAME = /^[a-zA-Z0-9_-][a-zA-Z0-9._-]*$/
const PLAIN_VERSION = /^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/
const PRINTABLE = /^[\x20-\x7e]*$/

/** Puts the newest version first; of equal ones the index's order stays. */
export function sortEntries(entries: IndexEntry[]): IndexEntry[] {
  if (entries.length < 2 || isNewestFirst(entries)) return entries
  const versions = new Map(entries.map((entry) => [entry, parseVersion(entry.version)]))
  const versionOf = (entry: IndexEntry): Version => versions.get(entry) as Version
  return entries.sort((a, b) => compareVersions(versionOf(b), versionOf(a)))
}

/** Whether plain versions stand in order already, as in most indexes; false when others are there. */
function isNewestFirst(entries: readonly IndexEntry[]): boolean {
  let before: Numbers = [Infinity, 0, 0]
  for (const { version } of entries) {
    const [match, major, minor, patch] = PLAIN_VERSION.exec(version) ?? []
    if (match === undefined) return false
    const numbers: Numbers = [Number(major), Number(minor), Number(patch)]
    if (isNewer(numbers, before)) return false
    before = numbers
  }
  return true
}

type Numbers = readonly [major: number, minor: number, patch: number]

function isNewer(a: Numbers, b: Numbers): boolean {
  if (a[0] !== b[0]) return a[0] > b[0]
  return a[1] === b[1] ? a[2] > b[2] : a[1] > b[1]
}
