import { expect, test } from 'vitest'
import { liveObjects } from '../../../src/apply/read-live.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { hearLongRuns } from '../../support/long-runs.ts'
import { connectTo } from '../../support/target.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test.each([
  { objects: 299, times: 0 },
  { objects: 300, times: 1 },
])('the launcher hears $times times of $objects objects', async ({ objects, times }) => {
  const heard = hearLongRuns()
  const wanted = Array.from({ length: objects }, (_, at): KubeObject => {
    const metadata = { name: `cm-${at}`, namespace: 'shop' }
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata }
  })
  const view = connectTo({ path: temporaryFolder() })
  expect(await liveObjects(view, wanted)).toEqual([])
  expect(heard()).toHaveLength(times)
})
