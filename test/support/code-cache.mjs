// Runs typical commands of the built program, so that V8's code cache holds what they compile.
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeLargeFile, writeLargeParts, writeWarmChart } from './warm-chart.mjs'
import { serveWarmSite } from './warm-site.mjs'

const main = new URL('../../dist/main.js', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-warm-'))
const target = `dir:${folder}/deploy`
const env = {
  ...process.env,
  NODE_OPTIONS: '',
  NO_PROXY: '*',
  KUBECTL_PKG_CONFIG_HOME: join(folder, 'config'),
  KUBECTL_PKG_CACHE_HOME: join(folder, 'cache'),
  KUBECTL_PKG_DATA_HOME: join(folder, 'data'),
}

/**
 * Commands with a code cache of their own. Of the scripts that its first run loads only what this
 * run needs is kept, as V8 takes time for every function; what later ones load besides is kept as
 * they need it. All other commands share a cache with what any run needed.
 */
const OWN = new Set(['template', 'lint', 'list'])
const begun = new Set()

writeWarmChart(join(folder, 'warm'))
await runAll(withCharts())
// A large chart changes V8's flags, and what it loads then is kept a second time. Of scripts that
// several of these runs load, the code of the last one is kept.
for (const chart of ['warm', 'native']) writeLargeFile(join(folder, chart))
writeLargeParts(join(folder, 'warm'))
cpSync(join(folder, 'classic-0.1.0.tgz'), join(folder, 'warm/charts/classic-0.1.0.tgz'))
const large = [
  ['template', 'web', './native'],
  ['template', 'web', './warm'],
  ['install', 'large', './native', '--target', target],
  ['upgrade', 'full', './warm', '--target', target],
]
await runAll(large, 'late')
// Once more with what the runs before have kept, as nearly all runs of a large chart are. What it
// compiles of the scripts that are loaded before the flags change is kept with them.
await runAll([['template', 'web', './warm']], 'long')
await assertNothingIsLeft(['template', 'web', './warm'])
const site = await serveWarmSite(readFileSync(join(folder, 'classic-0.1.0.tgz')))
writeDependent(`http://${site.host}`)
await runAll(withRepositories(site.host))
site.close()
rmSync(folder, { recursive: true })

function withCharts() {
  const values = ['--set', 'a.b=1,list[0]=x', '-f', 'warm/values.yaml']
  return [
    ['version'],
    ['env'],
    ['create', 'native'],
    ['create', 'classic', '--engine', 'gotemplate'],
    ['template', 'web', './classic'],
    ['template', 'web', './native'],
    ['template', 'web', './warm', ...values, '--include-crds'],
    ['lint', './classic'],
    ['show', 'all', './classic'],
    ['package', './classic'],
    ['publish', './classic', './repository'],
    ['dependency', 'list', './classic'],
    ['install', 'web', './native', '--target', target],
    ['upgrade', 'web', './native', '--set', 'replicas=2', '--target', target],
    ['install', 'full', './warm', ...values, '--target', target],
    ['list', '--target', target],
    ['status', 'web', '--target', target],
    ['history', 'web', '--target', target],
    ['get', 'values', 'web', '--target', target],
    ['get', 'manifest', 'web', '--target', target],
    ['diff', 'web', '1', '2', '--target', target],
    ['rollback', 'web', '1', '--target', target],
    ['uninstall', 'web', '--target', target],
  ]
}

function withRepositories(host) {
  const oci = [`oci://${host}/classic`, '--version', '0.1.0', '--plain-http']
  return [
    ['repo', 'add', 'warm', `http://${host}`],
    ['repo', 'update'],
    ['repo', 'list'],
    ['search', 'repo', 'server'],
    ['versions', 'warm/classic'],
    ['show', 'chart', 'warm/classic'],
    ['show', 'values', 'warm/classic'],
    ['pull', 'warm/classic'],
    ['template', 'web', 'warm/classic'],
    ['install', 'web', 'warm/classic', '--target', target],
    ['dependency', 'update', 'app'],
    ['dependency', 'build', 'app'],
    ['tags', `oci://${host}/classic`, '--plain-http'],
    ['pull', ...oci],
    ['template', 'web', ...oci],
  ]
}

/** Writes a chart that depends on that of the repository. */
function writeDependent(url) {
  mkdirSync(join(folder, 'app'))
  writeFileSync(
    join(folder, 'app/Chart.yaml'),
    `apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {name: classic, version: ^0.1, repository: "${url}"}\n`,
  )
}

/** A run keeps the code that the build has not. */
async function assertNothingIsLeft(args) {
  await run(args, env)
  if (existsSync(join(env.KUBECTL_PKG_CACHE_HOME, 'code'))) {
    throw new Error(`the code cache lacks what kubectl-pkg ${args.join(' ')} needs`)
  }
}

/** @param which scripts' code is kept: those that were loaded `late`, after the change of flags, or also those before it */
async function runAll(runs, which) {
  for (const args of runs) {
    const { owner, kept } = keeperOf(args)
    const keeps = `${which ?? kept}/${owner}`
    await run(args, { ...env, KUBECTL_PKG_BUILDS_CODE_CACHE: keeps })
  }
}

async function run(args, environment) {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: environment })
  let text = ''
  child.stdout.resume()
  child.stderr.on('data', (chunk) => (text += chunk))
  const status = await new Promise((resolve) => child.once('close', resolve))
  if (status !== 0) {
    throw new Error(`kubectl-pkg ${args.join(' ')} failed while the build warmed it:\n${text}`)
  }
}

/** In which folder the code of a run is kept, and of which scripts. */
function keeperOf([command]) {
  if (!OWN.has(command)) return { owner: 'common', kept: 'all' }
  const kept = begun.has(command) ? 'rest' : 'all'
  begun.add(command)
  return { owner: command, kept }
}
