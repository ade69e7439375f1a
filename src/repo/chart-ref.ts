import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { PkgError } from '../base/errors.ts'

/** What a person means by a chart reference. */
export type ChartRef =
  | { kind: 'stdin' }
  | { kind: 'path'; path: string }
  | { kind: 'url'; url: string }
  | { kind: 'oci'; text: string }
  /** A chart of a configured repository, or of the built-in one. */
  | { kind: 'repository'; repository: string; name: string }
  /** A chart of a repository that is named by its address. */
  | { kind: 'repository-url'; url: string; name: string }

/**
 * Reads a chart reference: what is there as a file or a folder is that, then addresses, then
 * `REPOSITORY/CHART`. With the address of a repository it is the name of a chart in it.
 *
 * Source: Helm 4.1.4 pkg/action/install.go `LocateChart`.
 *
 * @param repositoryUrl what `--repo` says; empty for none
 * @throws PkgError CHART_NOT_FOUND, URL_REFUSED, USAGE for --repo with a registry
 */
export function parseChartRef(text: string, repositoryUrl = ''): ChartRef {
  if (text === '-' && repositoryUrl === '') return { kind: 'stdin' }
  const name = text.trim()
  if (repositoryUrl !== '') return inRepository(name, repositoryUrl)
  if (name.startsWith('oci://')) return { kind: 'oci', text: name }
  const isThere = name !== '' && statSync(name, { throwIfNoEntry: false }) !== undefined
  if (isThere) return { kind: 'path', path: name }
  if (/^https?:\/\//i.test(name)) return { kind: 'url', url: name }
  if (isAbsolute(name) || name.startsWith('.')) throw notFound(name)
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\//.exec(name)?.[1]
  if (scheme !== undefined) {
    throw new PkgError('URL_REFUSED', `"${scheme}:" URLs are not fetched`, {
      hint: 'Name a folder or an archive by its path, or use an http, https or oci URL.',
    })
  }
  const slash = name.indexOf('/')
  if (slash < 1 || slash === name.length - 1) throw notFound(name)
  return { kind: 'repository', repository: name.slice(0, slash), name: name.slice(slash + 1) }
}

/** A registry has no index, so that `--repo` can name none. */
function inRepository(name: string, url: string): ChartRef {
  if (name.startsWith('oci://')) {
    throw new PkgError('USAGE', '--repo does not go with a chart of a registry', {
      hint: 'Leave --repo out: the reference says where the chart is.',
    })
  }
  if (!url.startsWith('oci://')) return { kind: 'repository-url', url, name }
  throw new PkgError('USAGE', '--repo takes the http(s) address of a repository', {
    hint: `Name a chart of a registry by itself: ${url.replace(/\/+$/, '')}/${name}.`,
  })
}

function notFound(name: string): PkgError {
  return new PkgError('CHART_NOT_FOUND', `path "${name}" not found`, {
    hint: 'Name a folder with a Chart.yaml, an archive, REPOSITORY/CHART, or an http(s) or oci URL.',
  })
}
