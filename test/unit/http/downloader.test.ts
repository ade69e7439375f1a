import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fetchUrl, openDownloader } from '../../../src/http/downloader.ts'

type Answer = (response: ServerResponse, url: string) => void

let server: Server
let origin: string
let asked: string[]
/** Of the last request. */
let authorization: string
let answer: Answer

beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    authorization = request.headers.authorization ?? ''
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

test('a server that is busy is asked again, as soon as it asks for', async () => {
  answer = (response) => {
    if (asked.length < 3) response.writeHead(503, { 'retry-after': '0' }).end('busy')
    else response.end('there')
  }
  expect((await fetchUrl(`${origin}/a`)).toString()).toBe('there')
  expect(asked).toHaveLength(3)
})

test('a body that breaks off is asked for again', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-length': '5' })
    if (asked.length > 1) response.end('whole')
    else response.write('who', () => response.destroy())
  }
  expect((await fetchUrl(`${origin}/a`)).toString()).toBe('whole')
})

test('nobody waits for a server that asks for a long pause', async () => {
  answer = (response) => response.writeHead(429, { 'retry-after': '120' }).end()
  await expect(fetchUrl(`${origin}/a`)).rejects.toMatchObject({
    message: `cannot fetch ${origin}/a: the server answered 429`,
    hint: 'The server asks for a pause of 120 s: try again then.',
  })
  expect(asked).toEqual(['/a'])
})

test('the end of a pause may be a date, by the clock of the server', async () => {
  const date = 'Sun, 22 Nov 2026 06:00:00 GMT'
  const after = 'Sun, 22 Nov 2026 06:01:30 GMT'
  answer = (response) => response.writeHead(503, { date, 'retry-after': after }).end()
  await expect(fetchUrl(`${origin}/a`)).rejects.toMatchObject({
    hint: 'The server asks for a pause of 90 s: try again then.',
  })
})

describe('gzip files', () => {
  const file = gzipSync('an archive')
  const fetchArchive = async () => {
    const downloader = openDownloader({ readFile: () => Buffer.alloc(0) })
    return (await downloader.get(`${origin}/a.tgz`, { isGzipFile: true })).body
  }

  test.each([
    { how: 'as it is', encoding: undefined, body: file },
    { how: 'as if the server had encoded it', encoding: 'gzip', body: file },
    { how: 'as Apache calls it', encoding: 'x-gzip', body: file },
    { how: 'encoded once more', encoding: 'gzip', body: gzipSync(file) },
  ])('one that is served $how comes back byte for byte', async ({ encoding, body }) => {
    answer = (response) => {
      response.writeHead(200, encoding === undefined ? {} : { 'content-encoding': encoding })
      response.end(body)
    }
    expect(await fetchArchive()).toEqual(file)
  })

  test('what is no gzip file is left to whoever reads it', async () => {
    answer = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('<html>')
    expect((await fetchArchive()).toString()).toBe('<html>')
  })
})

test.each([
  { password: '100%', sent: '100%' },
  { password: 'a%zzb', sent: 'a%zzb' },
  { password: 'p%40ss%3Aword', sent: 'p@ss:word' },
  { password: '%C3%A9', sent: 'é' },
])('the password $password of an address is $sent', async ({ password, sent }) => {
  answer = (response) => response.end(authorization)
  const url = origin.replace('http://', `http://ann:${password}@`)
  expect((await fetchUrl(`${url}/a`)).toString()).toBe(
    `Basic ${Buffer.from(`ann:${sent}`).toString('base64')}`,
  )
})

test.each([['http://ann:canary@host:99999/a?token=canary'], ['http://[::1/?sig=canary']])(
  'what is no address shows no secret: %s',
  async (url) => {
    expect(await failureOf(url)).toMatch(/^URL_REFUSED ".*" is no URL$/)
    expect(await failureOf(url)).not.toContain('canary')
  },
)
