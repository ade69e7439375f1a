import { spawn, type ChildProcess } from 'node:child_process'
import { afterAll } from 'vitest'

/** A program that runs until the tests of a file have ended. */
export interface Running {
  /** What it has printed. */
  output(): string
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

const running = new Set<Running>()
afterAll(async () => {
  await Promise.all([...running].map((each) => each.stop()))
})

/** Starts a program; what it prints is in the error of a test that waits for it. */
export function start(
  program: string,
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Running {
  const { PATH = '' } = process.env
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    env: { PATH, ...options.env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()))
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      output += String(error)
      resolve()
    })
    child.once('exit', () => resolve())
  })
  const self = { output: () => output, stop: () => stopped(child, ended) }
  running.add(self)
  return self
}

async function stopped(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill()
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(late)
}

/**
 * Waits until what is asked for is there, and gives it.
 *
 * @param programs those whose output the error tells
 * @throws after the time, 45 s unless told
 */
export async function eventuallyGiven<T>(
  ask: () => Promise<T | undefined>,
  { programs, ms = 45_000 }: { programs: readonly Running[]; ms?: number },
): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (Date.now() > deadline) {
      const outputs = programs.map((each) => each.output().slice(-4000))
      throw new Error(`not there after ${ms} ms: ${ask.toString()}\n${outputs.join('\n---\n')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
