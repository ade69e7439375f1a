import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../src/base/digest.ts'
import { startBuilt } from '../support/built-cli.ts'
import { archiveOf, offer, type Offer } from '../support/chart-site.ts'
import { digestOf, fakeRegistry } from '../support/fake-registry.ts'
import type { FakeRepository } from '../support/fake-repository.ts'
import { memoryFolder } from '../support/memory-folder.ts'

/*
 * The built program is killed at each of its requests while it publishes to a server. A server has
 * the old state then or the new one, and the same command ends in the new.
 */

let root: string
/** Of some hundred KB, so that it comes in pieces. */
const archive = archiveOf('web', '', { 'noise.txt': noise(400_000) })
const PROVENANCE = `files:\n  web-1.0.0.tgz: sha256:${sha256(archive)}\n`

beforeAll(() => {
  root = memoryFolder('kubectl-pkg-publish-')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Text that does not compress well, the same in every run. */
function noise(length: number): string {
  let state = 1
  const next = () => (state = (state * 48_271) % 2_147_483_647)
  return Array.from({ length }, () => String.fromCharCode(33 + (next() % 90))).join('')
}

function homeWith(name: string, provenance?: string): string {
  const home = join(root, name)
  mkdirSync(home)
  writeFileSync(join(home, 'web-1.0.0.tgz'), archive)
  if (provenance !== undefined) writeFileSync(join(home, 'web-1.0.0.tgz.prov'), provenance)
  return home
}

function publish(home: string, ...target: string[]) {
  return startBuilt(['publish', 'web-1.0.0.tgz', ...target], { cwd: home })
}

type Started = ReturnType<typeof publish>

test('a registry has no tag, or one whose manifest and blobs are whole', async () => {
  let kill: ((number: number) => void) | undefined
  const registry = await fakeRegistry(() => {
    kill?.(registry.seen.length)
    return undefined
  })
  const target = [`oci://${registry.host}/charts`, '--plain-http']
  const reset = () => {
    registry.seen.length = 0
    registry.content.clear()
  }

  expect((await publish(homeWith('registry'), ...target).end).code).toBe(0)
  const requests = registry.seen.length
  expect(requests).toBeGreaterThan(5)
  expect(published()).toBe('whole')

  /** What the tag stands for. */
  function published(): string {
    const manifest = registry.content.get('/v2/charts/web/manifests/1.0.0')
    if (manifest === undefined) return 'nothing'
    const { config, layers } = JSON.parse(manifest.body.toString()) as {
      config: { digest: string }
      layers: { digest: string }[]
    }
    const isWhole = [config, ...layers].every(({ digest }) => {
      const blob = registry.content.get(`/v2/charts/web/blobs/${digest}`)
      return blob !== undefined && digestOf(blob.body) === digest
    })
    return isWhole ? 'whole' : 'broken'
  }

  const states = new Set<string>()
  for (let at = 1; at <= requests; at++) {
    reset()
    const home = homeWith(`registry-${at}`)
    const run = publish(home, ...target)
    kill = (number) => number === at && run.child.kill('SIGKILL')
    expect((await run.end).signal).toBe('SIGKILL')
    kill = undefined
    const state = published()
    states.add(state)
    if (state === 'whole') continue
    const again = await publish(home, ...target).end
    expect(again.code, again.stderr).toBe(0)
    expect(published()).toBe('whole')
  }
  await registry.close()
  expect([...states].sort()).toEqual(['nothing', 'whole'])
})

/** When a run is killed: at the first bytes of an upload, or before its answer. */
type Point = `${'charts' | 'prov'} ${'begins' | 'is stored'}`

test.each<Point>(['prov begins', 'prov is stored', 'charts begins', 'charts is stored'])(
  'killed when %s, a server has the whole chart with what vouches for it, or no chart',
  async (point) => {
    const museum = await startMuseum()
    const home = homeWith(`museum-${point.replaceAll(' ', '-')}`, PROVENANCE)
    const run = publish(home, museum.url)
    museum.killAt(point, run)
    expect((await run.end).signal).toBe('SIGKILL')
    await museum.isQuiet()
    expect(museum.state()).toBe(point === 'charts is stored' ? 'whole' : 'nothing')
    const again = await publish(home, museum.url).end
    expect(again.code, again.stderr).toBe(0)
    expect(museum.state()).toBe('whole')
    await museum.close()
  },
)

/** A server with ChartMuseum's API: it keeps what came to its end, and what is there stays. */
async function startMuseum() {
  const stored = new Map<string, Buffer>()
  let victim: { point: Point; run: Started } | undefined
  const open = new Set<ServerResponse>()
  const reach = (point: Point) => victim?.point === point && victim.run.child.kill('SIGKILL')

  function take(kind: 'charts' | 'prov', request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    open.add(response)
    response.on('close', () => open.delete(response))
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if (chunks.length === 1) reach(`${kind} begins`)
    })
    request.on('end', () => {
      // A killed client may have sent all already; what it was killed at is the first bytes.
      if (victim?.point === `${kind} begins`) return response.destroy()
      const isForced = request.url?.includes('force') === true
      if (stored.has(kind) && !isForced) return response.writeHead(409).end()
      stored.set(kind, Buffer.concat(chunks))
      if (reach(`${kind} is stored`)) return response.destroy()
      return response.writeHead(201).end('{"saved":true}')
    })
  }

  function index(): string {
    const files: FakeRepository['files'] = new Map()
    const charts = stored.get('charts')
    const offers: Offer[] = charts === undefined ? [] : [{ name: 'web', archive: charts }]
    offer({ files } as FakeRepository, offers)
    return files.get('/index.yaml') as string
  }

  const server: Server = createServer((request, response) => {
    const [, kind] = /^\/api\/(charts|prov)/.exec(request.url ?? '') ?? []
    if (kind === 'charts' || kind === 'prov') take(kind, request, response)
    else response.end(index())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    killAt: (point: Point, run: Started) => (victim = { point, run }),
    async isQuiet() {
      while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 5))
      victim = undefined
    },
    state() {
      const charts = stored.get('charts')
      if (charts === undefined) return 'nothing'
      const isVouchedFor = stored.get('prov')?.toString() === PROVENANCE
      return charts.equals(archive) && isVouchedFor ? 'whole' : 'broken'
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
