import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { at } from '../support/gates.ts'
import { apiOk, freshNamespace, uniqueName } from '../support/plane.ts'
import { pkgOk } from '../support/plane-cli.ts'

process.setMaxListeners(100)

/** Add-ons whose pods are replaced one after the other, unless they keep a file. */
const files = [
  ['dex', 'storage.persistence.enabled'],
  ['grafana', 'persistence.enabled'],
  ['jaeger', 'storage.badger.persistent'],
] as const

describe.concurrent('on the control plane', () => {
  test.for(files)('%s can be given a file and lose it again (%s)', async ([chart, value]) => {
    const namespace = await freshNamespace()
    const name = uniqueName('file')
    const folder = join(import.meta.dirname, '..', '..', 'charts', chart)
    const strategies: unknown[] = []
    for (const isKept of [false, true, false]) {
      const words = ['upgrade', '--install', name, folder, '--set', `${value}=${isKept}`]
      await pkgOk(namespace, words)
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}-${chart}`
      strategies.push(at(await apiOk('GET', path), 'spec', 'strategy', 'type'))
    }
    await pkgOk(namespace, ['uninstall', name])
    expect(strategies).toEqual(['RollingUpdate', 'Recreate', 'RollingUpdate'])
  })
})
