import { PkgError } from '../base/errors.ts'
import { requirePackage } from '../base/lazy.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import { trimSpace } from '../golang/space.ts'

/** A person's program that changes manifests on their way. */
export interface PostRenderer {
  /** A path, or a name that the shell's search path resolves; no shell is involved. */
  command: string
  args: readonly string[]
}

const OUTPUT_MIB = 256
/** In milliseconds; one that hangs is not waited for without end. */
const TIMEOUT = 300_000

/**
 * Pipes manifests through the post-renderer and gives what it prints.
 *
 * @throws PkgError POST_RENDER_FAILED when it cannot be run, fails, or prints nothing
 *
 * Source: Helm 4.1.4 pkg/postrenderer/postrenderer.go.
 */
export function runPostRenderer(renderer: PostRenderer, manifests: string): string {
  const { spawnSync } = requirePackage('node:child_process') as typeof import('node:child_process')
  const { command, args } = renderer
  const { error, status, signal, stdout, stderr } = spawnSync(command, args, {
    input: toBytes(manifests),
    maxBuffer: OUTPUT_MIB * 1024 * 1024,
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
  })
  // A program may end without reading all of its input; its status tells how it went.
  const isUnread = error !== undefined && 'code' in error && error.code === 'EPIPE'
  if (error !== undefined && !isUnread) {
    throw notRun(command, error)
  }
  if (status !== 0) {
    const how = signal === null ? `exit status ${String(status)}` : `signal ${signal}`
    throw new PkgError('POST_RENDER_FAILED', `post-renderer "${command}" failed with ${how}`, {
      details: stderr.toString().split('\n').filter(Boolean),
    })
  }
  const output = fromBytes(stdout)
  if (trimSpace(output) === '') {
    throw new PkgError('POST_RENDER_FAILED', `post-renderer "${command}" produced empty output`, {
      hint: 'It must print every manifest that it wants to keep.',
    })
  }
  return output
}

function notRun(command: string, error: NodeJS.ErrnoException): PkgError {
  const { code = '', message } = error
  const [reason = message, hint] = REASONS[code]?.(command) ?? []
  const text = `cannot run post-renderer "${command}": ${reason}`
  return new PkgError('POST_RENDER_FAILED', text, { hint, cause: error })
}

/** What it was, and what to do about it. */
const REASONS: Record<string, (command: string) => readonly [string, string]> = {
  ENOENT: (command) => [
    'there is no such program',
    command.includes('/')
      ? `Check that the file "${command}" exists, and the interpreter that its first line names.`
      : `Install it, add its folder to PATH, or name it by its path: "./${command}".`,
  ],
  EACCES: (command) => [
    'it may not be executed',
    `Allow it by "chmod +x ${command}", if that is the program you mean.`,
  ],
  ETIMEDOUT: () => [
    `it did not end within ${TIMEOUT / 1000} s`,
    'It gets all manifests on its standard input, and has to end when that ends.',
  ],
  ENOBUFS: () => [
    `it printed more than ${OUTPUT_MIB} MiB`,
    'Let it print the changed manifests, and nothing else.',
  ],
}
