import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { openTransport, type TransportOptions } from '../../../src/cluster/http-transport.ts'
import type { Endpoint } from '../../../src/cluster/endpoint.ts'
import type { ApiRequest, Transport } from '../../../src/cluster/transport.ts'
import {
  answeringServer,
  credentialsOf,
  endpointAt,
  statusBody,
  type Answer,
  type AnsweringServer,
} from '../../support/api-server.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const QUICK = { tries: 5, shortest: 1, longest: 8, patience: 30_000 }
/** For what waits them out; a busy machine may take longer over anything else. */
const SHORT = { times: { answer: 300, silence: 300 } }
const GET: ApiRequest = { method: 'GET', path: '/api' }

async function serve(answer: Answer): Promise<AnsweringServer> {
  const server = await answeringServer(answer)
  closing.push(server.close)
  return server
}

function open(
  server: string,
  own: Partial<Endpoint> = {},
  options: Partial<TransportOptions> = {},
): Transport {
  const transport = openTransport(endpointAt(server, own), {
    userAgent: 'kubectl-pkg/1.2.3',
    retries: QUICK,
    ...options,
  })
  closing.push(() => transport.close())
  return transport
}

test('the head of an answer may be as long as kubectl takes it', async () => {
  const { url } = await serve((_, __, response) => {
    response.writeHead(200, { 'x-long': 'x'.repeat(1 << 20) }).end('{}')
  })
  const { headers } = await open(url).request(GET)
  expect(headers['x-long']).toHaveLength(1 << 20)
})

test('a call carries what it was given, and brings back status, headers and body', async () => {
  const { url, seen } = await serve((_, __, response) => {
    response.writeHead(201, { 'x-own': 'yes' }).end('{"a":1}')
  })
  const credentials = credentialsOf({ authorization: 'Bearer t0ken!' })
  const impersonation = { 'impersonate-user': 'jane', 'impersonate-group': ['a', 'b'] }
  const answer = await open(`${url}/below/`, { credentials, impersonation }).request({
    method: 'PATCH',
    path: '/apis/x/v1',
    query: { force: true, limit: 5, none: undefined, name: 'ä b' },
    body: { k: 'é' },
    contentType: 'application/apply-patch+yaml',
  })
  expect(answer).toMatchObject({ status: 201, body: '{"a":1}', headers: { 'x-own': 'yes' } })
  expect(seen).toMatchObject([
    {
      method: 'PATCH',
      url: '/below/apis/x/v1?force=true&limit=5&name=%C3%A4+b',
      body: '{"k":"é"}',
      headers: {
        authorization: 'Bearer t0ken!',
        'content-type': 'application/apply-patch+yaml',
        'user-agent': 'kubectl-pkg/1.2.3',
        'accept-encoding': 'gzip',
        'impersonate-user': 'jane',
        'impersonate-group': 'a, b',
      },
    },
  ])
})

test('connections are kept, and no more calls run at once than are allowed', async () => {
  let [asked, running, most] = [0, 0, 0]
  const ports = new Set<number | undefined>()
  const held: (() => void)[] = []
  // Nothing is answered before four wait, or the last: then a fifth has time to come too.
  const answerAll = () => held.splice(0).forEach((answer) => answer())
  const { url } = await serve((_, __, response) => {
    most = Math.max(most, ++running)
    ports.add(response.socket?.remotePort)
    held.push(() => {
      running--
      response.end('{}')
    })
    if (++asked === 40 || held.length === 4) setTimeout(answerAll, 5)
  })
  const transport = open(url, {}, { parallel: 4 })
  await Promise.all(Array.from({ length: 40 }, () => transport.request(GET)))
  expect([most, ports.size]).toEqual([4, 4])
})

test('a compressed answer is read', async () => {
  const { url } = await serve((_, __, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"zipped":true}'))
  })
  expect((await open(url).request(GET)).body).toBe('{"zipped":true}')
})

test('warnings are told once each', async () => {
  const { url } = await serve((_, __, response) => {
    response.setHeader('warning', [
      '299 - "policy/v1beta1 is old"',
      '299 - "say \\"x\\""',
      '199 - "not of ours"',
    ])
    response.end('{}')
  })
  const told: string[] = []
  const transport = open(url, {}, { onWarning: (text) => told.push(text) })
  await transport.request(GET)
  await transport.request(GET)
  expect(told).toEqual(['policy/v1beta1 is old', 'say "x"'])
})

test.each([429, 500, 502, 503, 504])(
  'a GET is tried again after %d, five times in all',
  async (status) => {
    const { url, seen } = await serve(
      (_, __, response) => void response.writeHead(status).end('no'),
    )
    expect((await open(url).request(GET)).status).toBe(status)
    expect(seen).toHaveLength(5)
  },
)

test.each([
  { method: 'GET', status: 503, tries: 3 },
  { method: 'PATCH', status: 500, tries: 3 },
  { method: 'DELETE', status: 504, tries: 3 },
  { method: 'POST', status: 429, tries: 3 },
  { method: 'POST', status: 503, tries: 1 },
  { method: 'GET', status: 400, tries: 1 },
  { method: 'GET', status: 401, tries: 1 },
  { method: 'GET', status: 403, tries: 1 },
  { method: 'GET', status: 404, tries: 1 },
  { method: 'PATCH', status: 409, tries: 1 },
  { method: 'PATCH', status: 422, tries: 1 },
] as const)(
  '$method after two answers of $status is sent $tries times',
  async ({ method, status, tries }) => {
    const { url, seen } = await serve((_, index, response) => {
      response.writeHead(index < 2 ? status : 200).end('{}')
    })
    const answer = await open(url).request({ method, path: '/x' })
    expect([answer.status, seen.length]).toEqual([tries === 1 ? status : 200, tries])
  },
)

test.each([
  'failed to create typed patch object (a/web): .spec.replica: field not declared',
  'duplicate nodePort: {TCP 32011}',
])('a wrong object is not sent again, though the server calls it 500: %s', async (message) => {
  const { url, seen } = await serve((_, __, response) => {
    response.writeHead(500).end(statusBody(500, '', message))
  })
  await open(url).request({ method: 'PATCH', path: '/x' })
  expect(seen).toHaveLength(1)
})

test.each([
  { after: '1', least: 1000 },
  {
    after: new Date(Date.now() + 1_500_000).toUTCString(),
    date: new Date(Date.now() + 1_499_000).toUTCString(),
    least: 1000,
  },
  { after: 'soon', least: 0 },
  { after: '0', least: 0 },
])('Retry-After $after is kept', async ({ after, date, least }) => {
  const { url } = await serve((_, index, response) => {
    const headers = { 'retry-after': after, ...(date === undefined ? {} : { date }) }
    response.writeHead(index === 0 ? 429 : 200, headers).end('{}')
  })
  const start = performance.now()
  expect((await open(url).request(GET)).status).toBe(200)
  const time = performance.now() - start
  expect(time).toBeGreaterThanOrEqual(least * 0.95)
  expect(time).toBeLessThan(least + 60_000)
})

test('a POST is sent again when the server itself asks for that', async () => {
  const { url, seen } = await serve((_, index, response) => {
    response.writeHead(index === 0 ? 503 : 201, { 'retry-after': '0' }).end('{}')
  })
  expect((await open(url).request({ method: 'POST', path: '/x' })).status).toBe(201)
  expect(seen).toHaveLength(2)
})

test('a server that asks for more patience than there is has its answer stand', async () => {
  const { url, seen } = await serve((_, __, response) => {
    response.writeHead(503, { 'retry-after': '3600' }).end()
  })
  expect((await open(url).request(GET)).status).toBe(503)
  expect(seen).toHaveLength(1)
})

test.each([
  { method: 'GET', tries: 3 },
  { method: 'POST', tries: 1 },
] as const)('$method whose connection breaks is sent $tries times', async ({ method, tries }) => {
  const { url, seen } = await serve((_, index, response) => {
    if (index > 0 && index < 3) response.socket?.resetAndDestroy()
    else response.end('{}')
  })
  const transport = open(url)
  await transport.request(GET)
  const call = transport.request({ method, path: '/x' })
  if (tries === 1)
    await expect(call).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE', exit: 7 })
  else expect((await call).status).toBe(200)
  expect(seen).toHaveLength(1 + tries)
})

test('a POST that says it may be repeated is', async () => {
  const { url, seen } = await serve((_, index, response) => {
    if (index === 1) response.socket?.resetAndDestroy()
    else response.end('{}')
  })
  const transport = open(url)
  await transport.request(GET)
  await transport.request({ method: 'POST', path: '/x', isRepeatable: true })
  expect(seen).toHaveLength(3)
})

test('a server that was never there is given up soon, with its address and what to do', async () => {
  const { url, close } = await serve(() => undefined)
  await close()
  const error = await open(
    url.replace('//', '//me:secret@'),
    {},
    { retries: { ...QUICK, shortest: 50 } },
  )
    .request({ method: 'POST', path: '/x' })
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'CLUSTER_UNREACHABLE',
    exit: 7,
    message: `cannot reach the API server at ${url}: nothing listens there`,
    hint: expect.stringContaining('kubectl config current-context') as unknown,
  })
  expect(JSON.stringify(error)).not.toContain('secret')
})

test('a server that says nothing is given up after the time for an answer', async () => {
  const { url, seen } = await serve(() => undefined)
  await expect(
    open(url, {}, SHORT).request({ method: 'GET', path: '/api/v1/x' }),
  ).rejects.toMatchObject({
    code: 'CLUSTER_UNREACHABLE',
    message: `cannot reach the API server at ${url}: no answer within 0.3 s (GET /api/v1/x)`,
  })
  expect(seen).toHaveLength(1)
})

test('an answer that comes drop by drop is given up too', async () => {
  const { url } = await serve((_, __, response) => {
    response.writeHead(200)
    const drops = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(drops))
  })
  await expect(open(url, {}, SHORT).request(GET)).rejects.toThrow('no whole answer within 0.3 s')
})

test('credentials that are refused are renewed once', async () => {
  const { url, seen } = await serve(({ headers }, _, response) => {
    response.writeHead(headers.authorization === 'Bearer new' ? 200 : 401).end('{}')
  })
  const renewable = credentialsOf({ authorization: 'Bearer old' }, { authorization: 'Bearer new' })
  expect((await open(url, { credentials: renewable }).request(GET)).status).toBe(200)
  expect(seen).toHaveLength(2)
  const spent = credentialsOf(
    { authorization: 'Bearer a' },
    { authorization: 'Bearer b' },
    { authorization: 'Bearer new' },
  )
  expect((await open(url, { credentials: spent }).request(GET)).status).toBe(401)
})

test('what a server says of a failure does not hold the credentials', async () => {
  const { url } = await serve(({ headers }, _, response) => {
    response
      .writeHead(500)
      .end(`you sent ${headers.authorization} ${Buffer.from('hunter22').toString('base64')}`)
  })
  const pair = Buffer.from('jane:hunter22').toString('base64')
  const credentials = credentialsOf({ authorization: `Basic ${pair}` })
  const { body } = await open(url, { credentials }).request({ method: 'POST', path: '/x' })
  expect(body).toBe('you sent Basic [hidden] [hidden]')
})

test('a call ends with the signal, wherever it is', async () => {
  const stop = new Error('stop')
  const { url } = await serve(({ url: path }, _, response) => {
    if (path === '/busy') response.writeHead(429, { 'retry-after': '1' }).end()
    if (path === '/half') response.writeHead(200).write('{')
  })
  const transport = open(url, {}, { parallel: 2 })
  for (const path of ['/silent', '/busy', '/half']) {
    const end = new AbortController()
    setTimeout(() => end.abort(stop), 50)
    const { signal } = end
    await expect(transport.request({ method: 'GET', path, signal })).rejects.toBe(stop)
  }
  await expect(transport.request({ ...GET, signal: AbortSignal.abort(stop) })).rejects.toBe(stop)
})

test('a stream gives lines while they come, wherever the pieces are cut', async () => {
  const bytes = Buffer.from('{"a":"é"}\n\n{"b":2}\n{"lost":')
  const { url } = await serve((_, __, response) => {
    response.writeHead(200)
    let at = 0
    const next = (): void => {
      if (at >= bytes.length) return void response.end()
      response.write(bytes.subarray(at, at + 3), () => setTimeout(next, 1))
      at += 3
    }
    next()
  })
  const { status, lines } = await open(url).stream(GET)
  expect([status, await all(lines)]).toEqual([200, ['{"a":"é"}', '', '{"b":2}']])
})

test('a long line is put together once', async () => {
  const line = 'x'.repeat(10_000_000)
  const { url } = await serve((_, __, response) => void response.end(`${line}\n`))
  expect((await all((await open(url).stream(GET)).lines)).map((each) => each.length)).toEqual([
    10_000_000,
  ])
})

test('a stream that falls silent, breaks or is stopped says so', async () => {
  const { url } = await serve(({ url: path }, _, response) => {
    response.writeHead(200).write('one\n')
    if (path === '/break') setTimeout(() => response.socket?.resetAndDestroy(), 30)
  })
  const read = async (path: string, signal?: AbortSignal, own = {}): Promise<string[]> =>
    all((await open(url, {}, own).stream({ method: 'GET', path, signal })).lines)
  await expect(read('/silent', undefined, SHORT)).rejects.toThrow('nothing came for 0.3 s')
  await expect(read('/break')).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
  const stop = new Error('stop')
  const end = new AbortController()
  setTimeout(() => end.abort(stop), 50)
  await expect(read('/stopped', end.signal)).rejects.toBe(stop)
})

test('a stream that is refused gives the reason as lines', async () => {
  const { url } = await serve((_, __, response) => void response.writeHead(410).end('gone\n'))
  const { status, lines } = await open(url).stream(GET)
  expect([status, (await all(lines)).join('')]).toEqual([410, 'gone'])
})

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = []
  for await (const line of lines) found.push(line)
  return found
}

test('a call is kept back before each try that its guard does not allow', async () => {
  const { url, seen } = await serve((_, __, response) => response.writeHead(503).end())
  let checks = 0
  const guard = {
    check: async () => {
      if (++checks === 3) throw new Error('lost')
    },
    isFresh: () => true,
  }
  const write: ApiRequest = { method: 'PUT', path: '/api', body: { a: 1 }, guard }
  await expect(open(url).request(write)).rejects.toThrow('lost')
  expect([checks, seen.length]).toEqual([3, 2])
})

test('a call whose connection took too long is checked again before any of it is sent', async () => {
  const { url, seen } = await serve((_, __, response) => response.end('{}'))
  let checks = 0
  const guard = { check: async () => void checks++, isFresh: () => checks > 2 }
  const body = { text: 'x'.repeat(100_000) }
  const transport = open(url)
  await transport.request(GET)
  const answer = await transport.request({ method: 'POST', path: '/api', body, guard })
  expect([answer.status, checks]).toEqual([200, 3])
  expect(seen.map((each) => each.body)).toEqual(['', JSON.stringify(body)])
})
