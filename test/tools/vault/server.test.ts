import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { freePorts } from '../../support/free-ports.ts'
import { at } from '../../support/gates.ts'
import { renderOnce } from '../../support/render-add-on.ts'
import { eventuallyGiven, start, type Running } from '../processes.ts'
import { vaultPrograms } from './programs.mjs'

const home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-vault-'))
afterAll(() => rmSync(home, { recursive: true }))

test('a server is opened, and keeps a secret over a restart', async () => {
  const server = await serverOf(['distribution=vault', 'metrics.enabled=true'])
  const init = { secret_shares: 3, secret_threshold: 2 }
  const made = await server.answer('PUT', 'sys/init', init)
  const keys = at(made, 'keys') as string[]
  const token = at(made, 'root_token') as string
  await open(server, keys)
  await eventuallyGiven(
    async () => (await server.call('GET', 'sys/health')).status === 200 || undefined,
    { programs: [server.program()] },
  )
  await server.call('POST', 'sys/mounts/shop', { type: 'kv' }, token)
  await server.call('PUT', 'shop/card', { number: '42' }, token)

  await server.restart()
  expect((await server.call('GET', 'sys/health?sealedcode=204')).status).toBe(204)
  await open(server, keys)
  const kept = await eventuallyGiven(
    async () => {
      const { status, body } = await server.call('GET', 'shop/card', undefined, token)
      return status === 200 ? at(body, 'data') : undefined
    },
    { programs: [server.program()] },
  )
  expect(kept).toEqual({ number: '42' })
  expect((await server.call('GET', 'sys/metrics?format=prometheus')).status).toBe(200)
  expect(server.program().output()).not.toContain('unknown or unsupported field')
})

test('what the program does not know, it names', async () => {
  const server = await serverOf(['distribution=vault', 'extraConfig=log_leevel = "info"'])
  const program = server.program()
  // It may answer before all that it printed has been read.
  await eventuallyGiven(
    async () => program.output().includes('unknown or unsupported field log_leevel') || undefined,
    { programs: [program] },
  )
})

/** A server with the configuration and the certificate of a render. */
interface Server {
  program(): Running
  /** Calls its API below /v1, as pods do that trust the authority of the chart. */
  call(method: string, path: string, body?: Json, token?: string): Promise<Answer>
  /** The body of an answer; @throws when it refuses */
  answer(method: string, path: string, body: Json): Promise<Json>
  restart(): Promise<void>
}

interface Answer {
  status: number
  body: Json
}

async function serverOf(set: string[]): Promise<Server> {
  const { objects } = await renderOnce('vault', { set })
  const folder = mkdtempSync(join(home, 'server-'))
  const [port = 0, cluster = 0] = await freePorts(2)
  const config = join(folder, 'server.hcl')
  const tls = certificateOf(objects, join(folder, 'tls'))
  mkdirSync(join(folder, 'data'))
  writeFileSync(config, configurationOf(objects, { folder, port, cluster }))
  const env = {
    VAULT_API_ADDR: `https://127.0.0.1:${port}`,
    VAULT_CLUSTER_ADDR: `https://127.0.0.1:${cluster}`,
    VAULT_RAFT_NODE_ID: 'edge-vault-0',
  }
  const run = (): Running =>
    start(vaultPrograms.ensure().vault, ['server', `-config=${config}`], { env })
  const call: Server['call'] = (method, path, body, token = '') =>
    ask({ method, path: `/v1/${path}`, port, ca: tls['ca.crt'] ?? '', token }, body)
  let program = run()
  const listens = (): Promise<unknown> =>
    eventuallyGiven(() => call('GET', 'sys/seal-status').catch(() => undefined), {
      programs: [program],
    })
  await listens()
  return {
    program: () => program,
    call,
    async answer(method, path, given) {
      const { status, body } = await call(method, path, given)
      if (status !== 200) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`)
      return body
    },
    async restart() {
      await program.stop()
      program = run()
      await listens()
    },
  }
}

async function open(server: Server, keys: readonly string[]): Promise<void> {
  await server.answer('PUT', 'sys/unseal', { key: keys[0] ?? '' })
  const status = await server.answer('PUT', 'sys/unseal', { key: keys[1] ?? '' })
  expect(at(status, 'sealed')).toBe(false)
}

/** Writes the certificate that the chart generates; gives its texts. */
function certificateOf(objects: readonly KubeObject[], folder: string): Record<string, string> {
  const secret = objects.find(({ type }) => type === 'kubernetes.io/tls')
  mkdirSync(folder)
  return Object.fromEntries(
    Object.entries(at(secret ?? {}, 'data') as Record<string, string>).map(([name, data]) => {
      const text = Buffer.from(data, 'base64').toString()
      writeFileSync(join(folder, name), text)
      return [name, text]
    }),
  )
}

/**
 * The configuration of a render with places of this machine for those of a pod, and without its
 * registration, which asks the API server of the pod's cluster.
 */
function configurationOf(
  objects: readonly KubeObject[],
  { folder, port, cluster }: { folder: string; port: number; cluster: number },
): string {
  const map = objects.find(({ kind }) => kind === 'ConfigMap')
  return (at(map ?? {}, 'data', 'server.hcl') as string)
    .replace('service_registration "kubernetes" {}', '')
    .replaceAll('"/vault/', `"${folder}/`)
    .replace('[::]:8200', `127.0.0.1:${port}`)
    .replace('[::]:8201', `127.0.0.1:${cluster}`)
}

function ask(
  to: { method: string; path: string; port: number; ca: string; token: string },
  body: Json | undefined,
): Promise<Answer> {
  const { method, path, port, ca, token } = to
  const headers = token === '' ? {} : { 'x-vault-token': token }
  const options = { method, path, port, ca, headers, host: '127.0.0.1', agent: false }
  return new Promise((resolve, reject) => {
    const sent = request(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.on('end', () => {
        const isJson = text.startsWith('{')
        resolve({
          status: answer.statusCode ?? 0,
          body: isJson ? (JSON.parse(text) as JsonObject) : text,
        })
      })
    })
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}
