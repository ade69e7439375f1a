import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from './free-ports.ts'

export interface Nginx {
  /** The published folder, by compressed answers with an ETag. */
  url: string
  /** The same, for `ann` with the password `correct horse` alone. */
  closedUrl: string
  /** Sends everybody to `closedUrl`, which is another host to a client: its port differs. */
  movedUrl: string
  /** Lines of the access log: status, method, path, user, and what the body was encoded with. */
  log(): string[]
  stop(): Promise<void>
}

/**
 * Starts Debian's nginx, which serves a folder on loopback as static repositories are served.
 */
export async function startNginx(folder: string): Promise<Nginx> {
  if (spawnSync('nginx', ['-v']).error !== undefined) {
    throw new Error('nginx is not installed: apt-get install nginx')
  }
  const home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-nginx-'))
  const [open = 0, closed = 0, moved = 0] = await freePorts(3)
  const file = join(home, 'nginx.conf')
  writeFileSync(join(home, 'users'), 'ann:{PLAIN}correct horse\n')
  writeFileSync(file, configuration({ home, folder, ports: [open, closed, moved] }))
  const program = spawn('nginx', ['-c', file, '-p', home, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  program.stderr.on('data', (data: Buffer) => (errors += data.toString()))
  const ended = new Promise<void>((resolve) => program.once('exit', () => resolve()))
  await listening(moved, () => (program.exitCode === null ? undefined : errors))
  return {
    url: `http://127.0.0.1:${open}`,
    closedUrl: `http://127.0.0.1:${closed}`,
    movedUrl: `http://127.0.0.1:${moved}`,
    log: () => readFileSync(join(home, 'access.log'), 'utf8').split('\n').slice(0, -1),
    async stop() {
      program.kill()
      await ended
      rmSync(home, { recursive: true })
    },
  }
}

interface Setup {
  home: string
  folder: string
  ports: readonly [open: number, closed: number, moved: number]
}

function configuration({ home, folder, ports: [open, closed, moved] }: Setup): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
master_process off;
pid ${home}/pid;
events {}
http {
  ${kinds.map((kind) => `${kind}_temp_path ${home}/${kind};`).join('\n  ')}
  log_format short '$status $request_method $uri $remote_user $sent_http_content_encoding';
  access_log ${home}/access.log short;
  types { text/yaml yaml; application/gzip tgz; }
  gzip on;
  gzip_types text/yaml;
  root ${folder};
  server { listen 127.0.0.1:${open}; }
  server {
    listen 127.0.0.1:${closed};
    auth_basic charts;
    auth_basic_user_file ${home}/users;
  }
  server {
    listen 127.0.0.1:${moved};
    location / { return 302 http://127.0.0.1:${closed}$request_uri; }
  }
}
`
}

async function listening(port: number, failure: () => string | undefined): Promise<void> {
  const end = Date.now() + 120_000
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket.end() !== undefined))
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    const text = failure() ?? (Date.now() > end ? 'it does not listen' : undefined)
    if (text !== undefined) throw new Error(`nginx ended: ${text}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
}
