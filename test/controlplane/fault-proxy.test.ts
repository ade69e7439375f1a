import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditedWrites, auditMark } from '../support/audit.ts'
import {
  callLines,
  otherPath,
  startFaultProxy,
  writesOf,
  type FaultProxy,
} from '../support/fault-proxy.ts'
import type { FaultRule } from '../support/fault-rules.ts'
import {
  api,
  apiOk,
  eventually,
  freshNamespace,
  helm,
  kubectl,
  kubectlOk,
  plane,
} from '../support/plane.ts'

let proxy: FaultProxy
let namespace: string
let maps: string

beforeAll(async () => {
  proxy = await startFaultProxy()
})
afterAll(() => proxy.close())
beforeEach(async () => {
  namespace = await freshNamespace()
  maps = `/api/v1/namespaces/${namespace}/configmaps`
})

/** The API server's own names for what changes something. */
const VERBS: Record<string, string> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** What a plain client met; `error` is the code of the socket's error, or `LEFT`. */
interface Met {
  status?: number
  type?: string
  retryAfter?: string
  text: string
  error?: string
  ms: number
}

/** Calls through the proxy (or past it); leaves after a time, or soon after what came is enough. */
function send(
  method: string,
  path: string,
  options: {
    body?: unknown
    leaveAfter?: number
    enough?: (text: string) => boolean
    server?: string
  } = {},
): Promise<Met> {
  const { server = proxy.url, leaveAfter = 20_000, enough = () => false } = options
  const ca = readFileSync(server === proxy.url ? proxy.authority : plane().authority)
  const headers = {
    authorization: `Bearer ${plane().token}`,
    ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const began = performance.now()
  return new Promise((resolve) => {
    const met: Met = { text: '', ms: 0 }
    const end = (error?: string): void => {
      clearTimeout(timer)
      met.ms = performance.now() - began
      resolve(error === undefined ? met : { ...met, error })
      sent.destroy()
    }
    let timer = setTimeout(() => end('LEFT'), leaveAfter)
    let isEnough = false
    const sent = request(`${server}${path}`, { method, ca, headers, agent: false }, (answer) => {
      met.status = answer.statusCode ?? 0
      met.type = answer.headers['content-type'] ?? ''
      const retryAfter = answer.headers['retry-after']
      if (retryAfter !== undefined) met.retryAfter = retryAfter
      answer.setEncoding('utf8').on('data', (part: string) => {
        met.text += part
        if (isEnough || !enough(met.text.slice(-4000))) return
        isEnough = true
        clearTimeout(timer)
        timer = setTimeout(() => end('LEFT'), 200)
      })
      answer.on('end', () => end()).on('error', (error: NodeJS.ErrnoException) => end(error.code))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => end(error.code))
    sent.end(options.body === undefined ? undefined : JSON.stringify(options.body))
  })
}

const named = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

const isThere = async (name: string): Promise<boolean> =>
  (await api('GET', `${maps}/${name}`)).status === 200

describe('without rules', () => {
  test.each([
    '/version',
    '/api',
    '/api/v1',
    '/openapi/v3/apis/apps/v1',
    '/api/v1/namespaces/default',
    '/api/v1/namespaces/default/configmaps/none',
  ])('GET %s is answered as without the proxy', async (path) => {
    proxy.begin()
    const [through, past] = [
      await send('GET', path),
      await send('GET', path, { server: plane().server }),
    ]
    expect({ ...through, ms: 0 }).toEqual({ ...past, ms: 0 })
  })

  test('kubectl and Helm say what they say without the proxy', async () => {
    const others = await freshNamespace()
    const input = JSON.stringify(named('one'))
    const kubeconfig = proxy.kubeconfig()
    const mark = auditMark()
    proxy.begin()
    for (const args of [
      ['apply', '-f', '-'],
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      ['get', 'configmap', 'one', '-o', 'jsonpath={.metadata.name}'],
      ['delete', '-f', '-'],
    ]) {
      const through = await kubectl([...args, '-n', namespace], { kubeconfig, input })
      expect(through).toEqual(
        await kubectl([...args, '-n', others], { input }).then(({ code, stdout, stderr }) => ({
          code,
          stdout: stdout.replaceAll(others, namespace),
          stderr: stderr.replaceAll(others, namespace),
        })),
      )
    }
    expect((await helm(['list', '-n', namespace], { kubeconfig })).code).toBe(0)
    const writes = await auditedWrites(mark, (call) => call.namespace === namespace)
    expect(
      writesOf(proxy.calls).map(({ verb, path, status }) => [VERBS[verb], path, status]),
    ).toEqual(writes.map(({ verb, path, status }) => [verb, path, status]))
  })

  test('calls are numbered and logged in order of arrival, heartbeats without a number', async () => {
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
    const lease = { metadata: { name: 'lock' }, spec: { holderIdentity: 'me' } }
    proxy.begin()
    await send('GET', maps)
    const { text } = await send('POST', leases, { body: lease })
    await send('PUT', `${leases}/lock`, { body: JSON.parse(text) as unknown })
    await send('POST', `${maps}?dryRun=All`, { body: named('a') })
    const lines = callLines(proxy.calls).map((line) =>
      line.replace(/ \d+ms /, ' ').replace(/ \d+ (?=20)/, ' '),
    )
    expect(lines).toEqual([
      `1 GET ${maps} - - 200`,
      `2 POST ${leases} application/json - 201`,
      `- PUT ${leases}/lock application/json Lease 200`,
      `3 POST ${maps}?dryRun=All application/json ConfigMap 201`,
    ])
    expect(proxy.mostAtOnce()).toBe(1)
  })

  test('a watch and a followed log come as they happen', async () => {
    proxy.begin()
    const watch = send('GET', `${maps}?watch=true`, {
      enough: (text) => text.includes('"name":"late"'),
    })
    await apiOk('POST', maps, named('late'))
    const seen = await watch
    expect([seen.status, seen.error]).toEqual([200, 'LEFT'])
    expect(seen.text).toContain('"name":"late"')
    expect(proxy.calls.map(({ verb }) => verb)).toEqual(['WATCH'])

    const pod = { metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'web' }] } }
    await apiOk('POST', `/api/v1/namespaces/${namespace}/pods`, pod)
    await kubectlOk(['wait', '-n', namespace, '--for=condition=Ready', 'pod/web'])
    const log = await send('GET', `/api/v1/namespaces/${namespace}/pods/web/log?follow=true`, {
      enough: (text) => text.includes('listening'),
    })
    expect(log.text).toBe('starting\nlistening on :8080\n')
  })
})

describe('which calls a rule strikes', () => {
  const statuses = async (rule: FaultRule, count: number): Promise<(number | undefined)[]> => {
    proxy.begin([rule])
    const seen: (number | undefined)[] = []
    for (let at = 0; at < count; at++) seen.push((await send('GET', maps)).status)
    return seen
  }

  test.each<[string, FaultRule, number[]]>([
    ['the call with a number', { call: 2, mode: '503' }, [200, 503, 200, 200, 200]],
    ['that and the next', { call: 2, times: 2, mode: '503' }, [200, 503, 503, 200, 200]],
    ['each second', { every: 2, mode: '500' }, [200, 500, 200, 500, 200]],
    ['the first that matches', { match: { verb: 'GET' }, mode: '500' }, [500, 200, 200, 200, 200]],
    [
      'the third that matches',
      { match: { path: '/configmaps' }, nth: 3, mode: '500' },
      [200, 200, 500, 200, 200],
    ],
    [
      'all that match',
      { match: { path: /maps$/ }, times: Infinity, mode: '500' },
      [500, 500, 500, 500, 500],
    ],
    [
      'none that does not match',
      { match: { verb: 'POST' }, mode: '500' },
      [200, 200, 200, 200, 200],
    ],
  ])('%s', async (_name, rule, wanted) => {
    expect(await statuses(rule, wanted.length)).toEqual(wanted)
  })

  test('a rule for a body looks into it', async () => {
    proxy.begin([{ match: { verb: 'POST', body: /"name":"b"/ }, mode: '500' }])
    expect((await send('POST', maps, { body: named('a') })).status).toBe(201)
    expect((await send('POST', maps, { body: named('b') })).status).toBe(500)
  })
})

describe('what the client meets', () => {
  test.each<[FaultRule, Partial<Met>]>([
    [
      { call: 1, mode: '429', retryAfter: '1' },
      { status: 429, retryAfter: '1' },
    ],
    [
      { call: 1, mode: '429', retryAfter: 'soon' },
      { status: 429, retryAfter: 'soon' },
    ],
    [
      { call: 1, mode: '500' },
      { status: 500, type: 'application/json' },
    ],
    [
      { call: 1, mode: '502', page: true },
      { status: 502, type: 'text/html' },
    ],
    [{ call: 1, mode: '503' }, { status: 503 }],
    [
      { call: 1, mode: '504', page: true },
      { status: 504, type: 'text/html' },
    ],
    [{ call: 1, mode: '401' }, { status: 401 }],
    [{ call: 1, mode: '403' }, { status: 403 }],
    [{ call: 1, mode: '422' }, { status: 422 }],
    [{ call: 1, mode: '409', reason: 'Conflict' }, { status: 409 }],
    [{ call: 1, mode: '409', reason: 'AlreadyExists' }, { status: 409 }],
    [
      { call: 1, mode: 'reset-before' },
      { error: 'ECONNRESET', text: '' },
    ],
  ])('%j, and nothing is written', async (rule, wanted) => {
    proxy.begin([rule])
    expect(await send('POST', maps, { body: named('a') })).toMatchObject(wanted)
    expect(await isThere('a')).toBe(false)
  })

  test('a Status names code and reason, and quotes the request where told', async () => {
    proxy.begin([
      { call: 1, mode: '409', reason: 'AlreadyExists' },
      { call: 2, mode: '422', quoting: true },
    ])
    const [first, second] = [
      await send('POST', maps, { body: named('a') }),
      await send('POST', maps, { body: named('b') }),
    ]
    expect(JSON.parse(first.text)).toMatchObject({
      kind: 'Status',
      code: 409,
      reason: 'AlreadyExists',
    })
    expect(second.text).toContain(String.raw`\"name\":\"b\"`)
  })

  test('reset-after: the connection is reset, and the write has landed', async () => {
    proxy.begin([{ call: 1, mode: 'reset-after' }])
    expect(await send('POST', maps, { body: named('a') })).toMatchObject({
      error: 'ECONNRESET',
      text: '',
    })
    expect(await isThere('a')).toBe(true)
  })

  test.each<['answer' | 'body' | 'request', number | undefined]>([
    ['answer', undefined],
    ['body', 200],
    ['request', undefined],
  ])('stall at the %s: the client waits until it leaves', async (at, status) => {
    proxy.begin([{ call: 1, mode: 'stall', at }])
    const met = await send('POST', maps, { body: named('a'), leaveAfter: 300 })
    expect([met.status, met.text, met.error]).toEqual([status, '', 'LEFT'])
    expect(await isThere('a')).toBe(false)
  })

  test('dribble: a byte at a time', async () => {
    proxy.begin([{ call: 1, mode: 'dribble', bytesPerSecond: 100 }])
    const met = await send('GET', '/readyz')
    expect(met).toMatchObject({ status: 200, text: 'ok' })
    expect(met.ms).toBeGreaterThan(15)
  })

  test('garbage: no JSON, half of it, another content type; the write has landed', async () => {
    proxy.begin([
      { call: 1, mode: 'garbage', as: 'text' },
      { call: 2, mode: 'garbage', as: 'cut' },
      { call: 3, mode: 'garbage', as: 'type' },
    ])
    const met = [
      await send('POST', maps, { body: named('a') }),
      await send('POST', maps, { body: named('b') }),
      await send('POST', maps, { body: named('c') }),
    ]
    expect(met.map(({ status, type }) => [status, type])).toEqual([
      [201, 'application/json'],
      [201, 'application/json'],
      [201, 'text/html'],
    ])
    expect(met[0]?.text).toBe('it works!\n')
    expect(() => JSON.parse(met[1]?.text ?? '') as unknown).toThrow(SyntaxError)
    expect(JSON.parse(met[2]?.text ?? '')).toMatchObject({ kind: 'ConfigMap' })
    expect(await Promise.all(['a', 'b', 'c'].map(isThere))).toEqual([true, true, true])
  })

  test('second-writer: somebody was first, and the API server itself says so', async () => {
    proxy.begin([
      {
        match: { verb: 'POST' },
        mode: 'second-writer',
        write: () => apiOk('POST', maps, named('a')),
      },
    ])
    const met = await send('POST', maps, { body: named('a') })
    expect(JSON.parse(met.text)).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      details: { name: 'a' },
    })
  })
})

describe('what happens to the process of the client', () => {
  /** A process that makes a ConfigMap, says the status and which signals came, and stays for one. */
  const client = (
    awaited = '',
  ): { child: ChildProcess; out: () => string; ended: Promise<unknown> } => {
    const script = `
      const { url, token, body, awaited } = JSON.parse(process.argv[1])
      const waiting = awaited && setInterval(() => undefined, 1000)
      for (const signal of ['SIGTERM', 'SIGINT'])
        process.on(signal, () => (console.log(signal), clearInterval(waiting)))
      const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' }
      require('node:https')
        .request(url, { method: 'POST', headers }, (answer) => console.log(answer.resume().statusCode))
        .end(body)`
    const given = {
      url: `${proxy.url}${maps}`,
      token: plane().token,
      body: JSON.stringify(named('a')),
      awaited,
    }
    const child = spawn(process.execPath, ['-e', script, JSON.stringify(given)], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: proxy.authority },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    proxy.strike(child)
    let text = ''
    child.stdout?.on('data', (part: Buffer) => (text += part.toString()))
    return { child, out: () => text, ended: new Promise((resolve) => child.once('close', resolve)) }
  }

  test.each<['kill-before' | 'kill-after', boolean]>([
    ['kill-before', false],
    ['kill-after', true],
  ])('%s: it is gone, and whether its write has landed is %s', async (mode, landed) => {
    proxy.begin([{ call: 1, mode }])
    const { child, out, ended } = client()
    await ended
    expect([child.signalCode, out()]).toEqual(['SIGKILL', ''])
    expect(await isThere('a')).toBe(landed)
  })

  test.each([
    ['term-before', 'SIGTERM'],
    ['int-before', 'SIGINT'],
  ] as const)('%s: it gets %s, and its answer', async (mode, signal) => {
    proxy.begin([{ call: 1, mode }])
    const { out, ended } = client(signal)
    await ended
    expect(out().split('\n').sort()).toEqual(['', '201', signal])
  })

  test('stop: it stands still for a time, then its call goes through', async () => {
    proxy.begin([{ call: 1, mode: 'stop', ms: 1500 }])
    const { child, out, ended } = client()
    await eventually(async () => proxy.calls.length === 1)
    await eventually(async () => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')))
    expect(await isThere('a')).toBe(false)
    await ended
    expect(out()).toBe('201\n')
  })
})

describe('what happens to a watch', () => {
  const last = (text: string): boolean => text.includes('"type":"BOOKMARK"')

  const watch = async (
    rule: FaultRule,
    leaving: { enough?: (text: string) => boolean; leaveAfter?: number } = { enough: last },
  ): Promise<Met & { events: string[] }> => {
    for (const name of ['a', 'b', 'ü']) {
      const labels = { data: { text: `${name}${name}` } }
      await apiOk('POST', maps, { ...named(name === 'ü' ? 'u' : name), ...labels })
    }
    proxy.begin([rule])
    const path = `${maps}?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`
    const met = await send('GET', `${path}&fieldSelector=metadata.name!=kube-root-ca.crt`, leaving)
    const events = met.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { type: string; object: { metadata?: { name?: string } } })
      .map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`.trim())
      // The server sends a bookmark again from time to time.
      .filter((event, at, every) => event !== 'BOOKMARK' || every[at - 1] !== event)
    return { ...met, events }
  }

  const all = ['ADDED a', 'ADDED b', 'ADDED u', 'BOOKMARK']

  test.each<[FaultRule, string[], string | undefined]>([
    [{ call: 2, mode: '500' }, all, 'LEFT'],
    [{ call: 1, mode: 'watch-drop', after: 2 }, all.slice(0, 2), undefined],
    [{ call: 1, mode: 'watch-error', after: 1 }, ['ADDED a', 'ERROR'], undefined],
    [{ call: 1, mode: 'watch-short', ms: 3000 }, all, undefined],
  ])('%j', async (rule, events, error) => {
    const met = await watch(rule, error === undefined ? {} : { enough: last })
    expect([met.status, met.events, met.error]).toEqual([200, events, error])
  })

  test('watch-no-bookmarks: bookmarks are kept back', async () => {
    const met = await watch(
      { call: 1, mode: 'watch-no-bookmarks' },
      { enough: (text) => text.includes('"name":"u"') },
    )
    expect([met.status, met.events, met.error]).toEqual([200, all.slice(0, 3), 'LEFT'])
  })

  test('watch-silent: 200, and then nothing', async () => {
    const met = await watch({ call: 1, mode: 'watch-silent' }, { leaveAfter: 700 })
    expect([met.status, met.events, met.error]).toEqual([200, [], 'LEFT'])
  })

  test('watch-gone: 410 in place of a stream', async () => {
    proxy.begin([{ call: 1, mode: 'watch-gone' }])
    const met = await send('GET', `${maps}?watch=1`)
    expect(met.status).toBe(410)
    expect(JSON.parse(met.text)).toMatchObject({ kind: 'Status', reason: 'Expired' })
  })

  test('watch-split: lines and characters are cut, and whole when put together', async () => {
    const met = await watch({ call: 1, mode: 'watch-split' })
    expect(met.events).toEqual(all)
    expect(met.text).toContain('"text":"üü"')
  })

  test('watch-big: the first event has an annotation of so many bytes', async () => {
    const met = await watch({ call: 1, mode: 'watch-big', bytes: 2_000_000 })
    expect(met.events).toEqual(all)
    expect(met.text.length).toBeGreaterThan(2_000_000)
  })

  test('watch-flood: the newest change comes again, so many times a second, between the others', async () => {
    let parts = 0
    const met = await watch(
      { call: 1, mode: 'watch-flood', perSecond: 10_000 },
      { enough: () => ++parts > 60 },
    )
    expect(met.events.length).toBeGreaterThan(1000)
    expect(met.events.filter((event) => all.includes(event)).slice(0, all.length)).toEqual(all)
    expect(new Set(met.events.slice(-100))).toEqual(new Set(['MODIFIED u']))
  })
})

test('a run that takes another path than the recorded one is told', async () => {
  proxy.begin()
  await send('GET', maps)
  await send('POST', maps, { body: named('a') })
  const record = [...proxy.calls]
  proxy.begin()
  await send('GET', maps)
  await send('POST', maps, { body: named('b') })
  expect(otherPath(record, proxy.calls, { upTo: 2 })).toBeUndefined()
  proxy.begin()
  await send('GET', maps)
  await send('GET', maps)
  expect(otherPath(record, proxy.calls, { upTo: 1 })).toBeUndefined()
  const plain = (path: string): string => path.replace(namespace, 'NS')
  expect(otherPath(record, proxy.calls, { upTo: 2, plain })).toBe(
    'other path: 2 GET /api/v1/namespaces/NS/configmaps in place of ' +
      '2 POST /api/v1/namespaces/NS/configmaps ConfigMap',
  )
})
