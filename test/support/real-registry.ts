import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { hashSync } from 'bcryptjs'

export interface RealRegistry {
  /** `127.0.0.1:PORT`. */
  host: string
  /** Certificate of the authority, when the registry speaks https. */
  caFile: string
  /** A client's certificate and key of that authority. */
  certFile: string
  keyFile: string
  stop(): Promise<void>
}

export interface RealRegistryOptions {
  /** Speaks https with a certificate for 127.0.0.1. */
  tls?: boolean
  /** Wants a certificate of its clients. */
  clients?: boolean
  /** Names and passwords; without them everybody may do everything. */
  users?: Record<string, string>
}

/**
 * Starts Debian's `docker-registry`, the reference implementation of the distribution
 * specification, on a free port of loopback, with its data in a temporary folder.
 */
export async function startRegistry(options: RealRegistryOptions = {}): Promise<RealRegistry> {
  if (spawnSync('docker-registry', ['--version']).error !== undefined) {
    throw new Error('docker-registry is not installed: apt-get install docker-registry')
  }
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-registry-'))
  const caFile = join(folder, 'ca.crt')
  if (options.tls === true) makeCertificates(folder)
  const file = join(folder, 'config.json')
  writeFileSync(file, JSON.stringify(configuration(folder, options)))
  const program = spawn('docker-registry', ['serve', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  })
  const ended = new Promise<void>((resolve) => {
    program.once('exit', () => resolve())
  })
  const host = await hostOf(program.stderr)
  return {
    host,
    caFile,
    certFile: join(folder, 'client.crt'),
    keyFile: join(folder, 'client.key'),
    async stop() {
      program.kill()
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

/** The configuration is YAML, and JSON is YAML too. */
function configuration(folder: string, { tls, clients, users }: RealRegistryOptions): unknown {
  if (users !== undefined) {
    const lines = Object.entries(users).map(([name, word]) => `${name}:${hashSync(word, 4)}\n`)
    writeFileSync(join(folder, 'htpasswd'), lines.join(''))
  }
  mkdirSync(join(folder, 'data'))
  return {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: {
      addr: '127.0.0.1:0',
      secret: 'secret of a test',
      ...(tls === true
        ? {
            tls: {
              certificate: join(folder, 'server.crt'),
              key: join(folder, 'server.key'),
              ...(clients === true ? { clientcas: [join(folder, 'ca.crt')] } : {}),
            },
          }
        : {}),
    },
    ...(users === undefined
      ? {}
      : { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
  }
}

async function hostOf(log: NodeJS.ReadableStream): Promise<string> {
  const lines: string[] = []
  for await (const line of createInterface(log)) {
    lines.push(line)
    const [, host] = /listening on ([\d.]+:\d+)/.exec(line) ?? []
    if (host === undefined) continue
    // Nobody reads on; a full pipe would stop the registry.
    log.resume()
    return host
  }
  throw new Error(`docker-registry ended:\n${lines.join('\n')}`)
}

/** Makes an authority, and certificates of it for 127.0.0.1 and for a client. */
function makeCertificates(folder: string): void {
  const make = (name: string, args: readonly string[]) => {
    const out = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)]
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']
    execFileSync('openssl', ['req', '-x509', '-days', '30', ...key, ...out, ...args], {
      stdio: 'ignore',
    })
  }
  make('ca', ['-subj', '/CN=registry test authority'])
  const signed = ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key')]
  const leaf = [...signed, '-addext', 'basicConstraints=critical,CA:FALSE']
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost'
  make('server', [...leaf, '-subj', '/CN=127.0.0.1', '-addext', names])
  make('client', [...leaf, '-subj', '/CN=ann', '-addext', 'extendedKeyUsage=clientAuth'])
}
