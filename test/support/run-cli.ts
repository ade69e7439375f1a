import { fileURLToPath } from 'node:url'
import type { RunConfig } from '../../src/cli/base-command.ts'
import type { Io } from '../../src/cli/io.ts'
import { toBytes } from '../../src/golang/bytes.ts'

export interface CliRun {
  code: number
  stdout: Buffer
  stderr: string
}

/** A command of ours or of a plugin. */
export interface CommandClass {
  id?: string
  start(argv: string[], config: RunConfig): Promise<unknown>
}

export interface CliSurroundings {
  env?: Record<string, string>
  stdin?: Uint8Array
  cwd?: string
  /** Milliseconds since 1970. */
  now?: number
  fileStore?: Io['fileStore']
}

/** Runs a command in process, as the program does, with streams of its own. */
export async function runCli(
  command: CommandClass,
  argv: string[],
  surroundings: CliSurroundings = {},
): Promise<CliRun> {
  const { env = {}, stdin = new Uint8Array(), cwd = process.cwd(), now = 0 } = surroundings
  const { fileStore } = surroundings
  const out: Uint8Array[] = []
  let stderr = ''
  const io: RunConfig['io'] = {
    out: (text) => out.push(typeof text === 'string' ? toBytes(text) : text),
    err: (text) => {
      stderr += text
    },
    stdin: () => Buffer.from(stdin),
    env,
    cwd,
    isTerminal: false,
    isErrTerminal: false,
    columns: Number(env['COLUMNS'] ?? 80),
    rows: 24,
    now: () => now,
    ...(fileStore && { fileStore }),
  }
  command.id ??= 'test'
  const code = await exitOf(command.start(argv, { ...CONFIG, io } as unknown as RunConfig))
  return { code, stdout: Buffer.concat(out), stderr }
}

/** As much of oclif's configuration as a command reads. */
const CONFIG = {
  bin: 'kubectl pkg',
  name: 'kubectl-pkg',
  version: '0.0.0',
  root: fileURLToPath(new URL('../../', import.meta.url)),
  pjson: { oclif: {} },
  runHook: () => Promise.resolve({ successes: [], failures: [] }),
  scopedEnvVarKeys: () => [],
}

async function exitOf(run: Promise<unknown>): Promise<number> {
  try {
    await run
    return 0
  } catch (error) {
    const exit = (error as { oclif?: { exit?: number } }).oclif?.exit
    if (exit === undefined) throw error
    return exit
  }
}
