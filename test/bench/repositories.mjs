// Repositories of a stated size, served on loopback by a process of its own: the programs that
// are timed are waited for without turning the event loop.
import { fork, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const CHARTS = 300
const VERSIONS = 50
const DEPENDENCIES = 20

const SERVE = '--serve-repositories'
if (process.argv[2] === SERVE) serve(process.argv[3])

/** Jobs that need what `openRepositories` sets up. */
export function repositoryJobs(folder) {
  const emptyCache = () => rmSync(join(folder, 'cache'), { recursive: true, force: true })
  const index = '19.7 MB index, 15,000 entries'
  return [
    { name: `repo update: ${index}`, goal: 0.15, args: ['repo', 'update'], before: emptyCache },
    { name: `repo update: ${index}, unchanged`, goal: 0.03, args: ['repo', 'update'] },
    { name: `search repo: ${index}`, goal: 0.03, args: ['search', 'repo', 'chart-77'] },
    { name: `show chart: ${index}`, goal: 0.03, args: ['show', 'chart', 'big/tiny'] },
    { name: `template: chart of a ${index}`, goal: 0.05, args: ['template', 'rel', 'big/tiny'] },
    {
      name: 'dependency build: 20 dependencies',
      goal: 0.6,
      args: ['dependency', 'build', 'app', '--repository-config', join(folder, 'small.yaml')],
      before() {
        emptyCache()
        rmSync(join(folder, '.cache'), { recursive: true, force: true })
        rmSync(join(folder, 'app/charts'), { recursive: true, force: true })
      },
    },
    {
      name: `dependency build: 20 dependencies beside a ${index}`,
      goal: 0.01,
      // Helm reads the big index once for every dependency: a minute of processor time.
      most: 1,
      args: ['dependency', 'build', 'app'],
      before: () => rmSync(join(folder, 'app/charts'), { recursive: true, force: true }),
    },
  ].map((job) => ({ ...job, needsRepositories: true }))
}

/**
 * Serves a big and a small repository, tells both programs of the big one, and writes a chart
 * `app` that depends on all of the small one.
 */
export async function openRepositories({ folder, env, main, helm }) {
  const site = join(folder, 'site')
  const run = (...command) => {
    const { status, stderr } = spawnSync(command[0], command.slice(1), { cwd: folder, env })
    if (status !== 0) throw new Error(`${command.join(' ')} failed:\n${stderr}`)
  }
  makeBig(folder, site, run.bind(undefined, process.execPath, main))
  makeSmall(folder, site, run.bind(undefined, process.execPath, main))
  const server = fork(fileURLToPath(import.meta.url), [SERVE, site])
  const port = await new Promise((resolve) => server.once('message', resolve))
  const url = `http://127.0.0.1:${port}`
  for (const program of [[helm], [process.execPath, main]]) {
    for (const name of ['big', 'small']) run(...program, 'repo', 'add', name, `${url}/${name}`)
  }
  writeFileSync(
    join(folder, 'small.yaml'),
    `apiVersion: ""\nrepositories: [{name: small, url: "${url}/small"}]\n`,
  )
  const entries = names().map(
    (name) => `- {name: ${name}, version: 1.0.0, repository: "${url}/small"}\n`,
  )
  mkdirSync(join(folder, 'app'), { recursive: true })
  writeFileSync(
    join(folder, 'app/Chart.yaml'),
    `apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n${entries.join('')}`,
  )
  run(helm, 'dependency', 'update', 'app', '--repository-config', join(folder, 'small.yaml'))
  return () => server.kill()
}

const names = () => Array.from({ length: DEPENDENCIES }, (_, at) => `part-${at}`)

/** An index of the size of Bitnami's, with one chart that is really there. */
function makeBig(folder, site, ours) {
  ours('package', 'tiny', '-d', join(site, 'big'))
  const archive = readFileSync(join(site, 'big/tiny-1.0.0.tgz'))
  const parts = ['apiVersion: v1\nentries:\n']
  for (let chart = 0; chart < CHARTS; chart++) {
    parts.push(`  chart-${chart}:\n`)
    for (let version = VERSIONS; version > 0; version--) parts.push(entry(chart, version))
  }
  const digest = createHash('sha256').update(archive).digest('hex')
  parts.push(
    `  tiny:\n  - apiVersion: v2\n    digest: ${digest}\n    name: tiny\n    urls:\n    - tiny-1.0.0.tgz\n    version: 1.0.0\n`,
  )
  parts.push('generated: "2026-01-02T03:04:05Z"\n')
  writeFileSync(join(site, 'big/index.yaml'), parts.join(''))
}

function entry(chart, version) {
  const name = `chart-${chart}`
  const sources = Array.from(
    { length: 8 },
    (_, at) => `    - https://github.example.com/charts/${name}/tree/main/part-${at}\n`,
  )
  return `  - annotations:
      category: Application
      images: |
        - name: ${name}
          image: registry.example.com/charts/${name}:${version}.0.${chart}
        - name: shell
          image: registry.example.com/charts/shell:12-debian-r${version}
    apiVersion: v2
    appVersion: ${version}.0.${chart}
    created: "2026-01-02T03:04:05.678901234Z"
    description: ${name} is a server that keeps what others need, made for a cluster.
    digest: ${createHash('sha256').update(`${name} ${version}`).digest('hex')}
    home: https://charts.example.com/${name}
    keywords:
    - ${name}
    - server
    maintainers:
    - email: people@example.com
      name: The people
    name: ${name}
    sources:
${sources.join('')}    urls:
    - https://charts.example.com/archives/${name}-${version}.0.0.tgz
    version: ${version}.0.0
`
}

function makeSmall(folder, site, ours) {
  for (const name of names()) {
    mkdirSync(join(folder, 'parts', name), { recursive: true })
    writeFileSync(
      join(folder, 'parts', name, 'Chart.yaml'),
      `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    )
    ours('package', join('parts', name), '-d', join(site, 'small'))
  }
  ours('repo', 'index', join(site, 'small'))
}

/** Serves files with an ETag, texts compressed for those who take that. */
function serve(site) {
  const known = new Map()
  const read = (path) => {
    const file = join(site, path)
    if (!known.has(path) && existsSync(file)) {
      const plain = readFileSync(file)
      const etag = `"${createHash('sha256').update(plain).digest('hex').slice(0, 16)}"`
      known.set(path, { plain, etag, zipped: path.endsWith('.yaml') && gzipSync(plain) })
    }
    return known.get(path)
  }
  const server = createServer(({ url, headers }, response) => {
    const found = read(new URL(url, 'http://x').pathname)
    if (found === undefined) {
      response.writeHead(404).end()
      return
    }
    const { plain, etag, zipped } = found
    if (headers['if-none-match'] === etag) {
      response.writeHead(304, { ETag: etag }).end()
      return
    }
    const isZipped = zipped !== false && /gzip/.test(headers['accept-encoding'] ?? '')
    const encoding = isZipped ? { 'Content-Encoding': 'gzip' } : {}
    response.writeHead(200, { ETag: etag, ...encoding }).end(isZipped ? zipped : plain)
  })
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
}
