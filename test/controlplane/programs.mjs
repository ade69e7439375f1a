import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname

/** The programs of a control plane, and where the package is that each is built of. */
const PROGRAMS = {
  etcd: { module: here, source: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': { module: here, source: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  'kube-controller-manager': {
    module: here,
    source: 'k8s.io/kubernetes/cmd/kube-controller-manager',
  },
  'kube-scheduler': { module: here, source: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  kwok: { module: join(here, 'kwok'), source: 'sigs.k8s.io/kwok/cmd/kwok' },
}

/**
 * Looks for the programs in `$KUBEBUILDER_ASSETS` and among those built before.
 *
 * @returns paths by name, and the names of those that are nowhere
 */
export function findPrograms() {
  const folders = [process.env.KUBEBUILDER_ASSETS ?? '', cacheFolder()].filter(Boolean)
  const paths = {}
  for (const name of Object.keys(PROGRAMS)) {
    const file = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
    if (file !== undefined) paths[name] = file
  }
  return { paths, missing: Object.keys(PROGRAMS).filter((name) => paths[name] === undefined) }
}

/** Tells whether a control plane can start here: what is not found can be built. */
export function canHavePrograms() {
  return findPrograms().missing.length === 0 || hasGo()
}

/**
 * Finds the programs, and builds what is missing; that takes minutes, once.
 *
 * @returns paths by name
 * @throws where a program is missing and there is no Go, or the build fails
 */
export function ensurePrograms() {
  const { missing } = findPrograms()
  if (missing.length > 0) build(missing)
  return findPrograms().paths
}

function build(names) {
  if (!hasGo())
    throw new Error(`no ${names.join(', ')} in $KUBEBUILDER_ASSETS, and no Go to build them with`)
  process.stderr.write(`building ${names.join(', ')} (once, takes minutes)\n`)
  const folder = cacheFolder()
  mkdirSync(folder, { recursive: true })
  const temporary = mkdtempSync(join(folder, 'build-'))
  try {
    for (const name of names) {
      goBuild(join(temporary, name), PROGRAMS[name])
      renameSync(join(temporary, name), join(folder, name))
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function goBuild(output, { module, source }) {
  const args = ['build', '-p', '2', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags()]
  const { status, error } = spawnSync('go', [...args, '-o', output, source], {
    cwd: module,
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) throw error ?? new Error(`go build ${source} failed`)
}

/** Strips the programs and gives them the version that a release's own build would. */
function linkerFlags() {
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(readFileSync(join(here, 'go.mod'), 'utf8'))?.[1]
  const [major, minor] = version.slice(1).split('.')
  const variables = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: 'module',
    buildDate: '1970-01-01T00:00:00Z',
  }
  const prefix = 'k8s.io/component-base/version'
  return ['-s -w', ...Object.entries(variables).map(([k, v]) => `-X ${prefix}.${k}=${v}`)].join(' ')
}

/** Go's version is no part of the key: what was built once serves until the sources change. */
function cacheFolder() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${linkerFlags()}\n`)
  for (const name of ['go.mod', 'go.sum', 'kwok/go.mod', 'kwok/go.sum'])
    hash.update(readFileSync(join(here, name)))
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(caches, 'kubectl-pkg', 'controlplane', hash.digest('hex').slice(0, 16))
}

function hasGo() {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0
}
