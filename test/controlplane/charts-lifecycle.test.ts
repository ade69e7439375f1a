import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadChartDirectory } from '../../src/chart/read-directory.ts'
import { compareText } from '../../src/golang/order.ts'
import { addOnCases } from '../support/add-on-case.ts'
import {
  columnsOf,
  definitionsOf,
  folderOf,
  generatedData,
  isClearing,
  leftOf,
  liveDefinitions,
  makeVolumes,
  objectsFor,
  PREVIOUS,
  presetWords,
  previousOf,
  removeLeft,
  secretsIn,
  type InstalledAddOn,
} from '../support/add-on-lifecycle.ts'
import { eventually, freshNamespace, uniqueName } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

// Many runs in one process listen for signals.
process.setMaxListeners(100)

const cases = await addOnCases()

describe.concurrent('on the control plane', () => {
  test.for(cases)(
    '$name of the version before is installed small, upgraded to ha of this one, tested, taken back and removed',
    async (addOn, { onTestFinished }) => {
      const release: InstalledAddOn = {
        name: uniqueName('edge'),
        namespace: await freshNamespace(),
        chart: folderOf(addOn),
        addOn,
      }
      const { name, namespace, chart } = release
      const folder = temporaryFolder()
      const previous = previousOf(addOn, folder)
      const small = await objectsFor(release, 'small')
      const generated = generatedData(small, await objectsFor(release, 'small'))
      const made = [...small, ...(await objectsFor(release, 'ha'))]
      const volumes = await makeVolumes(namespace, made)

      const stop = await addOn.lifecycle?.standIn?.(namespace)
      onTestFinished(async () => {
        await pkg(namespace, `uninstall ${name} --ignore-not-found`)
        await stop?.()
        await removeLeft(made, volumes)
        rmSync(folder, { recursive: true })
      })
      await run(release, ['install', name, previous, ...presetWords(addOn, 'small')])
      const secrets = await secretsIn(namespace)
      const first = await pkgOk(namespace, `get manifest ${name}`)

      await run(release, ['upgrade', name, chart, ...presetWords(addOn, 'ha')])
      expect(await helmOk(namespace, `get manifest ${name}`)).toBe(
        await pkgOk(namespace, `get manifest ${name}`),
      )

      expect(changedIn(generated, secrets, await secretsIn(namespace))).toEqual([])
      expect(columnsOf(await liveDefinitions(chart))).toEqual(columnsOf(definitionsOf(chart)))
      expect(await seenByHelm(release)).toEqual([
        { name, revision: '2', status: 'deployed', chart: `${addOn.name}-${versionOf(chart)}` },
      ])

      await pkgOk(namespace, ['test', name])
      await run(release, ['rollback', name, '1'])
      expect(await pkgOk(namespace, `get manifest ${name}`)).toBe(first)
      expect(await seenByHelm(release)).toEqual([
        { name, revision: '3', status: 'deployed', chart: `${addOn.name}-${PREVIOUS}` },
      ])
      expect(changedIn(generated, secrets, await secretsIn(namespace))).toEqual([])

      await pkgOk(namespace, ['uninstall', name, '--wait'])
      const declared = [...(addOn.leftovers ?? []), ...(addOn.lifecycle?.leftovers ?? [])]
        .map((each) => each.replaceAll(/\bedge\b/g, name))
        .sort(compareText)
      // Whatever stays is told of below, by a look at all kinds, which takes hundreds of calls.
      await eventually(async () => !(await isClearing(namespace)), 20_000, 250).catch(String)
      let left: string[] = []
      const isDone = async (): Promise<boolean> =>
        String((left = await leftOf(release, made))) === String(declared)
      const failure = await eventually(isDone, 120_000, 500).then(() => '', String)
      expect(left, failure).toEqual(declared)
    },
  )
})

type Secrets = ReadonlyMap<string, string>

/** Which of the generated data is not as it was. */
function changedIn(generated: ReadonlySet<string>, before: Secrets, after: Secrets): string[] {
  return [...generated].filter((key) => after.get(key) !== before.get(key))
}

/** Runs a change, waits for it, and sees that the cluster holds what the release says. */
async function run({ name, namespace }: InstalledAddOn, words: string[]): Promise<void> {
  await pkgOk(namespace, [...words, '--wait'])
  const { code, out, err } = await pkg(namespace, `drift ${name}`)
  expect({ code, out, err }).toMatchObject({ code: 0, err: '' })
}

function versionOf(chart: string): string {
  return loadChartDirectory(chart).metadata.version
}

async function seenByHelm({ namespace }: InstalledAddOn): Promise<unknown[]> {
  const listed = JSON.parse(await helmOk(namespace, 'list --output json')) as HelmRelease[]
  return listed.map(({ name, revision, status, chart }) => ({ name, revision, status, chart }))
}

type HelmRelease = Record<'name' | 'revision' | 'status' | 'chart', string>
