import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadChartDirectory } from '../../src/chart/read-directory.ts'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { decodeObjects } from '../../src/manifest/decode-objects.ts'
import { describeObject, type KubeObject } from '../../src/manifest/object.ts'
import { compareText } from '../../src/golang/order.ts'
import type { AddOnCase } from './add-on-case.ts'
import { at, listAt, textOf } from './gates.ts'
import { api, apiOk, volumeFor } from './plane.ts'
import { pkgOk } from './plane-cli.ts'
import { metadataOfThere, objectsIn, servedKinds, stillThere } from './served-kinds.ts'

/** A release of an add-on on the control plane. */
export interface InstalledAddOn {
  name: string
  namespace: string
  /** Folder of the chart. */
  chart: string
  addOn: AddOnCase
}

const CHARTS = join(import.meta.dirname, '..', '..', 'charts')

/** Where a person would find the chart of an add-on. */
export function folderOf({ name }: AddOnCase): string {
  return join(CHARTS, name)
}

/**
 * Writes an add-on as it was one version ago: an older version of its program, and definitions
 * that show no columns yet.
 *
 * @returns the folder of that chart
 */
export function previousOf(addOn: AddOnCase, folder: string): string {
  const previous = join(folder, addOn.name)
  cpSync(folderOf(addOn), previous, { recursive: true })
  edit(join(previous, 'Chart.yaml'), (text) =>
    text
      .replace(/^version: .*$/m, `version: ${PREVIOUS}`)
      .replace(/^(appVersion: .*\.)(\d+)$/m, (_, start: string, last: string) => {
        return `${start}${Math.max(0, Number(last) - 1)}`
      }),
  )
  const files = readdirSync(previous, { recursive: true, encoding: 'utf8' })
  for (const name of files.filter((each) => /(^|\/)crds\/[^/]+\.yaml$/.test(each))) {
    edit(join(previous, name), (text) =>
      text.replaceAll(/^( *)additionalPrinterColumns:\n(?:\1[ -] ?.*\n)+/gm, ''),
    )
  }
  return previous
}

/** The version of what `previousOf` writes. */
export const PREVIOUS = '0.0.9'

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

/** What a person adds to a command to choose one of the add-on's presets. */
export function presetWords({ lifecycle }: AddOnCase, preset: string): string[] {
  const given = lifecycle?.set ?? []
  return ['--preset', preset, ...given.flatMap((each) => ['--set', each])]
}

/** The objects that an installation with a preset makes, hooks among them. */
export async function objectsFor(
  { name, namespace, chart, addOn }: InstalledAddOn,
  preset: string,
): Promise<KubeObject[]> {
  const words = ['template', name, chart, ...presetWords(addOn, preset)]
  return decodeObjects(await pkgOk(namespace, words), name)
}

/** Makes the volumes that claims of these objects ask for: nothing here provides them. */
export async function makeVolumes(
  namespace: string,
  objects: readonly KubeObject[],
): Promise<string[]> {
  const claims = new Map(objects.flatMap(claimsOf).map((claim) => [claim.name, claim.size]))
  return Promise.all([...claims].map(([name, size]) => volumeFor(namespace, name, size)))
}

function claimsOf(object: KubeObject): { name: string; size: string }[] {
  if (object.kind === 'PersistentVolumeClaim')
    return [{ name: object.metadata.name, size: sizeOf(object) }]
  if (object.kind !== 'StatefulSet') return []
  const replicas = Number(at(object, 'spec', 'replicas') ?? 1)
  return listAt(object, 'spec', 'volumeClaimTemplates').flatMap((claim) =>
    Array.from({ length: replicas }, (_, index) => ({
      name: `${at(claim, 'metadata', 'name') as string}-${object.metadata.name}-${index}`,
      size: sizeOf(claim),
    })),
  )
}

function sizeOf(claim: Json): string {
  return at(claim, 'spec', 'resources', 'requests', 'storage') as string
}

/**
 * Names the data of Secrets that are made by chance: what two renders of the same values do not
 * share, as `Secret name: key`.
 */
export function generatedData(
  render: readonly KubeObject[],
  another: readonly KubeObject[],
): Set<string> {
  const [before, after] = [dataOf(render), dataOf(another)]
  return new Set([...before.keys()].filter((key) => after.get(key) !== before.get(key)))
}

/** What the Secrets of a namespace hold, by `Secret name: key`. */
export async function secretsIn(namespace: string): Promise<Map<string, string>> {
  const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/secrets`)
  return dataOf((items as JsonObject[]).map(ofKind('Secret')))
}

function ofKind(kind: string): (item: JsonObject) => KubeObject {
  return (item) => ({ ...item, kind }) as unknown as KubeObject
}

function dataOf(objects: readonly KubeObject[]): Map<string, string> {
  const texts = objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap((object) => [
      ...textsAt(object, 'data'),
      ...textsAt(object, 'stringData').map(([key, text]) => [key, btoa(text)] as const),
    ])
  return new Map(texts)
}

function textsAt(object: KubeObject, field: string): (readonly [string, string])[] {
  const data = at(object, field)
  return Object.entries(isJsonObject(data) ? data : {}).map(
    ([key, text]) => [`Secret ${object.metadata.name}: ${key}`, text as string] as const,
  )
}

/** What every namespace has, and what the cluster itself clears up in its own time. */
const FURNITURE =
  /^(ConfigMap\/kube-root-ca\.crt|ServiceAccount\/default|(Event|EndpointSlice|Endpoints|PodMetrics|Lease)\/.*)$/

/**
 * Lists what is there of a release: objects it made, definitions of its chart, and all else in
 * its namespace.
 *
 * @param made the objects of all its revisions
 * @returns `Kind/name`, sorted
 */
export async function leftOf(
  release: InstalledAddOn,
  made: readonly KubeObject[],
): Promise<string[]> {
  const { namespace, chart } = release
  const kinds = await servedKinds()
  const found = await Promise.all([
    metadataOfThere(kinds, namespace, [...made, ...definitionsOf(chart)]),
    objectsIn(kinds, namespace),
  ])
  const names = new Set(found.flat().map((object) => describeObject(object)))
  return [...names].filter((name) => !FURNITURE.test(name)).sort(compareText)
}

/** Whether something is in a namespace still that controllers clear away last. */
export async function isClearing(namespace: string): Promise<boolean> {
  const lists = await Promise.all(
    ['/api/v1 pods', '/apis/apps/v1 replicasets', '/apis/apps/v1 controllerrevisions'].map((each) =>
      apiOk('GET', each.replace(' ', `/namespaces/${namespace}/`)),
    ),
  )
  return lists.some(({ items }) => (items as JsonObject[]).length > 0)
}

/** The objects of a chart's folder for definitions. */
export function definitionsOf(chart: string): KubeObject[] {
  return loadChartDirectory(chart)
    .files.filter((file) => file.name.startsWith('crds/'))
    .flatMap((file) => decodeObjects(Buffer.from(file.data).toString(), file.name))
}

/** The definitions of a chart's folder as the cluster has them. */
export async function liveDefinitions(chart: string): Promise<KubeObject[]> {
  return stillThere(await servedKinds(), 'default', definitionsOf(chart))
}

/** Columns that definitions show, by name and version: `certificates.cert-manager.io v1: Ready`. */
export function columnsOf(definitions: readonly KubeObject[]): string[] {
  return definitions
    .flatMap((object) =>
      listAt(object, 'spec', 'versions').flatMap((version) =>
        listAt(version, 'additionalPrinterColumns').map(
          (column) =>
            `${object.metadata.name} ${textOf(version['name'])}: ${textOf(column['name'])}`,
        ),
      ),
    )
    .sort(compareText)
}

/** Removes namespaces and volumes, which outlive a release on purpose. */
export async function removeLeft(
  made: readonly KubeObject[],
  volumes: readonly string[],
): Promise<void> {
  const namespaces = made.filter(({ kind }) => kind === 'Namespace')
  for (const { metadata } of namespaces) await api('DELETE', `/api/v1/namespaces/${metadata.name}`)
  for (const name of volumes) await api('DELETE', `/api/v1/persistentvolumes/${name}`)
}
