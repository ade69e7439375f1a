import { expect, test } from 'vitest'
import { objectsOf, openManifests, writtenObjects } from '../../../src/apply/target-objects.ts'
import type { View } from '../../../src/apply/site.ts'
import { openDirectoryCluster } from '../../../src/cluster/directory-cluster.ts'
import { openFiles } from '../../../src/base/files.ts'
import { openDirectoryStorage } from '../../../src/storage/directory-storage.ts'
import { releaseOf } from '../../support/releases.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const configMap = (name: string) =>
  `---\n# Source: web/templates/${name}.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: b\n`

test('a manifest is read once for all revisions that have it', () => {
  const read = openManifests()
  const first = releaseOf({ revision: 1, manifest: configMap('a') })
  const again = releaseOf({ revision: 2, manifest: configMap('a') })
  const other = releaseOf({ revision: 3, manifest: configMap('b') })
  expect(read(again)).toBe(read(first))
  expect(objectsOf(first, { withHooks: false }, read)).toMatchObject([{ metadata: { name: 'a' } }])
  expect(objectsOf(other, { withHooks: false }, read)).toMatchObject([{ metadata: { name: 'b' } }])
})

test('the deployed revision is read once, though it is also the last attempt', async () => {
  const place = { path: temporaryFolder(), files: openFiles(), token: 'own' }
  const view: View = {
    cluster: openDirectoryCluster(place),
    storage: openDirectoryStorage(place),
    signal: new AbortController().signal,
    onNotice: () => undefined,
  }
  const deployed = releaseOf({ status: 'deployed', manifest: configMap('a') })
  const { previous, attempted } = await writtenObjects(view, deployed, { history: [deployed] })
  expect(previous).toEqual(attempted)
  expect(previous[0]?.['data']).toBe(attempted[0]?.['data'])
})
