import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { addOnCases } from '../support/add-on-case.ts'
import { at, listAt, podsOf, textOf } from '../support/gates.ts'
import { renderOnce } from '../support/render-add-on.ts'

/*
 * What the presets promise: "small" fits beside other things on a laptop, "ha" outlives a node,
 * and every program that stays says whether it is well and what it uses.
 */

const cases = await addOnCases()
const PRESETS = ['', 'small', 'ha']

const rendered = new Map<string, Promise<KubeObject[]>>()

/** The objects of an add-on with a preset, which is rendered once. */
function objectsOf(name: string, preset: string): Promise<KubeObject[]> {
  const key = `${name} ${preset}`
  const known = rendered.get(key)
  if (known !== undefined) return known
  const given = { preset: preset === '' ? [] : [preset] }
  const made = renderOnce(name, given).then(({ objects }) => objects)
  rendered.set(key, made)
  return made
}

test.each(cases)('$name fits into 2 CPUs and 4 GiB with the preset small', async ({ name }) => {
  const workloads = (await objectsOf(name, 'small')).filter(isWorkload)
  const sum = (resource: string): number =>
    workloads
      .flatMap((each) => Array.from({ length: replicasOf(each) }, () => containersOf(each)))
      .flat()
      .reduce((all, each) => all + amount(at(each, 'resources', 'requests', resource)), 0)
  expect(sum('cpu')).toBeLessThanOrEqual(2)
  expect(sum('memory')).toBeLessThanOrEqual(4 * 2 ** 30)
})

test.each(cases)('programs of $name that stay have requests, limits and probes', async ({ name }) => {
  const objects = await Promise.all(PRESETS.map((preset) => objectsOf(name, preset)))
  const without = objects.flat().filter(isWorkload).flatMap((each) =>
    containersOf(each).flatMap((container) =>
      missingIn(container).map((what) => `${each.kind}/${each.metadata.name} ${textOf(container['name'])}: ${what}`),
    ),
  )
  expect(without).toEqual([])
})

test.each(cases)('what $name runs more than once with the preset ha is on several nodes, and drained one by one', async ({ name }) => {
  const objects = await objectsOf(name, 'ha')
  const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget')
  const many = objects.filter((each) => each.kind !== 'DaemonSet' && isWorkload(each) && replicasOf(each) > 1)
  const wrong = many.flatMap((each) => {
    const [pod] = podsOf(each)
    const hasBudget = budgets.some((budget) => selects(at(budget, 'spec', 'selector', 'matchLabels'), pod?.labels))
    const isSpread =
      at(pod?.spec ?? null, 'topologySpreadConstraints') !== null ||
      at(pod?.spec ?? null, 'affinity', 'podAntiAffinity') !== null
    return [
      ...(hasBudget ? [] : [`${each.metadata.name}: no budget`]),
      ...(isSpread ? [] : [`${each.metadata.name}: not spread`]),
    ]
  })
  expect(wrong).toEqual([])
})

test.each(cases)('$name brings a test for kubectl pkg test', async ({ name }) => {
  const hooks = (await Promise.all(PRESETS.map((preset) => objectsOf(name, preset))))
    .flat()
    .map(({ metadata }) => textOf(at(metadata as Json, 'annotations', 'helm.sh/hook')))
  expect(hooks).toContain('test')
})

function isWorkload({ kind }: KubeObject): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet'
}

/** A DaemonSet has one pod on a cluster of one node. */
function replicasOf(object: KubeObject): number {
  return object.kind === 'DaemonSet' ? 1 : Number(at(object, 'spec', 'replicas') ?? 1)
}

function containersOf(object: KubeObject): JsonObject[] {
  return podsOf(object).flatMap(({ spec }) => listAt(spec, 'containers'))
}

/** What a program that stays should have. */
function missingIn(container: JsonObject): string[] {
  const has = (...path: string[]): boolean => at(container, ...path) !== null
  const wanted = {
    'requests of CPU': has('resources', 'requests', 'cpu'),
    'requests of memory': has('resources', 'requests', 'memory'),
    'a limit of memory': has('resources', 'limits', 'memory'),
    'a probe': has('readinessProbe') || has('livenessProbe'),
  }
  return Object.entries(wanted).flatMap(([what, isThere]) => (isThere ? [] : [`without ${what}`]))
}

function selects(selector: Json, labels: Json = null): boolean {
  const entries = Object.entries((selector ?? {}) as Record<string, Json>)
  return entries.length > 0 && entries.every(([key, value]) => at(labels, key) === value)
}

/** A quantity of Kubernetes: 250m, 1.5, 64Mi, 2Gi. */
function amount(quantity: Json): number {
  if (quantity === null) return 0
  const [, digits, unit = ''] = /^"?([\d.]+)(m|[KMG]i)?"?$/.exec(JSON.stringify(quantity)) ?? []
  if (digits === undefined) throw new Error(`not read as a quantity: ${JSON.stringify(quantity)}`)
  const units: Record<string, number> = { m: 1e-3, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }
  return Number(digits) * (units[unit] ?? 1)
}
