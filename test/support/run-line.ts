import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { unknownCommand } from '../../src/cli/help.ts'
import { readManifest } from '../../src/cli/manifest.ts'
import { BIN } from '../../src/cli/program.ts'
import { routeOf } from '../../src/cli/routes.ts'
import { viewError } from '../../src/output/error-view.ts'
import { runCli, type CliRun, type CliSurroundings, type CommandClass } from './run-cli.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const commands = readManifest(root)
const routes = Object.fromEntries(
  commands.flatMap(({ id, aliases }) =>
    [id, ...aliases].map((name) => [name.replaceAll(':', ' '), id]),
  ),
)

/** Runs what a person types behind `kubectl pkg`, in this process. */
export async function runLine(
  argv: readonly string[],
  surroundings: CliSurroundings = {},
): Promise<CliRun> {
  const route = routeOf(argv, routes)
  if (route === undefined) {
    const words = argv[0] === 'help' ? argv.slice(1) : argv
    const error = unknownCommand(words, commands, BIN)
    return { code: error.exit, stdout: Buffer.from(''), stderr: viewError(error) }
  }
  const command = await loadCommand(route.id)
  command.id = route.id
  return runCli(command, route.argv, surroundings)
}

async function loadCommand(id: string): Promise<CommandClass> {
  const folder = id === 'graph' ? 'plugins/graph/src/commands' : 'src/commands'
  const file = join(root, folder, `${id.replaceAll(':', '/')}.ts`)
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    default: CommandClass
  }
  return module.default
}
