import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { makeFolders } from '../base/make-folders.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import type { Chart, ChartFile } from './chart.ts'
import { metadataDocument } from './metadata-document.ts'
import { packageChart } from './package-chart.ts'
import { scaffoldCommon, type ScaffoldEngine } from './scaffold-common.ts'
import { GO_TEMPLATES } from './scaffold-gotemplate.ts'
import { HANDLEBARS_TEMPLATES } from './scaffold-handlebars.ts'

/**
 * The files of a new chart, by their paths below its folder: a web server that runs under the
 * `restricted` Pod Security Standard, with probes, resources, schema, test and notes.
 *
 * @throws PkgError CHART_INVALID for a name that no chart can have
 */
export function scaffoldChart(name: string, engine: ScaffoldEngine = 'handlebars'): ChartFile[] {
  assertChartName(name)
  const templates = engine === 'handlebars' ? HANDLEBARS_TEMPLATES : GO_TEMPLATES
  const texts = { ...scaffoldCommon(name, engine), ...templates }
  return Object.entries(texts).map(([path, text]) => ({
    name: path,
    data: toBytes(named(text, name)),
  }))
}

/**
 * Finds a starter by its name.
 *
 * @param folders where starters are, the first one that has it wins
 * @throws PkgError CHART_NOT_FOUND
 */
export function findStarter(name: string, folders: readonly string[]): string {
  const found = folders.map((folder) => join(folder, name)).find((path) => isChartFolder(path))
  if (found !== undefined) return found
  const known = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder))
  throw new PkgError('CHART_NOT_FOUND', `there is no starter "${name}"`, {
    hint: `Name one of ${[...new Set(known)].sort().join(', ')}, or a folder: --starter ./${name}`,
  })
}

function isChartFolder(path: string): boolean {
  return existsSync(join(path, 'Chart.yaml'))
}

/**
 * The files of a new chart made from a starter: `<CHARTNAME>` is replaced in its templates and
 * its values.yaml, Chart.yaml is new, everything else is copied.
 *
 * Source: helm.sh/helm/v4 pkg/chart/v2/util/create.go `CreateFrom`.
 *
 * @throws PkgError CHART_INVALID for a name that no chart can have
 */
export function scaffoldFromStarter(starter: Chart, name: string): ChartFile[] {
  assertChartName(name)
  const metadata = {
    name,
    description: 'A Helm chart for Kubernetes',
    type: 'application',
    version: '0.1.0',
    appVersion: '0.1.0',
    apiVersion: 'v2',
  }
  const files = [{ name: 'Chart.yaml', data: toBytes(encodeYaml(metadataDocument(metadata))) }]
  const values = starter.raw.find((file) => file.name === 'values.yaml')
  const { schema } = starter
  return [
    ...files,
    ...[values, ...starter.templates].flatMap((file) => (file ? [renamed(file, name)] : [])),
    ...(schema === undefined ? [] : [{ name: 'values.schema.json', data: schema }]),
    ...starter.files,
    ...starter.subcharts.map((subchart) => {
      const archive = packageChart(subchart)
      return { name: `charts/${archive.name}`, data: archive.bytes }
    }),
  ]
}

/**
 * Writes the files of a new chart below its folder, which is made when it is missing. Files
 * that are there already are overwritten, others are left alone.
 *
 * @returns paths of the files that were overwritten
 * @throws PkgError FILE_UNWRITABLE
 */
export function writeScaffold(folder: string, files: readonly ChartFile[]): string[] {
  const overwritten: string[] = []
  for (const { name, data } of files) {
    const path = join(folder, name)
    if (existsSync(path)) overwritten.push(path)
    writable(path, () => {
      makeFolders(dirname(path), SHARED_MODES.folder)
      writeFileSync(path, data, { mode: SHARED_MODES.file })
    })
  }
  const charts = join(folder, 'charts')
  writable(charts, () => makeFolders(charts, SHARED_MODES.folder))
  return overwritten
}

/** @throws PkgError CHART_INVALID, with Helm's words where it has some */
function assertChartName(name: string): void {
  const hint = 'Use lower-case letters, digits and hyphens, for example "web-shop".'
  if (name === '' || name.length > 250) {
    const message = 'chart name must be between 1 and 250 characters'
    throw new PkgError('CHART_INVALID', message, { hint })
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name) || name === '.' || name === '..') {
    const message = 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"'
    throw new PkgError('CHART_INVALID', message, { hint })
  }
}

function renamed(file: ChartFile, name: string): ChartFile {
  return { name: file.name, data: toBytes(named(fromBytes(file.data), name)) }
}

function named(text: string, name: string): string {
  return text.replaceAll('<CHARTNAME>', () => name)
}

function writable(path: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new PkgError('FILE_UNWRITABLE', `cannot write "${path}": ${message}`, { cause: error })
  }
}
