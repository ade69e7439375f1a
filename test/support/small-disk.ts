import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Ended } from './built-cli.ts'

/** Whether this process may mount a disk that it alone sees. */
export function canMount(): boolean {
  const { status } = spawnSync('unshare', [...namespace(), 'mount', '-t', 'tmpfs', 'none', '/mnt'])
  return status === 0
}

export interface SmallDisk {
  /** Where it is mounted; the program finds it there. */
  at: string
  /** Bytes that it holds. */
  size: number
  /** Folder whose content it has at first. */
  before: string
  /** Folder that gets its content in the end. */
  after: string
  /** Can only be read. */
  isReadOnly?: boolean
}

/** Runs a program with a real disk of its own, which is gone when the program has ended. */
export async function runOnDisk(
  program: readonly string[],
  disk: SmallDisk,
  env: Record<string, string>,
): Promise<Ended> {
  for (const folder of [disk.at, disk.after]) mkdirSync(folder, { recursive: true })
  const size = String(disk.size)
  const mode = disk.isReadOnly === true ? 'ro' : 'rw'
  const words = ['sh', '-c', SCRIPT, 'sh', disk.at, size, disk.before, disk.after, mode, ...program]
  const child = spawn('unshare', [...namespace(), ...words], { cwd: join(disk.at, '..'), env })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

const SCRIPT = `
disk=$1 size=$2 before=$3 after=$4 mode=$5
shift 5
mount -t tmpfs -o size="$size",mode=755 none "$disk" && cp -R "$before/." "$disk" || exit 99
mount -o remount,"$mode" "$disk"
"$@"
code=$?
cp -R "$disk/." "$after"
exit $code`

/** Mounts are this process's own; whoever is not root becomes root of a world of its own. */
function namespace(): string[] {
  return process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user']
}
