import { afterEach, expect, test } from 'vitest'
import { openTransport } from '../../../src/cluster/http-transport.ts'
import { openRecordApi } from '../../../src/storage/record-api.ts'
import { answeringServer, endpointAt } from '../../support/api-server.ts'
import { hearLongRuns } from '../../support/long-runs.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

test.each([
  { pages: 1, times: 0 },
  { pages: 2, times: 1 },
  { pages: 5, times: 1 },
])('the launcher hears $times times of a list of $pages pages', async ({ pages, times }) => {
  const server = await answeringServer((_, index, response) => {
    const metadata = index + 1 < pages ? { continue: 'more' } : {}
    const items = [{ metadata: { name: `page-${index}` } }]
    response.writeHead(200).end(JSON.stringify({ metadata, items }))
  })
  const transport = openTransport(endpointAt(server.url), { userAgent: 'kubectl-pkg/1.2.3' })
  closing.push(server.close, () => transport.close())
  const heard = hearLongRuns()

  const api = openRecordApi({ transport, kind: 'secret', signal: new AbortController().signal })
  const names = await api.listMetadata('shop', 'owner=helm', ({ metadata }) => metadata)
  expect([names.length, heard().length]).toEqual([pages, times])
})
