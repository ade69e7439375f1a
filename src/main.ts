import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { routeOf, type Routes } from './cli/routes.ts'
import { chooseCodeCache, keepCodeCache, loadScript, tuneForLongRun } from './cli/scripts.ts'

/*
 * The executable. A known command is one script of the bundle, run with V8's code cache;
 * what is none of ours, such as a plugin that the person added, goes to oclif.
 */

/** Made by the build: which words lead to which command, its name, and which Node it needs. */
declare const ROUTES: Routes
declare const VERSION: string
declare const OLDEST_NODE: number

interface CommandModule {
  default: { id?: string; start(argv: string[], config: unknown): Promise<unknown> }
}

const folder = __dirname

void main(process.argv.slice(2))

async function main(argv: string[]): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) return refuseNode()
  const route = routeOf(argv, ROUTES)
  const events: NodeJS.EventEmitter = process
  events.on('kubectl-pkg: long run', tuneForLongRun)
  try {
    await (route === undefined ? runOclif(argv) : runCommand(route.id, route.argv))
  } catch (error) {
    await end(error)
  }
  keepCodeCache()
  // All is written by now, and Node would take its time to put everything away.
  if (route !== undefined) process.exit()
}

/** Without this an old Node fails somewhere in the middle, for what it does not have yet. */
function refuseNode(): void {
  process.exitCode = 1
  const { version, execPath } = process
  writeFileSync(
    2,
    `Error: Node ${version} is too old for kubectl-pkg, which needs ${OLDEST_NODE} or newer\n` +
      `  hint: This one is ${execPath}. Put a newer one before it on the PATH.\n`,
  )
}

async function runCommand(id: string, argv: string[]): Promise<void> {
  chooseCodeCache(id.replaceAll(':', '-'))
  const path = id.replaceAll(':', '/')
  const script = path.endsWith('/index') ? `${path}/index` : path
  const file = join(folder, 'commands', `${script}.js`)
  const { default: command } = loadScript(file).exports as unknown as CommandModule
  command.id = id
  await command.start(argv, leanConfig())
}

/**
 * A plugin may be a module, which only a script that Node itself loaded can import, and what it
 * imports of ours is then the very thing that runs it.
 */
async function runOclif(argv: string[]): Promise<void> {
  const { runOclif } = require(join(folder, 'oclif.js')) as {
    runOclif: (argv: string[], root: string) => Promise<void>
  }
  await runOclif(argv, dirname(folder))
}

/** As much of oclif's configuration as a command reads. */
function leanConfig() {
  return {
    bin: 'kubectl pkg',
    name: 'kubectl-pkg',
    version: VERSION,
    root: dirname(folder),
    pjson: { oclif: {} },
    runHook: () => Promise.resolve({ successes: [], failures: [] }),
    scopedEnvVarKeys: () => [],
  }
}

async function end(error: unknown): Promise<void> {
  const exit = (error as { oclif?: { exit?: number } }).oclif?.exit
  if (exit !== undefined) {
    process.exitCode = exit
    return
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.exitCode = 1
  writeFileSync(2, `${text}\n\nThis is a mistake in kubectl-pkg; please report it.\n`)
}
