import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { fromBytes } from '../golang/bytes.ts'
import { compareText } from '../golang/order.ts'
import { assembleChart, type ChartSource } from './assemble-chart.ts'
import { openBudget } from './budget.ts'
import type { Chart, ChartFile } from './chart.ts'
import { parseIgnore } from './ignore.ts'
import { readMetadata } from './metadata.ts'
import { withoutFolders } from './own-folders.ts'
import { readArchive } from './read-archive.ts'
import { adviseOnFolder, readChartDirectory } from './read-directory.ts'
import { decodeDocument, inFile } from './read-yaml.ts'

/** The files of a chart as they lie on the disk, whether or not a chart can be made of them. */
export interface ChartFolder {
  /** Absolute path of the folder or the archive. */
  readonly path: string
  /** What is at a path below the root; undefined when nothing is. */
  kindOf(name: string): 'file' | 'folder' | undefined
  /** @throws PkgError FILE_UNREADABLE with Go's text */
  read(name: string): Uint8Array
  /** Makes a chart of the files, of any apiVersion. @throws PkgError as `loadChart` does */
  load(): Chart
}

/**
 * Opens a chart's folder, or an archive as if it were unpacked; only that it has a Chart.yaml
 * is looked at.
 *
 * @param ownFolders folders of the program itself, which are no part of the chart
 *
 * Source: Helm 4.1.4 pkg/action/lint.go, lintChart; pkg/chart/v2/util/expand.go.
 *
 * @throws PkgError CHART_NOT_FOUND, CHART_INVALID, CHART_TOO_LARGE, ARCHIVE_UNSAFE with Helm's text
 */
export function openChartFolder(
  reference: string,
  ownFolders: readonly string[] = [],
): ChartFolder {
  return /\.(?:tgz|tar\.gz)$/.test(reference)
    ? openArchive(reference)
    : openFolder(reference, ownFolders)
}

/**
 * Lists the charts below the folder `charts` of a chart, as deep as they lie, each by its path.
 *
 * Source: Helm 4.1.4 pkg/cmd/lint.go.
 */
export function chartsBelow(path: string): string[] {
  const found: string[] = []
  visit(join(path, 'charts'), found)
  return found
}

function visit(folder: string, found: string[]): void {
  const entries = entriesOf(folder).sort((a, b) => compareText(a.name, b.name))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.name === 'Chart.yaml') found.push(folder)
    else if (/\.(?:tgz|tar\.gz)$/.test(path)) found.push(path)
    if (entry.isDirectory()) visit(path, found)
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (reasonOf(error) === undefined) throw error
    return []
  }
}

function openFolder(reference: string, ownFolders: readonly string[]): ChartFolder {
  const chartYaml = join(reference, 'Chart.yaml')
  systemErrors(
    'CHART_NOT_FOUND',
    (reason) => `unable to check Chart.yaml file in chart: stat ${chartYaml}: ${reason}`,
    () => statSync(chartYaml),
    () => adviseOnFolder(reference),
  )
  const path = resolve(reference)
  return {
    path,
    kindOf: (name) => {
      const stat = statSync(join(path, name), { throwIfNoEntry: false })
      if (stat === undefined) return undefined
      return stat.isDirectory() ? 'folder' : 'file'
    },
    read: (name) => readFile(join(path, name)),
    load: () => {
      const chart = assembleChart({ ...readChartDirectory(path), anyApiVersion: true })
      return withoutFolders(chart, ownFolders)
    },
  }
}

function readFile(path: string): Uint8Array {
  const kind = statSync(path, { throwIfNoEntry: false })
  if (kind?.isDirectory() === true) {
    throw new PkgError('FILE_UNREADABLE', `read ${path}: is a directory`)
  }
  return systemErrors(
    'FILE_UNREADABLE',
    (reason) => `open ${path}: ${reason}`,
    () => readFileSync(path),
  )
}

function openArchive(reference: string): ChartFolder {
  const bytes = systemErrors(
    'CHART_NOT_FOUND',
    (reason) => `unable to open tarball: open ${reference}: ${reason}`,
    () => readFileSync(reference),
  )
  const source = extract(bytes, reference)
  const files = new Map(source.files.map((file) => [file.name, file]))
  const path = resolve(reference)
  return {
    path,
    kindOf: (name) => {
      if (files.has(name)) return 'file'
      return source.files.some((file) => file.name.startsWith(`${name}/`)) ? 'folder' : undefined
    },
    read: (name) => {
      const data = files.get(name)?.data
      if (data !== undefined) return data
      const reason = 'no such file or directory'
      throw new PkgError('FILE_UNREADABLE', `open ${join(path, name)}: ${reason}`)
    },
    load: () => assembleChart({ ...source, files: asUnpacked(source.files) }),
  }
}

function extract(bytes: Uint8Array, origin: string): ChartSource {
  const budget = openBudget()
  try {
    const { files, warnings } = readArchive(bytes, budget)
    assertNamed(files)
    return { files, origin, budget, warnings, anyApiVersion: true }
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const { code, hint, message } = error
    throw new PkgError(code, `unable to extract tarball: ${message}`, { hint, cause: error })
  }
}

/** An archive is unpacked into a folder of the chart's name, so it must have one. */
function assertNamed(files: readonly ChartFile[]): void {
  const chartYaml = files.findLast((file) => file.name === 'Chart.yaml')
  const document = chartYaml && decodeDocument(chartYaml.data, 'Chart.yaml')
  const name = document === undefined ? '' : inFile('Chart.yaml', () => readMetadata(document)).name
  if (name === '') throw invalid('chart name not specified')
  if (name === '.' || name === '..') throw invalid(`chart name "${name}" is not allowed`)
  if (name.includes('/')) {
    throw invalid(`chart name ${JSON.stringify(name)} must not contain path separators`)
  }
}

/** The files that .helmignore leaves, in the order in which a folder would be read. */
function asUnpacked(files: readonly ChartFile[]): ChartFile[] {
  const byName = new Map(files.map((file) => [file.name, file]))
  const rules = byName.get('.helmignore')
  const ignores = parseIgnore(rules === undefined ? '' : fromBytes(rules.data))
  return [...byName.values()]
    .filter(({ name }) => {
      const parts = name.split('/')
      const folders = parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
      return !ignores(name, false) && !folders.some((folder) => ignores(folder, true))
    })
    .sort((a, b) => compareText(walkKey(a.name), walkKey(b.name)))
}

/** A folder's files stand where its own name stands among its neighbours. */
function walkKey(name: string): string {
  return name.replaceAll('/', '\0')
}

function systemErrors<T>(
  code: 'CHART_NOT_FOUND' | 'FILE_UNREADABLE',
  describe: (reason: string) => string,
  run: () => T,
  advise?: () => string,
): T {
  try {
    return run()
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    throw new PkgError(code, describe(reason), { hint: advise?.(), cause: error })
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
}

/** Go's words for a system error; undefined for any other error. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return REASONS[String(error.code)] ?? error.message
}

function invalid(message: string): PkgError {
  return new PkgError('CHART_INVALID', message, { span: { file: 'Chart.yaml' } })
}
