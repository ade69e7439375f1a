import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import Install from '../../src/commands/install.ts'
import Lint from '../../src/commands/lint.ts'
import Rollback from '../../src/commands/rollback.ts'
import Uninstall from '../../src/commands/uninstall.ts'
import Upgrade from '../../src/commands/upgrade.ts'
import { decodeObjects } from '../../src/manifest/decode-objects.ts'
import { describeObject } from '../../src/manifest/object.ts'
import { presetNames } from '../../src/values/presets.ts'
import { addOnCases } from '../support/add-on-case.ts'
import { runCli, type CommandClass } from '../support/run-cli.ts'
import { loadAddOn } from '../support/render-add-on.ts'

const root = join(import.meta.dirname, '..', '..', 'charts')
const cases = await addOnCases()
const charts = cases.map(({ name, leftovers = [] }) => ({
  name,
  leftovers,
  presets: presetNames(loadAddOn(name)),
}))

test.each(charts)('lint finds nothing in $name, in any preset', async ({ name, presets }) => {
  for (const preset of ['', ...presets]) {
    const flags = preset === '' ? [] : ['--preset', preset]
    const { code, stdout } = await runCli(Lint, [join(root, name), '--strict', ...flags])
    expect({ code, text: stdout.toString() }).toEqual({
      code: 0,
      text: `==> Linting ${join(root, name)}\n\n1 chart(s) linted, 0 chart(s) failed\n`,
    })
  }
})

test.each(charts)(
  '$name is installed small, upgraded to ha, taken back and removed',
  async ({ name, leftovers }) => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-add-on-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const target = ['--target', `dir:${folder}`, '--namespace', 'edge']
    const chart = join(root, name)
    const steps: [CommandClass, string[]][] = [
      [Install, ['edge', chart, '--preset', 'small']],
      [Upgrade, ['edge', chart, '--preset', 'ha']],
      [Rollback, ['edge', '1']],
      [Uninstall, ['edge']],
    ]
    const left: string[][] = []
    for (const [command, argv] of steps) {
      const { code, stderr } = await runCli(command, [...argv, ...target])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      left.push(manifestsIn(folder))
    }
    const [installed = [], upgraded = [], rolledBack, removed = []] = left
    expect(upgraded).toEqual(expect.arrayContaining(installed))
    expect(rolledBack).toEqual(installed)
    expect(removed.flatMap((path) => labelsIn(join(folder, path)))).toEqual(leftovers)
  },
)

function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort()
}

function labelsIn(path: string): string[] {
  return decodeObjects(readFileSync(path, 'utf8'), path).map((object) => describeObject(object))
}
