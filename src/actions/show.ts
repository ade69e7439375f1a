import { PkgError } from '../base/errors.ts'
import { rawFile, type Chart, type ChartFile } from '../chart/chart.ts'
import { metadataStruct } from '../chart/metadata-document.ts'
import { compileJsonPath, type JsonPath } from '../encoding/json-path.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import { fromBytes } from '../golang/bytes.ts'
import { GoError } from '../golang/value.ts'
import { crdFiles } from '../render/crds.ts'

/** The parts of a chart that can be shown. */
export type ChartPart = 'all' | 'chart' | 'values' | 'readme' | 'crds'

/**
 * The text of a chart's part, as `helm show` prints it.
 *
 * Source: Helm 4.1.4 pkg/action/show.go, `Show.Run`.
 */
export function showChart(chart: Chart, part: ChartPart): string {
  const isAll = part === 'all'
  const pieces: string[] = []
  if (isAll || part === 'chart') pieces.push(`${encodeYaml(metadataStruct(chart.metadata))}\n`)
  if (isAll || part === 'values') pieces.push(valuesText(chart, isAll))
  if (isAll || part === 'readme') pieces.push(readmeText(chart, isAll))
  if (isAll || part === 'crds') pieces.push(crdsText(chart))
  return pieces.join('')
}

/**
 * What a JSONPath template prints of the default values of a chart.
 *
 * Source: Helm 4.1.4 pkg/action/show.go, `Show.Run`, which says nothing of a path that leads
 * nowhere; `problem` does.
 *
 * @throws PkgError USAGE for a template that is not well-formed
 */
export function showValuesAt(chart: Chart, template: string): { text: string; problem?: string } {
  if (rawFile(chart, 'values.yaml') === undefined) return { text: '' }
  const path = compile(template)
  try {
    return { text: path(chart.values) }
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return { text: '', problem: error.message }
  }
}

function compile(template: string): JsonPath {
  try {
    return compileJsonPath(template)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new PkgError('USAGE', `error parsing jsonpath ${template}: ${error.message}`, {
      hint: 'Write paths in braces, for example "{.image.tag}".',
      cause: error,
    })
  }
}

function valuesText({ raw }: Chart, isAll: boolean): string {
  const texts = raw
    .filter(({ name }) => name === 'values.yaml')
    .map(({ data }) => `${fromBytes(data)}\n`)
  return (isAll && texts.length > 0 ? '---\n' : '') + texts.join('')
}

const README_NAMES = new Set(['readme.md', 'readme.txt', 'readme'])

function readmeText({ files }: Chart, isAll: boolean): string {
  const readme: ChartFile | undefined = files.find(({ name }) =>
    README_NAMES.has(name.toLowerCase()),
  )
  if (readme === undefined) return ''
  return `${isAll ? '---\n' : ''}${fromBytes(readme.data)}\n`
}

function crdsText(chart: Chart): string {
  return crdFiles(chart)
    .map(({ content }) => `${content.startsWith('---') ? '' : '---\n'}${content}\n`)
    .join('')
}
