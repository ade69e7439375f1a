import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { writePluginTypes } from '../support/plugin-types.mjs'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * What TypeScript tells the author of a plugin, who has the package as npm installs it: the
 * declarations of `kubectl-pkg/plugin` and none of the sources.
 */

const root = join(import.meta.dirname, '../..')
const folder = temporaryFolder()

beforeAll(() => {
  const modules = join(folder, 'node_modules')
  const installed = join(modules, 'kubectl-pkg')
  mkdirSync(join(installed, 'node_modules'), { recursive: true })
  cpSync(join(root, 'package.json'), join(installed, 'package.json'))
  writePluginTypes(join(installed, 'dist/types'))
  for (const name of ['@oclif', 'handlebars', 'openpgp']) {
    symlinkSync(join(root, 'node_modules', name), join(installed, 'node_modules', name))
  }
  symlinkSync(join(root, 'node_modules/@types'), join(modules, '@types'))
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noEmit: true,
    types: ['node'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})

test('a command that uses it is without errors', () => {
  expect(
    compile(`
import { BaseCommand, loadChart, PkgError, type Chart } from 'kubectl-pkg/plugin'

export default class Count extends BaseCommand {
  static override summary = 'Count the templates of a chart.'

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Count)
    if (argv.length === 0) throw new PkgError('USAGE', 'which chart?', { hint: flags.namespace })
    const chart: Chart = await loadChart(String(argv[0]), () => new Uint8Array())
    this.io.out(\`\${chart.templates.length}\\n\`)
  }
}
`),
  ).toBe('')
})

test('a wrong use of it is an error', () => {
  expect(
    compile(`
import { loadChart, PkgError } from 'kubectl-pkg/plugin'
export const error = new PkgError('NO_SUCH_CODE', 'text')
export const chart = loadChart(1)
`).replaceAll(/error TS\d+/g, 'error'),
  ).toContain(`plugin.ts(3,35): error: Argument of type '"NO_SUCH_CODE"' is not assignable`)
})

/** What the compiler says. */
function compile(source: string): string {
  writeFileSync(join(folder, 'plugin.ts'), source)
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return stdout
}
