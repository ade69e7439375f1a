import type { ChildProcess } from 'node:child_process'
import { isSystemError } from '../base/files.ts'
import { requirePackage } from '../base/lazy.ts'

export interface ProgramRun {
  /** Absolute. */
  path: string
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** Whether it may read from the terminal. */
  isInteractive: boolean
  signal: AbortSignal | undefined
  /** In milliseconds, and in bytes of standard output. */
  limit: { time: number; bytes: number }
}

export interface ProgramResult {
  /** What it wrote on standard output. */
  output: string
  /** Why it is of no use; undefined when all is well. */
  problem: string | undefined
}

/**
 * Runs a program without a shell; what it says on standard error is for the person to see.
 *
 * @throws the signal's reason when it aborts
 */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
  const { path, args, env, isInteractive, signal, limit } = run
  signal?.throwIfAborted()
  const { spawn } = requirePackage('node:child_process') as typeof import('node:child_process')
  const stdin = isInteractive ? 'inherit' : 'ignore'
  // A group of its own is killed with all that it has started; but it may not use the terminal.
  const isGroup = !isInteractive && process.platform !== 'win32'
  const child = spawn(path, args, {
    env,
    stdio: [stdin, 'pipe', 'inherit'],
    detached: isGroup,
  })
  const chunks: Buffer[] = []
  let size = 0
  let problem: string | undefined
  const stop = (reason: string): void => {
    problem ??= reason
    kill(child, isGroup)
  }
  const timer = setTimeout(() => stop(`it took longer than ${limit.time / 1000} s`), limit.time)
  const abort = (): void => stop('stopped')
  signal?.addEventListener('abort', abort, { once: true })
  child.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > limit.bytes) stop(`it wrote more than ${limit.bytes} bytes`)
    else chunks.push(chunk)
  })
  const ending = await ended(child)
  clearTimeout(timer)
  signal?.removeEventListener('abort', abort)
  signal?.throwIfAborted()
  return { output: Buffer.concat(chunks).toString('utf8'), problem: problem ?? ending }
}

function ended(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it did not start: ${error.message}`))
    child.once('close', (code, signal) => {
      resolve(code === 0 ? undefined : `it ended with ${signal ?? `exit status ${code}`}`)
    })
  })
}

function kill(child: ChildProcess, isGroup: boolean): void {
  // Whoever holds the pipe open must not keep this run waiting.
  child.stdout?.destroy()
  const { pid } = child
  if (pid === undefined || !isGroup) return void child.kill('SIGKILL')
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) throw error
  }
}
