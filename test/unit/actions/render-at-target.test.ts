import { afterEach, beforeEach, expect, test } from 'vitest'
import { renderAtTarget } from '../../../src/actions/render-at-target.ts'
import { openFiles } from '../../../src/base/files.ts'
import { openDirectoryCluster } from '../../../src/cluster/directory-cluster.ts'
import type { Cluster } from '../../../src/cluster/cluster.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'
import { temporaryFolder } from '../../support/target.ts'

let folder: ReturnType<typeof temporaryFolder>
let cluster: Cluster

beforeEach(() => {
  folder = temporaryFolder()
  cluster = openDirectoryCluster({ path: folder.path, files: openFiles(), token: 't' })
})
afterEach(() => folder.remove())

function configMap(name: string, data: Record<string, string | number>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'apps' }, data }
}

/** Renders one template at the target and gives its text. */
async function render(template: string): Promise<string> {
  const chart = chartOf({ 'Chart.yaml': chartYaml('web'), 'templates/a.txt': template })
  const release = { name: 'web', namespace: 'apps', revision: 1, isUpgrade: false }
  const input = { chart, values: new Map(), release, options: {} }
  const { files } = await renderAtTarget(cluster, input, new AbortController().signal)
  return files.map(({ content }) => content).join()
}

test('a lookup finds an object of the target, and its integers stay integers', async () => {
  await cluster.apply(configMap('known', { port: 8080 }))
  const text = await render('# {{ (lookup "v1" "ConfigMap" "apps" "known").data.port }}')
  expect(text).toBe('# 8080')
})

test('what a lookup found may be what the next one asks for', async () => {
  await cluster.apply(configMap('first', { next: 'second' }))
  await cluster.apply(configMap('second', { word: 'end' }))
  const text = await render(`
{{- $first := lookup "v1" "ConfigMap" "apps" "first" }}
{{- $second := lookup "v1" "ConfigMap" "apps" (dig "data" "next" "none" $first) }}
# {{ dig "data" "word" "nothing" $second }}`)
  expect(text).toBe('\n# end')
})

test('a lookup without a name lists the objects of the kind', async () => {
  await cluster.apply(configMap('b', {}))
  await cluster.apply(configMap('a', {}))
  const text = await render(
    '# {{ range (lookup "v1" "ConfigMap" "apps" "").items }}{{ .metadata.name }} {{ end }}',
  )
  expect(text).toBe('# a b ')
})

test('what is not there is an empty map', async () => {
  expect(await render('# {{ lookup "v1" "Secret" "apps" "none" | toJson }}')).toBe('# {}')
})

test('a failure counts only when every lookup has its answer', async () => {
  await cluster.apply(configMap('known', { word: 'yes' }))
  const template =
    '# {{ required "no word" (dig "data" "word" "" (lookup "v1" "ConfigMap" "apps" "known")) }}'
  expect(await render(template)).toBe('# yes')
  await cluster.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'apps', name: 'known' })
  await expect(render(template)).rejects.toMatchObject({ code: 'TEMPLATE_FAILED' })
})

test('lookups that change with every render are given up', async () => {
  await expect(
    render('# {{ lookup "v1" "ConfigMap" "apps" (randAlpha 8 | lower) | toJson }}'),
  ).rejects.toThrow('lookups did not settle in 10 renders')
})
