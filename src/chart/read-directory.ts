import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { PkgError } from '../base/errors.ts'
import type { FileStore } from '../base/kept-file.ts'
import { fromBytes } from '../golang/bytes.ts'
import { byText } from '../golang/order.ts'
import { assembleChart, type ChartSource } from './assemble-chart.ts'
import {
  openBudget,
  spendFile,
  assertPathFits,
  type ChartBudget,
  type ChartLimits,
} from './budget.ts'
import { brokenLinkProblem } from './broken-link.ts'
import type { Chart, ChartFile, ChartWarning } from './chart.ts'
import { openFileReader, withoutMark, type FileReader } from './file-reader.ts'
import { parseIgnore, type Ignore } from './ignore.ts'
import { adviseOnChartYaml } from './misnamed.ts'

export interface DirectoryOptions {
  limits?: Partial<ChartLimits> | undefined
  /** What happens to symbolic links that lead out of the folder. */
  outsideLinks?: 'follow' | 'refuse' | undefined
  /** Takes any apiVersion, as Helm does where nothing is rendered or packed. */
  anyApiVersion?: boolean | undefined
  /** Keeps what is read of large values for later runs. */
  fileStore?: FileStore | undefined
}

/**
 * Loads a chart from a folder: the files that .helmignore does not leave out, in the order of
 * their names, folder by folder.
 *
 * Symbolic links are followed with a warning, as Helm does; those that leave the folder are
 * refused where the chart is to be given to others. Devices, pipes and sockets are left out with a warning.
 *
 * Source: helm.sh/helm/v4 pkg/chart/v2/loader/directory.go, internal/sympath/walk.go.
 *
 * @throws PkgError CHART_NOT_FOUND, CHART_INVALID, CHART_TOO_LARGE, YAML_INVALID,
 *   ARCHIVE_UNSAFE, FILE_UNREADABLE
 */
export function loadChartDirectory(path: string, options: DirectoryOptions = {}): Chart {
  const { anyApiVersion = false, fileStore } = options
  if (!anyApiVersion) assertHasChart(resolve(path))
  return assembleChart({ ...readChartDirectory(path, options), anyApiVersion, fileStore })
}

/**
 * Reads the files of a chart's folder and assembles nothing yet.
 *
 * @throws PkgError as `loadChartDirectory` does for files and links
 */
export function readChartDirectory(
  path: string,
  { limits = {}, outsideLinks = 'follow' }: DirectoryOptions = {},
): ChartSource {
  const root = resolve(path)
  const walk: Walk = {
    root,
    ignore: readIgnoreFile(root),
    read: openFileReader(),
    budget: openBudget(limits),
    files: [],
    warnings: [],
    realRoot: undefined,
    outsideLinks,
  }
  walkFolder(walk, '', [])
  const { files, warnings, budget } = walk
  return { files, origin: path, budget, warnings }
}

interface Walk {
  root: string
  ignore: Ignore
  read: FileReader
  budget: ChartBudget
  files: ChartFile[]
  warnings: ChartWarning[]
  /** The root without links; found when the first link is met. */
  realRoot: string | undefined
  outsideLinks: 'follow' | 'refuse'
}

function assertHasChart(root: string): void {
  const file = join(root, 'Chart.yaml')
  if (existsSync(file)) return
  throw new PkgError(
    'CHART_INVALID',
    `unable to detect chart at ${file}: open ${file}: no such file or directory`,
    { hint: adviseOnFolder(root) },
  )
}

/** What to do about a folder without Chart.yaml, by what is in it and around it. */
export function adviseOnFolder(root: string): string {
  const parent = dirname(resolve(root))
  const isInside = existsSync(join(parent, 'Chart.yaml'))
  const above = `It is in the chart "${basename(parent)}"; name the folder of that.`
  return adviseOnChartYaml(
    namesIn(root),
    isInside ? above : 'Name the folder that holds Chart.yaml.',
  )
}

/** Names of files, and those of the Chart.yaml of folders; none when it cannot be looked into. */
function namesIn(root: string): string[] {
  try {
    const entries = readdirSync(root, { withFileTypes: true })
    const folders = entries.filter((entry) => entry.isDirectory()).slice(0, MOST_FOLDERS)
    const charts = folders.map(({ name }) => `${name}/Chart.yaml`)
    const names = entries.map(({ name }) => name)
    return [...names, ...charts.filter((name) => existsSync(join(root, name)))]
  } catch (error) {
    if (isSystemError(error)) return []
    throw error
  }
}

/** So many are looked into for a chart. */
const MOST_FOLDERS = 100

function readIgnoreFile(root: string): Ignore {
  const file = join(root, '.helmignore')
  if (!existsSync(file)) return parseIgnore('')
  return parseIgnore(fromBytes(systemErrors('.helmignore', file, () => readFileSync(file))))
}

/** @param trail real paths of the folders that links led into, outermost first */
function walkFolder(walk: Walk, below: string, trail: readonly string[]): void {
  const path = join(walk.root, below)
  const entries = systemErrors(below, path, () => readdirSync(path, { withFileTypes: true }))
  entries.sort(byText(entries, ({ name }) => name))
  for (const entry of entries) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isFile()) takeFile(walk, name)
    else if (entry.isDirectory()) takeFolder(walk, name, trail)
    else if (entry.isSymbolicLink()) takeLink(walk, name, trail)
    else takeOther(walk, name)
  }
}

function takeFile(walk: Walk, name: string): void {
  if (walk.ignore(name, false)) return
  const path = `${walk.root}/${name}`
  const check = (size: number) => spendFile(walk.budget, name, size)
  const data = systemErrors(name, path, () => walk.read(path, check))
  walk.files.push({ name, data: withoutMark(data) })
}

function takeFolder(walk: Walk, name: string, trail: readonly string[]): void {
  if (walk.ignore(name, true)) return
  assertPathFits(walk.budget, name)
  walkFolder(walk, name, trail)
}

function takeOther(walk: Walk, name: string): void {
  if (walk.ignore(name, false)) return
  const message = 'is no regular file and is left out'
  walk.warnings.push({ file: name, message })
}

function takeLink(walk: Walk, name: string, trail: readonly string[]): void {
  const path = join(walk.root, name)
  const target = resolveLink(path)
  const stat = lstatSync(target)
  if (walk.ignore(name, stat.isDirectory())) return
  walk.realRoot ??= realpathSync(walk.root)
  const isOutside = !isInside(target, walk.realRoot)
  if (isOutside && walk.outsideLinks === 'refuse') {
    throw new PkgError(
      'CHART_INVALID',
      `symbolic link "${name}" leads out of the chart to "${target}"`,
      { hint: 'Copy what it leads to into the chart, or name it in .helmignore.' },
    )
  }
  const where = isOutside ? 'symbolic link leads out of the chart and' : 'symbolic link'
  walk.warnings.push({ file: name, message: `${where} is followed to "${target}"` })
  if (stat.isFile()) takeFile(walk, name)
  else if (stat.isDirectory()) {
    if (
      trail.includes(target) ||
      isInside(path, target) ||
      isInside(realpathSync(join(path, '..')), target)
    ) {
      throw new PkgError('CHART_INVALID', `open ${path}: too many levels of symbolic links`, {
        hint: 'Remove the symbolic link that leads to a folder above itself.',
      })
    }
    walkFolder(walk, name, [...trail, target])
  } else takeOther(walk, name)
}

function resolveLink(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    throw new PkgError(
      'CHART_INVALID',
      `error evaluating symlink ${path}: ${linkProblem(path, error)}`,
      {
        hint: 'Remove the symbolic link, or make what it leads to.',
        cause: error,
      },
    )
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep)
}

function systemErrors<T>(name: string, path: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof PkgError || !isSystemError(error)) throw error
    throw new PkgError('FILE_UNREADABLE', `error reading ${name}: open ${path}: ${reason(error)}`, {
      cause: error,
    })
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'errno' in error
}

function linkProblem(path: string, error: unknown): string {
  if (!isSystemError(error)) throw error
  const isBroken = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')
  return (isBroken ? brokenLinkProblem(resolve(path)) : undefined) ?? reason(error)
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  ELOOP: 'too many levels of symbolic links',
}

function reason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.message
}
