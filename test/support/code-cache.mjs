// Runs typical commands of the built program, so that V8's code cache holds what they compile.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeWarmChart } from './warm-chart.mjs'

const main = new URL('../../dist/main.js', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-warm-'))
const target = `dir:${folder}/deploy`
writeWarmChart(join(folder, 'warm'))
const runs = [
  ['version'],
  ['env'],
  ['create', 'native'],
  ['create', 'classic', '--engine', 'gotemplate'],
  ['template', 'web', './classic'],
  ['template', 'web', './native'],
  [
    'template',
    'web',
    './warm',
    '--set',
    'a.b=1,list[0]=x',
    '-f',
    'warm/values.yaml',
    '--include-crds',
  ],
  ['lint', './classic'],
  ['show', 'all', './classic'],
  ['package', './classic'],
  ['publish', './classic', './repository'],
  ['dependency', 'list', './classic'],
  ['install', 'web', './native', '--target', target],
  ['upgrade', 'web', './native', '--set', 'replicas=2', '--target', target],
  ['list', '--target', target],
  ['status', 'web', '--target', target],
  ['history', 'web', '--target', target],
  ['get', 'values', 'web', '--target', target],
  ['get', 'manifest', 'web', '--target', target],
  ['diff', 'web', '1', '2', '--target', target],
  ['rollback', 'web', '1', '--target', target],
  ['uninstall', 'web', '--target', target],
]
for (const args of runs) {
  const env = { ...process.env, NODE_OPTIONS: '', KUBECTL_PKG_BUILDS_CODE_CACHE: '1' }
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, env })
  if (status !== 0)
    throw new Error(`kubectl-pkg ${args.join(' ')} failed while the build warmed it:\n${stderr}`)
}
rmSync(folder, { recursive: true })
