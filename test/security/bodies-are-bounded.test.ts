import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDownloader } from '../../src/http/downloader.ts'
import { startRepository, type Answer, type FakeRepository } from '../support/fake-repository.ts'
import { failureOf } from '../support/chart-site.ts'

let server: FakeRepository
beforeEach(async () => {
  server = await startRepository()
})
afterEach(() => server.close())

const BOMB = gzipSync(Buffer.alloc(50_000_000))

const endless: Answer = (response) => {
  const more = () => response.write(Buffer.alloc(65_536)) && setImmediate(more)
  response.on('drain', more)
  more()
}

/** Requests go over Node's own client, or over axios where there may be a proxy. */
const WAYS = [
  { way: 'directly', hasProxy: false },
  { way: 'by axios', hasProxy: true },
]

describe.each(WAYS)('$way', ({ hasProxy }) => {
  const downloader = openDownloader({
    hasProxy,
    readFile: () => Buffer.alloc(0),
    times: { idle: 800, total: 2000 },
  })

  async function failure(answer: Answer, gzip = false): Promise<string> {
    server.files.set('/x', answer)
    const text = await failureOf(downloader.get(`${server.url}/x`, { bytes: 1_000_000, gzip }))
    return text.replaceAll(server.url, '')
  }

  test.each([
    {
      what: 'an endless body',
      answer: endless,
      want: 'the answer is longer than 1000000 bytes',
    },
    {
      what: 'a body that ends too soon',
      answer: ((response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half')
        setTimeout(() => response.destroy(), 20)
      }) as Answer,
      want: 'the connection broke off before the end',
    },
    {
      what: 'a byte now and then',
      answer: ((response) => {
        const timer = setInterval(() => response.write('x'), 100)
        response.on('close', () => clearInterval(timer))
      }) as Answer,
      want: 'it took longer than 2 s',
    },
    {
      what: 'silence',
      answer: (() => undefined) as Answer,
      want: 'it sent nothing for 0.8 s',
    },
    {
      what: 'a gzip bomb',
      answer: ((response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' })
        response.end(BOMB)
      }) as Answer,
      want: 'the answer is longer than 1000000 bytes',
    },
    {
      what: 'damaged gzip',
      answer: ((response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip')
      }) as Answer,
      want: 'the compressed body is damaged',
    },
    {
      what: 'an encoding that nobody asked for',
      answer: ((response) => {
        response.writeHead(200, { 'content-encoding': 'br' }).end('x')
      }) as Answer,
      want: 'the body is encoded as "br", which was not asked for',
    },
    {
      what: 'a status without a body',
      answer: ((response) => response.writeHead(204).end()) as Answer,
      want: 'the server answered 204',
    },
    {
      what: 'redirects without an end',
      answer: ((response) => response.writeHead(302, { location: '/x' }).end()) as Answer,
      want: 'more than 5 redirects',
    },
  ])('$what fails within the limits', async ({ answer, want }) => {
    expect(await failure(answer, true)).toBe(`REPOSITORY_UNREACHABLE cannot fetch /x: ${want}`)
  })
  const patient = openDownloader({ hasProxy, readFile: () => Buffer.alloc(0) })

  test('a head of a megabyte is read, as Helm reads it', async () => {
    server.files.set('/x', (response) => {
      response.writeHead(200, { 'content-security-policy': 'x'.repeat(1 << 20) }).end('body')
    })
    const { body } = await patient.get(`${server.url}/x`, { bytes: 100 })
    expect(body.toString()).toBe('body')
  })

  test('a head without an end fails within the limits', async () => {
    server.files.set('/x', (response) => {
      const lines = Array.from({ length: 12 }, (_, at) => [`x-${at}`, 'x'.repeat(1 << 20)])
      response.writeHead(200, Object.fromEntries(lines)).end()
    })
    const text = await failureOf(patient.get(`${server.url}/x`, { bytes: 100 }))
    expect(text).toMatch(
      /^REPOSITORY_UNREACHABLE .*: the head of its answer is longer than 10 MiB$/,
    )
  })
})
