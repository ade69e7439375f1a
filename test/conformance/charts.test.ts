import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import Template from '../../src/commands/template.ts'
import { fromBytes } from '../../src/golang/bytes.ts'
import {
  argumentsIn,
  parseCase,
  parseRuns,
  withFolder,
  withoutFolder,
  type RecordedRun,
} from '../support/chart-text.mjs'
import { oracle, runHelm } from '../support/oracle.mjs'
import { runCli } from '../support/run-cli.ts'
import { OTHER_WORDS } from './skip.ts'

/*
 * What Helm 4.1.4 prints for the charts in charts/*.txt; record-charts.mjs records it.
 * Where Helm refuses, so do we, in the same words; skip.ts names the few that are other.
 */

Template.id = 'template'

const FOLDER = join(import.meta.dirname, 'charts')
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => basename(file, '.txt'))

describe.each(names)('%s', (name) => {
  const { commands, files } = parseCase(read(`${name}.txt`))
  const recorded = parseRuns(read(`${name}.out`))

  test('is recorded', () => {
    expect(recorded.map(({ command }) => command)).toEqual(commands)
  })

  test.each(recorded)('$command', async (want) => {
    const got = await withFolder(files, (folder) => runIn(folder, want.command))
    if (want.code === 0) {
      expect(got.stdout).toBe(want.stdout)
      expect(got.code).toBe(0)
      return
    }
    const helms = errorOf(want.stderr)
    const other = OTHER_WORDS[`${name}: ${want.command}`]
    expect(got.code).toBeGreaterThan(0)
    expect(got.stdout).toBe(want.stdout)
    if (other === undefined) expect(beginning(got.stderr, helms)).toBe(helms)
    else {
      expect(errorOf(got.stderr).slice(0, other.ours.length)).toBe(other.ours)
      expect(beginning(got.stderr, helms)).not.toBe(helms)
    }
  })
})

test('every row of other words belongs to a run', () => {
  const runs = names.flatMap((name) =>
    parseCase(read(`${name}.txt`)).commands.map((command) => `${name}: ${command}`),
  )
  expect(Object.keys(OTHER_WORDS).filter((id) => !runs.includes(id))).toEqual([])
})

describe.runIf(oracle('helm') !== undefined)('the recordings', () => {
  // Each takes a process; one case in eight, another eighth every day, keeps it short.
  const today = Math.floor(Date.now() / 86_400_000)
  const sample = names.filter((_, at) => at % 8 === today % 8)

  test.each(sample)('of %s are still what Helm prints', async (name) => {
    const { commands, files } = parseCase(read(`${name}.txt`))
    const runs = await withFolder(files, (folder) =>
      commands.map((command): RecordedRun => {
        const { code, stdout, stderr } = runHelm(argumentsIn(folder, command))
        const [out = '', err = ''] = [stdout, stderr].map((text) => withoutFolder(folder, text))
        return { command, code: code ?? -1, stdout: out, stderr: err }
      }),
    )
    expect(runs).toEqual(parseRuns(read(`${name}.out`)))
  })
})

function read(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8')
}

async function runIn(folder: string, command: string) {
  const [verb, ...argv] = argumentsIn(folder, command)
  if (verb !== 'template') throw new Error(`${command} is no template command`)
  const { code, stdout, stderr } = await runCli(Template, argv)
  const output = withoutFolder(folder, fromBytes(stdout))
  return { code, stdout: output, stderr: withoutFolder(folder, stderr) }
}

/** The message, without Helm's advice below it. */
function errorOf(stderr: string): string {
  const text = /^Error: ([\s\S]*)/m.exec(stderr)?.[1] ?? `no error in ${stderr}`
  return text.replace(/\n\nUse --debug flag[\s\S]*/, '').trimEnd()
}

/** As many lines of our message as there shall be; details, place and hint follow. */
function beginning(stderr: string, wanted: string): string {
  return errorOf(stderr).split('\n').slice(0, wanted.split('\n').length).join('\n')
}
