import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeChart } from '../support/chart-builder.ts'
import { at } from '../support/gates.ts'
import { apiOk, freshNamespace, kubectlOk, uniqueName } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

process.setMaxListeners(100)

/** Add-ons whose pods are replaced one after the other, unless they keep a file. */
const files = [
  ['dex', 'storage.persistence.enabled'],
  ['grafana', 'persistence.enabled'],
  ['jaeger', 'storage.badger.persistent'],
] as const

/** As charts are that were written for Helm's merge on the client: they name a type, and no more. */
const foreign = writeChart(temporaryFolder(), {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'values.yaml': 'strategy: {}\nupdateStrategy: {}\n',
  'templates/workloads.yaml': ['Deployment', 'StatefulSet']
    .map((kind) => {
      const field = kind === 'Deployment' ? 'strategy' : 'updateStrategy'
      return `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: web
spec:
  {{- with .Values.${field} }}
  ${field}: {{ toJson . }}
  {{- end }}
  selector:
    matchLabels: { app: ${kind} }
  template:
    metadata:
      labels: { app: ${kind} }
    spec:
      containers:
        - { name: app, image: example.com/app:1 }
`
    })
    .join('---\n'),
})
const SWITCH = '--set strategy.type=Recreate --set updateStrategy.type=OnDelete'

async function strategiesIn(namespace: string): Promise<unknown[]> {
  const path = `/apis/apps/v1/namespaces/${namespace}`
  return [
    at(await apiOk('GET', `${path}/deployments/web`), 'spec', 'strategy'),
    at(await apiOk('GET', `${path}/statefulsets/web`), 'spec', 'updateStrategy'),
  ]
}

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

  test.for([
    { by: 'Helm on the client', install: helmOk, more: ' --server-side=false' },
    {
      by: 'Helm on the client, with its own rollingUpdate',
      install: helmOk,
      more: ' --server-side=false --set strategy.rollingUpdate.maxSurge=1',
    },
    { by: 'Helm on the server', install: helmOk, more: '' },
    { by: 'this program', install: pkgOk, more: '' },
  ])(
    'what $by installed gets another strategy without what the server filled in',
    async ({ install, more }) => {
      const namespace = await freshNamespace()
      await install(namespace, `install web ${foreign}${more}`)
      const upgrade = `upgrade web ${foreign} ${SWITCH}`
      await pkgOk(namespace, upgrade)
      const switched = [{ type: 'Recreate' }, { type: 'OnDelete' }]
      expect(await strategiesIn(namespace)).toEqual(switched)

      expect(await pkgOk(namespace, upgrade)).toContain('is unchanged')
      await helmOk(namespace, upgrade)
      expect(await strategiesIn(namespace)).toEqual(switched)
      await pkgOk(namespace, `upgrade web ${foreign} --reset-values`)
      expect(await strategiesIn(namespace)).toMatchObject([
        { type: 'RollingUpdate' },
        { type: 'RollingUpdate' },
      ])
    },
  )

  test('a rollingUpdate of somebody else stays theirs until it is taken over', async () => {
    const namespace = await freshNamespace()
    await pkgOk(namespace, `install web ${foreign}`)
    const theirs = JSON.stringify({ spec: { strategy: { rollingUpdate: { maxSurge: 3 } } } })
    const patch = (text: string): Promise<unknown> =>
      kubectlOk(['patch', 'deployment', 'web', '-n', namespace, '--patch', text])
    await patch(theirs)
    const upgrade = `upgrade web ${foreign} --set strategy.type=Recreate`
    const { code, err } = await pkg(namespace, upgrade)
    expect(code).toBe(4)
    expect(err).toContain(
      'Deployment/web .spec.strategy.rollingUpdate was added by "kubectl-patch"',
    )

    await pkgOk(namespace, `${upgrade} --force-conflicts`)
    expect((await strategiesIn(namespace))[0]).toEqual({ type: 'Recreate' })
  })
})
