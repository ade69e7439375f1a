import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import Template from '../../src/commands/template.ts'
import { argumentsIn, parseCase, withFolder, withoutFolder } from '../support/chart-text.mjs'
import { runCli } from '../support/run-cli.ts'

/*
 * What a person reads about a broken chart: the whole text, with the place in the file they
 * wrote, its line with a caret, and what to do. Each case is cases/NAME.txt; cases/NAME.err
 * holds what is said, written by `vitest -u` and reviewed like code.
 */

const FOLDER = join(import.meta.dirname, 'cases')
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => basename(file, '.txt'))

Template.id = 'template'

test.each(names)('%s', async (name) => {
  const { commands, files } = parseCase(readFileSync(join(FOLDER, `${name}.txt`), 'utf8'))
  const said = await withFolder(files, async (folder) => {
    const runs: string[] = []
    for (const command of commands) {
      const [, ...argv] = argumentsIn(folder, command)
      const { code, stdout, stderr } = await runCli(Template, argv)
      expect(stdout.toString()).toBe('')
      expect(stderr).toMatch(/^ {2}hint: .+$/m)
      runs.push(`$ ${command}\n${withoutFolder(folder, stderr)}exit ${code}\n`)
    }
    return runs.join('\n')
  })
  await expect(said).toMatchFileSnapshot(join(FOLDER, `${name}.err`))
})
