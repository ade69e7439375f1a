import { describe, expect, test } from 'vitest'
import { isJsonObject } from '../../src/base/json.ts'
import { PkgError } from '../../src/base/errors.ts'
import { loadChartDirectory } from '../../src/chart/read-directory.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { decodeObjects } from '../../src/manifest/decode-objects.ts'
import { addOnCases, mirroredBy, rowsOf, type AddOnCase } from '../support/add-on-case.ts'
import { at } from '../support/gates.ts'
import { api, apiOk, eventually, kubectlOk } from '../support/plane.ts'
import { openPlaneCluster } from '../support/plane-cluster.ts'
import { renderOnce } from '../support/render-add-on.ts'

/** Kinds whose definitions no chart of ours brings; objects of theirs are not tried. */
const ELSEWHERE = new Set(['gateway.networking.k8s.io/v1 GatewayClass'])

const cases = await addOnCases()
const { cluster } = openPlaneCluster()
const made = new Map<string, Promise<void>>()
/** What the API server said; most objects of a row are those of another. */
const answers = new Map<string, Promise<string>>()

describe.each(cases)('$name', (addOn) => {
  test.each(
    rowsOf(addOn).map((row) => ({ row, label: Object.values(row).filter(Boolean).join(' ') })),
  )('the API server accepts every field: $label', async ({ row }) => {
    await defineKinds()
    const { objects } = await renderOnce(addOn.name, mirroredBy(row))
    const tried = objects.filter(({ apiVersion, kind }) => !ELSEWHERE.has(`${apiVersion} ${kind}`))
    for (const object of tried) await makeNamespace(at(object, 'metadata', 'namespace'))
    for (const object of tried) await makeAccount(object)
    expect((await Promise.all(tried.map(answerTo))).filter(Boolean)).toEqual([])
  })
})

/** Tries an object once, whichever rows have it. */
function answerTo(object: KubeObject): Promise<string> {
  const key = JSON.stringify(object)
  const answer = answers.get(key) ?? lastRefusalOf(object)
  answers.set(key, answer)
  return answer
}

/**
 * Tries again for a while: another suite may have changed a definition, or have webhooks there that
 * nobody answers.
 */
async function lastRefusalOf(object: KubeObject): Promise<string> {
  let refusal = ''
  const isTaken = async (): Promise<boolean> => (refusal = await refusalOf(object)) === ''
  const keepTrying = (ms: number): Promise<void> =>
    eventually(isTaken, ms, 500).catch(() => undefined)
  await keepTrying(90_000)
  // The webhook goes with the chart that another suite has installed.
  if (refusal.includes('cannot be asked')) await keepTrying(420_000)
  return refusal
}

/** What a server-side dry run says against an object; empty when nothing. */
async function refusalOf(object: KubeObject): Promise<string> {
  try {
    await cluster.preview(withoutOrder(object))
    return ''
  } catch (error) {
    const details = error instanceof PkgError ? error.details : []
    return [`${object.kind}/${object.metadata.name}: ${String(error)}`, ...details].join('; ')
  }
}

/** What orders objects is for the program alone: the API server takes no such names. */
function withoutOrder(object: KubeObject): KubeObject {
  const annotations = at(object, 'metadata', 'annotations')
  if (!isJsonObject(annotations)) return object
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith('helm.sh/depends-on/'))
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(kept) } }
}

function makeNamespace(name: unknown): Promise<void> {
  return typeof name === 'string' ? once(`namespace ${name}`, () => createNamespace(name)) : done()
}

async function createNamespace(name: string): Promise<void> {
  const { status } = await api('POST', '/api/v1/namespaces', { metadata: { name } })
  if (status !== 201 && status !== 409)
    throw new Error(`cannot create namespace ${name}: ${status}`)
}

/** A Pod is not let in before its account is there, which a dry run does not make. */
async function makeAccount({ kind, spec, metadata }: KubeObject): Promise<void> {
  const name = at(spec ?? null, 'serviceAccountName')
  const { namespace } = metadata
  if (kind !== 'Pod' || typeof name !== 'string' || typeof namespace !== 'string') return
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`
  await once(`account ${namespace}/${name}`, async () => {
    const { status } = await api('POST', path, { metadata: { name } })
    if (status !== 201 && status !== 409)
      throw new Error(`cannot create account ${name}: ${status}`)
  })
}

/** The definitions that charts bring, all of them once: charts use each other's kinds. */
function defineKinds(): Promise<void> {
  return once('kinds', async () => {
    const definitions = cases.flatMap(definitionsOf)
    if (definitions.length === 0) return
    const input = definitions.map((each) => JSON.stringify(each)).join('\n---\n')
    await kubectlOk(['apply', '--server-side', '--force-conflicts', '--filename=-'], { input })
    for (const { metadata } of definitions) {
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`
      await eventually(async () => {
        const conditions = at(await apiOk('GET', path), 'status', 'conditions')
        return JSON.stringify(conditions).includes('"type":"Established"')
      })
    }
  })
}

function definitionsOf({ name }: AddOnCase): KubeObject[] {
  const folder = new URL(`../../charts/${name}`, import.meta.url).pathname
  const chart = loadChartDirectory(folder)
  return [chart, ...chart.subcharts]
    .flatMap(({ files }) => files.filter((file) => file.name.startsWith('crds/')))
    .flatMap((file) => decodeObjects(Buffer.from(file.data).toString(), file.name))
}

function once(key: string, work: () => Promise<void>): Promise<void> {
  const known = made.get(key) ?? work()
  made.set(key, known)
  return known
}

function done(): Promise<void> {
  return Promise.resolve()
}
