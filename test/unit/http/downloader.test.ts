import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchUrl } from '../../../src/http/downloader.ts'

type Answer = (response: ServerResponse, url: string) => void

let server: Server
let origin: string
let asked: string[]
let answer: Answer

beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(response, request.url ?? '')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function failureOf(url: string, limits = {}): Promise<string> {
  const error: unknown = await fetchUrl(url, limits).catch((reason: unknown) => reason)
  return `${(error as { code: string }).code} ${(error as Error).message}`
}

test('a body comes back byte for byte', async () => {
  answer = (response) => response.end(Buffer.of(0x61, 0xff, 0x62))
  expect(await fetchUrl(`${origin}/values.yaml`)).toEqual(Buffer.of(0x61, 0xff, 0x62))
})

test('redirects are followed, five at most', async () => {
  answer = (response, url) => {
    const left = Number(url.slice(1))
    if (left === 0) response.end('there')
    else response.writeHead(302, { location: `/${left - 1}` }).end()
  }
  expect((await fetchUrl(`${origin}/5`)).toString()).toBe('there')
  expect(await failureOf(`${origin}/6`)).toBe(
    `URL_UNREACHABLE cannot fetch ${origin}/0: more than 5 redirects`,
  )
})

test.each([['file:///etc/passwd'], ['data:text/plain,x'], ['ftp://127.0.0.1/x']])(
  'a redirect to %s is not followed',
  async (location) => {
    answer = (response) => response.writeHead(302, { location }).end()
    expect(await failureOf(`${origin}/a`)).toContain('URLs are not fetched')
    expect(asked).toEqual(['/a'])
  },
)

test('a status that is no success is named', async () => {
  answer = (response) => response.writeHead(404).end('<html>')
  expect(await failureOf(`${origin}/a`)).toBe(
    `URL_UNREACHABLE cannot fetch ${origin}/a: the server answered 404`,
  )
})

test('a body beyond the limit is refused', async () => {
  answer = (response) => {
    const more = () => response.write(Buffer.alloc(65_536)) && setImmediate(more)
    response.on('drain', more)
    more()
  }
  expect(await failureOf(`${origin}/a`, { bytes: 1_000_000 })).toContain('URL_UNREACHABLE')
})

test('a server that never answers is given up', async () => {
  answer = () => undefined
  expect(await failureOf(`${origin}/a`, { time: 200 })).toBe(
    `URL_UNREACHABLE cannot fetch ${origin}/a: it took longer than 0.2 s`,
  )
})

test('no message shows user, password or query', async () => {
  answer = (response) => response.writeHead(500).end()
  const url = `${origin.replace('http://', 'http://user:canary@')}/a?token=canary#canary`
  expect(await failureOf(url)).not.toContain('canary')
})
