import type { ChildProcess } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { requirePackage } from '../base/lazy.ts'
import { hideUserinfo } from '../base/shown-address.ts'

export interface NpmRun {
  /** Verb, flags and packages: `['install', '--', 'hello']`. */
  args: readonly string[]
  /** Folder of the package.json that npm keeps; it runs there. */
  folder: string
  env: Readonly<Record<string, string | undefined>>
  /** Aborted with the error to throw. */
  signal: AbortSignal
}

/**
 * Runs npm without a shell, and so that no script of a package runs, it asks nothing, and what it
 * is set up to do elsewhere does not count.
 *
 * @throws PkgError PLUGIN_FAILED with what npm said, and the signal's reason
 */
export async function runNpm({ args, folder, env, signal }: NpmRun): Promise<void> {
  const [verb = '', ...rest] = args
  signal.throwIfAborted()
  const { spawn } = requirePackage('node:child_process') as typeof import('node:child_process')
  const [program = '', ...before] = findNpm(env, process.execPath)
  const child = spawn(program, [...before, verb, '--prefix', folder, ...FLAGS, ...rest], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stop = (): void => {
    child.kill()
    // Whoever else holds the pipe open must not keep this run waiting.
    child.stderr.destroy()
  }
  signal.addEventListener('abort', stop, { once: true })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const problem = await ended(child)
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (problem !== undefined) throw failure(problem, said)
}

/** All that is set up in a person's .npmrc for projects of another kind is set right again. */
const FLAGS = [
  '--no-global',
  '--no-dry-run',
  '--no-package-lock-only',
  '--install-strategy=hoisted',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--no-progress',
  '--legacy-peer-deps',
  '--install-links',
  '--no-package-lock',
  '--no-bin-links',
  '--save',
  '--save-prod',
  '--include=dev',
  '--loglevel=error',
]

/**
 * Finds the npm beside a Node, else one of the PATH: the program and its first arguments. npm is a
 * script of Node, which on Windows only a shell would start.
 *
 * @throws PkgError PLUGIN_FAILED when there is none
 */
export function findNpm(env: NpmRun['env'], node: string): string[] {
  const path = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((part) => part !== '')
  for (const folder of [dirname(node), ...path]) {
    const script = join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js')
    if (process.platform === 'win32' && existsSync(script)) return [node, script]
    const program = realPath(join(folder, 'npm'))
    if (process.platform === 'win32' || program === undefined) continue
    return program.endsWith('.js') ? [node, program] : [program]
  }
  throw new PkgError('PLUGIN_FAILED', 'there is no npm on this machine, which installs plugins', {
    hint: 'It comes with Node: install that from https://nodejs.org, or npm as a package of your system.',
  })
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!isSystemError(error)) throw error
    return undefined
  }
}

function ended(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(`it did not start: ${message}`))
    child.once('close', (code, signal) => {
      resolve(code === 0 ? undefined : `it ended with ${signal ?? `exit status ${code}`}`)
    })
  })
}

/** npm marks the lines that tell why; some of them are meant for its makers. */
function failure(problem: string, said: string): PkgError {
  const lines = hideUserinfo(said)
    .split('\n')
    .map((line) => /^npm (?:error|ERR!) (.*)$/.exec(line)?.[1] ?? '')
  const [, code = ''] = /^code (\S+)$/m.exec(lines.join('\n')) ?? []
  const [first = problem, ...details] = lines
    .filter((line) => !INNER.test(line))
    .map((line) => line.replace(/^(?:404|enoent) *|^FetchError: /, ''))
    .filter((line) => line !== '')
  return new PkgError('PLUGIN_FAILED', `npm failed: ${first}`, { details, hint: hintOf(code) })
}

/** Codes, stacks and what hangs on them. */
const INNER =
  /^(?:code|syscall|path|errno|command) |^ +at |^ +\w+: .*,?$|^\}$|^A complete log of this run|^enoent This is related/

function hintOf(code: string): string {
  if (code === 'E404')
    return 'Look for its name on https://www.npmjs.com; a folder is named as ./it.'
  if (code === 'ENOTCACHED') return 'npm is set to work offline: name a folder or an archive.'
  return 'The plugins are as they were. Mend what npm tells of, then run the command again.'
}
