import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyPlanFile, parsePlanFile } from '../../../src/actions/apply-plan-file.ts'
import { driftOfAll, driftOfRelease } from '../../../src/actions/drift.ts'
import { history } from '../../../src/actions/inspect.ts'
import { install } from '../../../src/actions/install.ts'
import { planRelease } from '../../../src/actions/plan.ts'
import { upgrade } from '../../../src/actions/upgrade.ts'
import { encodeDocument } from '../../../src/output/document.ts'
import { viewDrift } from '../../../src/output/drift-view.ts'
import { viewPlan } from '../../../src/output/plan-view.ts'
import { sealPlan } from '../../../src/plan/plan-document.ts'
import {
  configMap,
  configMapChart,
  connectTo,
  lineOf,
  temporaryFolder,
} from '../../support/target.ts'

const release = { name: 'web', namespace: 'apps' }
const charts = {
  './web': configMapChart({ a: '1', b: '1' }),
  './web2': configMapChart({ a: '2', c: '2' }, '2.0.0'),
}
const values = new Map()
const plain = (value: string): string => value
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const connect = () => connectTo({ path: folder.path, charts })
const plan = (chart: string) => planRelease(connect(), { release, chart, values }, plain)
const lines = async () => (await history(connect(), release)).map(lineOf)

/** Plans, lets something happen, and applies the plan as it was read back from its file. */
async function planThenApply(chart: string, between: () => Promise<void> | void) {
  const { document } = await plan(chart)
  await between()
  return applyPlanFile(connect(), parsePlanFile(JSON.stringify(document), 'web.json'))
}

function writeMap(name: string, value: string): void {
  const text = configMap(name, value).replace('metadata:', 'metadata:\n  namespace: apps')
  writeFileSync(join(folder.path, `apps/configmap-${name}.yaml`), text)
}

test('a plan shows what would be done, and writes nothing', async () => {
  await install(connect(), { release, chart: './web', values })
  const { document } = await plan('./web2')

  expect(viewPlan(document, { color: false }))
    .toBe(`Revision 2 upgrades release "web" in namespace "apps" with chart web-2.0.0.

~ update	ConfigMap apps/a	config-reload	what reads it may take it up
    data.key: "1" → "2"
+ create	ConfigMap apps/c	none         	nothing uses it yet
- delete	ConfigMap apps/b	config-reload	what reads it may miss it

1 to create, 1 to update, 1 to delete; impact: config-reload
`)
  expect(await lines()).toEqual(['web.v1 deployed: Install complete'])
})

test('a plan that is applied does what it says, and once', async () => {
  await planThenApply('./web', () => undefined)
  const { document } = await plan('./web2')
  const applied = await applyPlanFile(connect(), document)

  expect(applied.plan.changes.map(({ op, object }) => `${op} ${object.metadata.name}`)).toEqual([
    'update a',
    'create c',
    'delete b',
  ])
  expect(await lines()).toEqual([
    'web.v1 superseded: Install complete',
    'web.v2 deployed: Upgrade complete',
  ])
  await expect(applyPlanFile(connect(), document)).rejects.toMatchObject({
    code: 'PLAN_OUTDATED',
    details: ['release "web" is at revision 2, not 1'],
  })
})

test.each([
  {
    what: 'an object was changed',
    between: () => writeMap('a', 'mine'),
    details: ['ConfigMap apps/a was changed'],
  },
  { what: 'an object was made', between: () => writeMap('c', 'mine'), details: [] },
])('a plan is refused when $what since', async ({ between, details }) => {
  await install(connect(), { release, chart: './web', values })
  await expect(planThenApply('./web2', between)).rejects.toMatchObject({
    code: details.length === 0 ? 'OBJECT_NOT_OWNED' : 'PLAN_OUTDATED',
    exit: 4,
    details,
  })
  expect(await lines()).toEqual(['web.v1 deployed: Install complete'])
})

test('a plan is refused when the release has another revision', async () => {
  await install(connect(), { release, chart: './web', values })
  const between = async (): Promise<void> => {
    await upgrade(connect(), { release, chart: './web', values, alwaysRecord: true })
  }
  await expect(planThenApply('./web2', between)).rejects.toMatchObject({
    code: 'PLAN_OUTDATED',
    details: ['release "web" is at revision 2, not 1'],
  })
})

test.each([
  { text: 'a: b', why: 'it is no plan' },
  { text: '{"kind":"Plan","apiVersion":"v0"}', why: 'its apiVersion is "v0"' },
  {
    text: '{"kind":"Plan","apiVersion":"kubectl-pkg/v1","changes":[]}',
    why: 'parts of it are missing',
  },
])('what is no plan is refused: $why', ({ text, why }) => {
  expect(() => parsePlanFile(text, 'x.json')).toThrow(
    expect.objectContaining({
      code: 'PLAN_INVALID',
      message: `"x.json" cannot be applied: ${why}`,
    }),
  )
})

test.each(['json', 'yaml'] as const)(
  'a plan in %s is refused once it was edited',
  async (format) => {
    const { digest: _digest, ...document } = (await plan('./web')).document
    const odd = {
      apiVersion: 'v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'odd', annotations: { y: 'no', text: 'a\n\n  b \n', '1e3': '0x1F' } },
      spec: { most: Number.MAX_SAFE_INTEGER, huge: 1e21, tiny: 1.5e-7, none: null, list: [] },
    }
    const written = encodeDocument(format, sealPlan({ ...document, definitions: [odd] }))
    expect(parsePlanFile(written, 'web').definitions).toEqual([odd])

    for (const [from, to] of [
      ['ConfigMap', 'ConfigMaps'],
      ['create', 'keep'],
      ['isInstall', 'isInstalled'],
      ['digest', 'digests'],
    ] as const) {
      expect(written).toContain(from)
      expect(() => parsePlanFile(written.replaceAll(from, to), 'web')).toThrow(
        expect.objectContaining({
          code: 'PLAN_INVALID',
          message: '"web" cannot be applied: it is not as "kubectl pkg plan" wrote it',
        }),
      )
    }
  },
)

test('drift names what was changed, removed and added by hand', async () => {
  await install(connect(), { release, chart: './web', values })
  expect(viewDrift([await driftOfRelease(connect(), release, plain)], { color: false })).toBe(
    'release "web" in namespace "apps", revision 1: no drift\n',
  )

  const path = join(folder.path, 'apps/configmap-a.yaml')
  const text = readFileSync(path, 'utf8').replace('key: "1"', 'key: mine\n  more: x')
  writeFileSync(path, text)
  rmSync(join(folder.path, 'apps/configmap-b.yaml'))
  const drift = await driftOfRelease(connect(), release, plain)
  expect(viewDrift([drift], { color: false }))
    .toBe(`release "web" in namespace "apps", revision 1: 2 objects have drifted
  ~ ConfigMap apps/a
      .data.key: "1" → "mine"
      .data.more: added: "x"
  - ConfigMap apps/b is gone
`)
})

test('drift of all releases goes through each', async () => {
  await install(connect(), { release, chart: './web', values })
  writeMap('a', 'mine')
  const drifts = await driftOfAll(connect(), undefined, plain)
  expect(viewDrift(drifts, { color: false }))
    .toBe(`release "web" in namespace "apps", revision 1: 1 object has drifted
  ~ ConfigMap apps/a
      .data.key: "1" → "mine"
      .metadata.annotations: removed
      .metadata.labels: removed
`)
})
