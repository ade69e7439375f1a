import { isJsonObject, type Json } from '../base/json.ts'
import { rawFile, type Chart } from '../chart/chart.ts'
import { decodeJsonPlain } from '../encoding/json.ts'
import { fromBytes } from '../golang/bytes.ts'
import { decodeObjects } from '../manifest/decode-objects.ts'
import { crdFiles } from '../render/crds.ts'
import { BUILT_IN, builtInNames, loadBuiltIn } from '../repo/builtin.ts'
import { presetNames } from '../values/presets.ts'
import { chartImages } from './images.ts'

/** One line on an add-on. */
export interface AddOnItem {
  name: string
  version: string
  app_version: string
  /** The Pod Security level that its pods meet. */
  pod_security: string
  description: string
}

/** What a person wants to know of an add-on before it is installed. */
export interface AddOnInfo extends AddOnItem {
  home: string
  /** Range of Kubernetes versions; empty for any. */
  kube_version: string
  /** Why pods need more, or when they do; empty when nothing needs to be said. */
  pod_security_reason: string
  presets: { name: string; description: string }[]
  /** The outermost values of the schema. */
  values: { name: string; type: string; description: string }[]
  /** Names of the definitions that it brings, which stay when it is uninstalled. */
  crds: string[]
  /** Those that run with the default values. */
  images: string[]
  /** What its README says can go wrong. */
  hazards: string[]
}

/** Lists the add-ons of a folder by their names. @throws PkgError CHART_INVALID */
export function listAddOns(folder: string): AddOnItem[] {
  return builtInNames(folder).map((name) => itemOf(loadBuiltIn(folder, name, '')))
}

/**
 * Tells what an add-on's Chart.yaml, schema, presets, definitions and README say of it, and what
 * it runs.
 *
 * @param name with or without `addons/`
 * @throws PkgError CHART_NOT_FOUND
 */
export function addOnInfo(folder: string, name: string): AddOnInfo {
  const chart = loadBuiltIn(folder, name.replace(new RegExp(`^${BUILT_IN}/`), ''), '')
  const { home = '', kubeVersion = '', annotations } = chart.metadata
  return {
    ...itemOf(chart),
    home,
    kube_version: kubeVersion,
    pod_security_reason: annotations?.get('kubectl-pkg/pod-security-reason') ?? '',
    presets: presetNames(chart).map((preset) => ({
      name: preset,
      description: headOf(textOf(chart, `presets/${preset}.yaml`)),
    })),
    values: valuesOf(chart),
    crds: crdFiles(chart)
      .flatMap(({ path, content }) => decodeObjects(content, path))
      .map(({ metadata }) => metadata.name)
      .sort(),
    images: chartImages({
      chart,
      values: new Map(),
      release: { name: chart.metadata.name, namespace: 'default' },
      options: {},
    }).map(({ image }) => image),
    hazards: hazardsIn(textOf(chart, 'README.md')),
  }
}

function itemOf({ metadata }: Chart): AddOnItem {
  const { name, version, appVersion = '', description = '', annotations } = metadata
  const pod_security = annotations?.get('kubectl-pkg/pod-security') ?? ''
  return { name, version, app_version: appVersion, pod_security, description }
}

function textOf(chart: Chart, path: string): string {
  const file = rawFile(chart, path)
  return file === undefined ? '' : fromBytes(file.data)
}

/** The comment that a file begins with. */
function headOf(text: string): string {
  const [, comment = ''] = /^((?:# ?.*\n)*)/.exec(text) ?? []
  return comment.replaceAll(/^# ?/gm, '').trim().replaceAll('\n', ' ')
}

function valuesOf(chart: Chart): AddOnInfo['values'] {
  const schema = chart.schema === undefined ? null : decodeJsonPlain(fromBytes(chart.schema))
  const properties = isJsonObject(schema) ? schema['properties'] : null
  if (!isJsonObject(properties)) return []
  return Object.entries(properties)
    .filter(([name]) => name !== 'global')
    .map(([name, value]) => ({ name, type: typeIn(value), description: descriptionIn(value) }))
}

function typeIn(schema: Json): string {
  if (!isJsonObject(schema)) return ''
  const { enum: choices, type = '' } = schema
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(' | ')
  return (Array.isArray(type) ? type : [type]).map((each) => each as string).join(' | ')
}

function descriptionIn(schema: Json): string {
  const description = isJsonObject(schema) ? schema['description'] : undefined
  return typeof description === 'string' ? description : ''
}

/** The points of the section "What can go wrong", each as one line. */
function hazardsIn(readme: string): string[] {
  const [, section = ''] =
    /^## What can go wrong\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(readme) ?? []
  return section
    .split(/^- /m)
    .slice(1)
    .map((point) => (point.split('\n\n')[0] ?? '').replaceAll(/\s+/g, ' ').trim())
}
