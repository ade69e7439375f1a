import { afterEach, expect, test } from 'vitest'
import { liveObjects } from '../../../src/apply/read-live.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { connectTo } from '../../support/target.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const events: NodeJS.EventEmitter = process
let heard = 0
// The launcher listens to this name, in a script of its own.
const hear = () => heard++
afterEach(() => {
  events.off('kubectl-pkg: long run', hear)
})

test.each([
  { objects: 299, times: 0 },
  { objects: 300, times: 1 },
])('the launcher hears $times times of $objects objects', async ({ objects, times }) => {
  heard = 0
  events.on('kubectl-pkg: long run', hear)
  const wanted = Array.from({ length: objects }, (_, at): KubeObject => {
    const metadata = { name: `cm-${at}`, namespace: 'shop' }
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata }
  })
  const view = connectTo({ path: temporaryFolder() })
  expect(await liveObjects(view, wanted)).toEqual([])
  expect(heard).toBe(times)
})
