import { afterAll, beforeAll, expect, test } from 'vitest'
import Push from '../../src/commands/push.ts'
import { packageChart } from '../../src/chart/package-chart.ts'
import { savePackage } from '../../src/chart/save-package.ts'
import { listTags, resolveTag, versionsOfTags } from '../../src/registry/oci-tags.ts'
import { chartOf } from '../support/chart-builder.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const COUNT = 52
const PAGE = 10
const TYPE = 'application/vnd.oci.image.manifest.v1+json'
let registry: RealRegistry

beforeAll(async () => {
  registry = await startRegistry()
  const archive = savePackage(packageChart(chartOf({})), temporaryFolder())
  const { code } = await runCli(Push, [archive, `oci://${registry.host}/many`, '--plain-http'])
  expect(code).toBe(0)
  await tagManyTimes()
})

afterAll(() => registry.stop())

/** Puts the chart's manifest under many tags, some at a time. */
async function tagManyTimes(): Promise<void> {
  const url = `http://${registry.host}/v2/many/web/manifests`
  const body = await (await fetch(`${url}/1.0.0`, { headers: { Accept: TYPE } })).text()
  const numbers = Array.from({ length: COUNT }, (_, at) => at)
  const worker = async () => {
    for (let at = numbers.pop(); at !== undefined; at = numbers.pop()) {
      const headers = { 'Content-Type': TYPE }
      const answer = await fetch(`${url}/2.${at}.0`, { method: 'PUT', headers, body })
      expect(answer.status).toBe(201)
    }
  }
  await Promise.all(Array.from({ length: 4 }, worker))
}

test('all tags of a real registry are found, page by page, and the newest that fits is chosen', async () => {
  const reference = { registry: registry.host, repository: 'many/web' }
  const options = { plainHttp: true, pageSize: PAGE }
  const tags = await listTags(reference, options)
  expect(new Set(tags).size).toBe(COUNT + 1)
  expect(tags).toHaveLength(COUNT + 1)
  expect(versionsOfTags(tags).slice(0, 2)).toEqual(['2.51.0', '2.50.0'])
  expect((await resolveTag(reference, '<2.30', options)).tag).toBe('2.29.0')
})
