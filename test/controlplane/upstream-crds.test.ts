import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sha256 } from '../../src/base/digest.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { startRepository } from '../support/fake-repository.ts'
import { api, apiOk, freshNamespace, kubectlOk, uniqueName } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('a release goes from a chart’s own definitions to those of upstream once all objects fit them', async () => {
  const [folder, group] = [temporaryFolder(), `${uniqueName('shop')}.example.com`]
  const [namespace, server] = [await freshNamespace(), await startRepository()]
  const text = definition(group, { properties: { size: { type: 'integer' } } })
  server.files.set('/crd.json', text)
  const chart = writeChart(folder, {
    'Chart.yaml': chartYaml(
      'shop',
      `annotations:\n  kubectl-pkg/upstream-crds: ${server.url}/crd.json sha256:${sha256(text)}\n`,
    ),
    'values.yaml': 'crds: {source: own}\nspec: {size: 1, colour: red}\n',
    'crds/crd.json': definition(group, { 'x-kubernetes-preserve-unknown-fields': true }),
    'templates/widget.yaml': `apiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: one}\nspec: {{ .Values.spec | toJson }}\n`,
  })
  onTestFinished(async () => {
    await api('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`)
    await server.close()
    rmSync(folder, { recursive: true })
  })
  const words = ['web', chart, '--content-cache', join(folder, 'cache')]
  const upstream = [...words, '--set', 'crds.source=upstream']

  await pkgOk(namespace, ['install', ...words])
  const refused = await pkg(namespace, ['upgrade', ...upstream])
  expect(refused).toMatchObject({ code: 6, err: expect.stringMatching(/CRD_UNSAFE/) as string })
  expect(refused.err).toMatch(new RegExp(`Widget ${namespace}/one: .*colour`))

  // An object that fits is written first.
  await pkgOk(namespace, ['upgrade', ...words, '--set', 'spec.colour=null'])
  await pkgOk(namespace, ['upgrade', ...upstream, '--set', 'spec.colour=null'])
  expect(await schemaOf(group)).toEqual({
    type: 'object',
    properties: { size: { type: 'integer' } },
  })

  await server.close()
  await pkgOk(namespace, [
    'upgrade',
    ...upstream,
    '--set',
    'spec.colour=null,spec.size=2',
    '--offline',
  ])
  await pkgOk(namespace, 'rollback web 3')
  const one = await kubectlOk([
    'get',
    `widgets.${group}`,
    'one',
    '-n',
    namespace,
    '-o',
    'jsonpath={.spec}',
  ])
  expect(JSON.parse(one)).toEqual({ size: 1 })
  await pkgOk(namespace, 'uninstall web')
  expect(await schemaOf(group)).toEqual({
    type: 'object',
    properties: { size: { type: 'integer' } },
  })
})

function definition(group: string, spec: object): string {
  const schema = { type: 'object', properties: { spec: { type: 'object', ...spec } } }
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  })
}

/** What the API server checks the spec of a Widget with. */
async function schemaOf(group: string): Promise<unknown> {
  const found = (await apiOk(
    'GET',
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`,
  )) as unknown as Definition
  return found.spec.versions[0]?.schema.openAPIV3Schema.properties.spec
}

interface Definition {
  spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: unknown } } } }[] }
}
