import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * A family of programs that tests run, built once from Go modules and kept in the person's cache.
 *
 * @param name folder of the cache
 * @param programs by name: `module`, the folder of its go.mod; `source`, its package; `tags`
 * @param options `key`, files whose change makes new programs; `linkerFlags`; `folders` that may
 *   have the programs already
 */
export function goPrograms(name, programs, { key, linkerFlags = '-s -w', folders = () => [] }) {
  const cache = cacheFolder(name, linkerFlags, key)

  /** Paths of what is there by name, and the names of what is nowhere. */
  function find() {
    const places = [...folders(), cache]
    const paths = {}
    for (const program of Object.keys(programs)) {
      const file = places.map((folder) => join(folder, program)).find((path) => existsSync(path))
      if (file !== undefined) paths[program] = file
    }
    return { paths, missing: Object.keys(programs).filter((each) => paths[each] === undefined) }
  }

  /** Tells whether they can be had here: what is not found can be built. */
  function canHave() {
    return find().missing.length === 0 || hasGo()
  }

  /**
   * Finds the programs, and builds what is missing; that takes minutes, once.
   *
   * @returns paths by name
   * @throws where a program is missing and there is no Go, or the build fails
   */
  function ensure() {
    const { missing } = find()
    if (missing.length > 0) {
      if (!hasGo()) throw new Error(`no ${missing.join(', ')}, and no Go to build them with`)
      process.stderr.write(`building ${missing.join(', ')} (once, takes minutes)\n`)
      build(missing)
    }
    return find().paths
  }

  function build(names) {
    mkdirSync(cache, { recursive: true })
    const temporary = mkdtempSync(join(cache, 'build-'))
    try {
      for (const program of names) {
        goBuild(join(temporary, program), programs[program], linkerFlags)
        renameSync(join(temporary, program), join(cache, program))
      }
    } finally {
      rmSync(temporary, { recursive: true, force: true })
    }
  }

  return { find, canHave, ensure }
}

function goBuild(output, { module, source, tags = '' }, linkerFlags) {
  const flags = ['-p', '2', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags, '-tags', tags]
  const { status, error } = spawnSync('go', ['build', ...flags, '-o', output, source], {
    cwd: module,
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) throw error ?? new Error(`go build ${source} failed`)
}

/** Go's version is no part of the key: what was built once serves until the sources change. */
function cacheFolder(name, linkerFlags, key) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${linkerFlags}\n`)
  for (const file of key) hash.update(readFileSync(file))
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(caches, 'kubectl-pkg', name, hash.digest('hex').slice(0, 16))
}

function hasGo() {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0
}
