import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import Lint from '../../src/commands/lint.ts'
import { fromBytes } from '../../src/golang/bytes.ts'
import {
  argumentsIn,
  parseCase,
  parseRuns,
  withFolder,
  withoutFolder,
} from '../support/chart-text.mjs'
import { runCli } from '../support/run-cli.ts'

/* What `helm lint` 4.1.4 prints for the charts in lint/*.txt; record-lint.mjs records it. */

const FOLDER = join(import.meta.dirname, 'lint')
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => basename(file, '.txt'))

describe.each(names)('%s', (name) => {
  const { commands, files } = parseCase(read(`${name}.txt`))
  const recorded = parseRuns(read(`${name}.out`))

  test('is recorded', () => {
    expect(recorded.map(({ command }) => command)).toEqual(commands)
  })

  test.each(recorded)('$command', async ({ command, code, stdout, stderr }) => {
    const got = await withFolder(files, async (folder) => {
      const run = await runCli(Lint, argumentsIn(folder, command).slice(1))
      return {
        code: run.code === 0 ? 0 : 1,
        stdout: withoutFolder(folder, fromBytes(run.stdout)),
        error: withoutFolder(folder, errorOf(run.stderr)),
      }
    })
    const want = { code, stdout, error: errorOf(stderr) }
    expect(got).toEqual(want)
  })
})

function read(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8')
}

/** The first line of the error; ours goes on with details, place and hint. */
function errorOf(stderr: string): string {
  return /^Error: .*/m.exec(stderr)?.[0] ?? ''
}
