import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensurePrograms } from './programs.mjs'

/** Where the planes of this user run, a folder each. */
const PLANES = join(tmpdir(), `kubectl-pkg-controlplane-${userInfo().uid}`)

/**
 * Starts a control plane and waits until pods can be made in it.
 *
 * @param name its folder's name; `shared` for people
 * @param owned whether it ends with the calling process, however that ends
 * @returns its state: `server`, `kubeconfig`, `authority`, `token`, `audit`, `supervisor`
 */
export async function startPlane(name, { owned }) {
  ensurePrograms()
  removeStale()
  // A port can be taken by another process between its choice and its use.
  return await startOnce(name, owned).catch(() => startOnce(name, owned))
}

async function startOnce(name, owned) {
  const folder = join(PLANES, name)
  mkdirSync(PLANES, { recursive: true, mode: 0o700 })
  mkdirSync(folder, { mode: 0o700 })
  const logFile = `${folder}.log`
  const log = openSync(logFile, 'w')
  const script = join(import.meta.dirname, 'supervise.mjs')
  const supervisor = spawn(process.execPath, [script, folder], {
    detached: true,
    stdio: [owned ? 'pipe' : 'ignore', log, log],
  })
  writeFileSync(join(folder, 'supervisor'), String(supervisor.pid))
  supervisor.unref()
  supervisor.stdin?.unref()
  for (;;) {
    const state = planeState(name)
    if (state !== undefined) return state
    if (supervisor.exitCode !== null)
      throw new Error(`the control plane did not start\n${readFileSync(logFile, 'utf8')}`)
    await sleep(50)
  }
}

/** Gives the state of a plane that runs and is ready, or undefined. */
export function planeState(name) {
  const file = join(PLANES, name, 'state.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Ends a plane and removes its data; tells whether there was one. */
export async function stopPlane(name) {
  const folder = join(PLANES, name)
  const pid = supervisorOf(folder)
  if (pid !== undefined && isSupervisor(pid, folder)) {
    process.kill(pid, 'SIGTERM')
    for (let left = 100; left > 0 && existsSync(folder); left--) await sleep(50)
  }
  removeStale()
  for (const rest of [folder, `${folder}.log`]) rmSync(rest, { recursive: true, force: true })
  return pid !== undefined
}

/** Ends what planes without a supervisor left behind, as after SIGKILL. */
function removeStale() {
  if (!existsSync(PLANES)) return
  for (const entry of readdirSync(PLANES, { withFileTypes: true })) {
    const folder = join(PLANES, entry.name)
    const pid = entry.isDirectory() ? supervisorOf(folder) : undefined
    if (pid === undefined || isSupervisor(pid, folder)) continue
    if (groupRuns(pid, folder)) process.kill(-pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    rmSync(`${folder}.log`, { force: true })
  }
}

function supervisorOf(folder) {
  const file = join(folder, 'supervisor')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
}

/** Process ids come again, so a process is known by what it was called with, too. */
function isSupervisor(pid, folder) {
  return processes().some((each) => each.pid === pid && each.args.endsWith(folder))
}

function groupRuns(group, folder) {
  return processes().some((each) => each.group === group && each.args.includes(folder))
}

function processes() {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' })
  return stdout.split('\n').map((line) => {
    const [, pid, group, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return { pid: Number(pid), group: Number(group), args }
  })
}
