import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Exchange, ProxiedCall } from './fault-exchange.ts'
import { answerWith } from './fault-modes.ts'
import { faultChooser, type CallFacts, type Fault, type FaultRule } from './fault-rules.ts'
import { plane, writeKubeconfig } from './plane.ts'

/** A proxy between clients and the real API server that changes nothing unless a rule says so. */
export interface FaultProxy {
  /** Where it listens, `https://127.0.0.1:<port>`. */
  url: string
  /** Its authority's certificate, a file. */
  authority: string
  /** The calls of the run so far, in order of arrival. */
  calls: ProxiedCall[]
  /** The most calls that were under way at a time; watches and followed logs are left out. */
  mostAtOnce: () => number
  /** Begins a run: its rules hold, numbers start again, the log is empty. */
  begin: (rules?: readonly FaultRule[]) => void
  /** Names the process that signals go to. */
  strike: (client: ChildProcess) => void
  /** Writes a kubeconfig that names the proxy, with a bearer token, the administrator's unless told. */
  kubeconfig: (parts?: { token?: string; namespace?: string }) => string
  close: () => Promise<void>
}

/** What a run's calls share. */
interface Run {
  began: number
  count: number
  atOnce: number
  mostAtOnce: number
  choose: ReturnType<typeof faultChooser>
}

/**
 * Starts a proxy to the control plane of the tests.
 *
 * @param isHeartbeat tells the calls that get no number since they come by the clock
 */
export async function startFaultProxy(
  isHeartbeat: (call: CallFacts) => boolean = renewsLease,
): Promise<FaultProxy> {
  const { authority } = plane()
  const server = await listen(dirname(authority))
  const upstream = new Agent({ keepAlive: true, ca: await readFile(authority) })
  const calls: ProxiedCall[] = []
  const sockets = new Map<number, Socket>()
  let client: ChildProcess | undefined
  let run = newRun([])

  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0
    sockets.set(port, socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(port))
  })
  server.on('upgrade', (asked: IncomingMessage, socket: Duplex) =>
    forwardUpgrade(asked, socket, upstream),
  )
  server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
    const call = newCall(asked, run, isHeartbeat)
    calls.push(call)
    const exchange: Exchange = {
      asked,
      answer,
      call,
      open: (body) => forward(exchange, body, upstream),
      reset: () => sockets.get(asked.socket.remotePort ?? 0)?.resetAndDestroy(),
      signal: (signal) => signalled(client, signal),
    }
    void serve(exchange, run)
  })

  const { port } = server.address() as AddressInfo
  const url = `https://127.0.0.1:${port}`
  return {
    url,
    authority,
    calls,
    mostAtOnce: () => run.mostAtOnce,
    begin: (rules = []) => {
      calls.length = 0
      run = newRun(rules)
    },
    strike: (child) => (client = child),
    kubeconfig: (parts = {}) => writeKubeconfig({ server: url, authority, ...parts }),
    close: async () => {
      for (const socket of sockets.values()) socket.destroy()
      upstream.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Gives the calls as lines: number, time, verb, path, type, bytes, status, fault. */
export function callLines(calls: readonly ProxiedCall[]): string[] {
  return calls.map(({ number, time, verb, path, type, kind, bytes, status, mode }) =>
    [number || '-', `${time}ms`, verb, path, type || '-', kind || '-', bytes, status, mode]
      .join(' ')
      .trimEnd(),
  )
}

/** The calls that could have changed something; dry runs are none. */
export function writesOf(calls: readonly ProxiedCall[]): ProxiedCall[] {
  return calls.filter(
    ({ verb, path }) => !['GET', 'HEAD', 'WATCH'].includes(verb) && !/[?&]dryRun=/.test(path),
  )
}

/**
 * Tells where a run took another way than a recorded one, among its first counted calls.
 *
 * @param upTo the number of the call that met a fault
 * @param plain makes paths of two runs comparable, such as by taking namespaces out
 */
export function otherPath(
  record: readonly ProxiedCall[],
  calls: readonly ProxiedCall[],
  { upTo, plain = (path) => path }: { upTo: number; plain?: (path: string) => string },
): string | undefined {
  const names = (run: readonly ProxiedCall[]): string[] =>
    run
      .filter(({ number }) => number > 0 && number <= upTo)
      .map(({ number, verb, path, kind }) => `${number} ${verb} ${plain(path)} ${kind}`.trimEnd())
  const [wanted, seen] = [names(record), names(calls)]
  const at = wanted.findIndex((name, index) => name !== seen[index])
  return at < 0 ? undefined : `other path: ${seen[at] ?? 'nothing'} in place of ${wanted[at]}`
}

/** Listens with the certificate of the API server, which lies in that folder. */
async function listen(folder: string): Promise<Server> {
  const [cert, key] = await Promise.all(
    ['server.crt', 'server.key'].map((name) => readFile(join(folder, name))),
  )
  const server = createServer({ cert, key, keepAliveTimeout: 60_000, requestTimeout: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function newRun(rules: readonly FaultRule[]): Run {
  const choose = faultChooser(rules)
  return { began: performance.now(), count: 0, atOnce: 0, mostAtOnce: 0, choose }
}

function newCall(
  asked: IncomingMessage,
  run: Run,
  isHeartbeat: (call: CallFacts) => boolean,
): ProxiedCall {
  const path = asked.url ?? '/'
  const isWatch = asked.method === 'GET' && /[?&]watch=(?:1|true)/.test(path)
  const call: ProxiedCall = {
    number: 0,
    verb: isWatch ? 'WATCH' : (asked.method ?? 'GET'),
    path,
    body: '',
    time: Math.round(performance.now() - run.began),
    type: asked.headers['content-type'] ?? '',
    kind: '',
    status: 0,
    bytes: 0,
    mode: '',
  }
  if (!isHeartbeat(call)) call.number = ++run.count
  return call
}

function renewsLease({ verb, path }: CallFacts): boolean {
  return (verb === 'PUT' || verb === 'PATCH') && /\/coordination\.k8s\.io\/.*\/leases\//.test(path)
}

async function serve(exchange: Exchange, run: Run): Promise<void> {
  const { asked, answer, call } = exchange
  const isLong = call.verb === 'WATCH' || /[?&]follow=(?:1|true)/.test(call.path)
  if (!isLong) {
    run.mostAtOnce = Math.max(run.mostAtOnce, ++run.atOnce)
    answer.once('close', () => run.atOnce--)
  }
  try {
    let fault: Fault | undefined = run.choose.atHead(call)
    if (fault?.mode === 'stall' && fault.at === 'request') {
      call.mode = fault.mode
      asked.socket.pause()
      return
    }
    const body = await bodyOf(asked)
    call.body = body.toString('utf8')
    call.kind = kindOf(call)
    fault ??= run.choose.atBody(call)
    call.mode = fault?.mode ?? ''
    await answerWith(fault, exchange, body)
  } catch (error) {
    // A client that left is as it should be; what else broke is to be seen in the log.
    if (!asked.socket.destroyed) call.mode += ` broke: ${String(error)}`
    asked.socket.destroy()
  }
}

async function bodyOf(asked: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of asked) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function kindOf({ body, type }: ProxiedCall): string {
  const found =
    type.includes('json') || type.includes('yaml') ? /"?kind"?: ?"?(\w+)/.exec(body) : null
  return found?.[1] ?? ''
}

/** Sends a call on and gives the answer's head; its body is still to come. */
function forward(
  { asked, answer }: Exchange,
  body: Buffer,
  agent: Agent,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = sendOn(asked, agent)
    sent.on('response', resolve).on('error', reject)
    answer.once('close', () => sent.destroy())
    sent.end(body)
  })
}

/** Opens a request with the very headers of another; some may be there more than once. */
function sendOn(asked: IncomingMessage, agent: Agent): ClientRequest {
  const { method, rawHeaders } = asked
  return request(`${plane().server}${asked.url}`, { method, headers: rawHeaders, agent })
}

/** Joins the two ends of a connection that becomes something else than HTTP, as `exec` does. */
function forwardUpgrade(asked: IncomingMessage, socket: Duplex, agent: Agent): void {
  const sent = sendOn(asked, agent)
  sent.on('error', () => socket.destroy())
  sent.on('upgrade', (answer: IncomingMessage, other: Duplex, head: Buffer) => {
    const lines = answer.rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`))
    socket.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${lines.join('')}\r\n`)
    socket.write(head)
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      from.pipe(to)
      from.on('error', () => to.destroy())
    }
  })
  sent.on('response', (answer) => {
    socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\ncontent-length: 0\r\n\r\n`)
  })
  sent.end()
}

/** Sends a signal to the client under test; for SIGKILL it waits until the process is gone. */
async function signalled(client: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (client === undefined) throw new Error('no client was named to be struck')
  if (client.exitCode !== null || client.signalCode !== null) return
  const gone = new Promise((resolve) => client.once('exit', resolve))
  client.kill(signal)
  if (signal === 'SIGKILL') await gone
}
