import { expect, test } from 'vitest'
import { at } from '../support/gates.ts'
import { renderOnce } from '../support/render-add-on.ts'

/** Programs that read their configuration once, by chart, and values that it is made of. */
const settings = [
  ['dex', 'extraConfig.oauth2.responseTypes={code,token}'],
  ['efk', 'ui.config.telemetry\\.enabled=false'],
  ['grafana', 'config.users.viewers_can_edit=true'],
  ['jaeger', 'samplingPercent=7'],
  ['jaeger', 'extraConfig.service.telemetry.logs.level=debug'],
] as const

test.each(settings)('%s: %s starts pods anew', async (chart, set) => {
  const before = await sumsOf(chart, [])
  const after = await sumsOf(chart, [set])
  expect(before).not.toEqual({})
  expect(after).not.toEqual(before)
})

/** The checksums of configuration that pods have, by workload. */
async function sumsOf(chart: string, set: string[]): Promise<Record<string, unknown>> {
  const { objects } = await renderOnce(chart, { set })
  const sums = objects.map((object) => [
    `${object.kind}/${object.metadata.name}`,
    at(object, 'spec', 'template', 'metadata', 'annotations', 'checksum/config'),
  ])
  return Object.fromEntries(sums.filter(([, sum]) => sum !== null)) as Record<string, unknown>
}
