import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import Lint from '../../src/commands/lint.ts'
import ShowChart from '../../src/commands/show/chart.ts'
import Template from '../../src/commands/template.ts'
import { chartYaml } from '../support/chart-builder.ts'
import { runHelm } from '../support/oracle.mjs'
import { runCli } from '../support/run-cli.ts'
import { targz } from '../support/targz.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const CHART = { name: 'web/Chart.yaml', data: chartYaml() }
const WHOLE = targz([CHART, { name: 'web/values.yaml', data: 'a: 1\n'.repeat(1000) }])

/** Archives that no chart can be read from, and whose entry Helm does not name. */
const BROKEN: { what: string; bytes: Uint8Array; unnamed?: string }[] = [
  { what: 'an empty file', bytes: Buffer.alloc(0) },
  { what: 'five bytes of a gzip file', bytes: WHOLE.subarray(0, 5) },
  { what: 'half of an archive', bytes: WHOLE.subarray(0, WHOLE.length / 2) },
  { what: 'gzip of nothing', bytes: gzipSync('') },
  { what: 'gzip of a word', bytes: gzipSync('hello') },
  { what: 'gzip of a text', bytes: gzipSync('hello, no tar'.repeat(100)) },
  { what: 'a tar without entries', bytes: targz([]) },
  { what: 'a tar of folders', bytes: targz([{ name: 'web/', type: '5' }]) },
  { what: 'a text', bytes: Buffer.from('hello, no archive'.repeat(100)) },
  { what: 'no Chart.yaml', bytes: targz([{ name: 'web/values.yaml', data: 'a: 1\n' }]) },
  { what: 'a chart in no folder', bytes: targz([{ ...CHART, name: 'Chart.yaml' }]) },
  { what: 'a file beside the folder', bytes: targz([CHART, { name: 'stray.txt' }]) },
  {
    what: 'a file above the folder',
    bytes: targz([CHART, { name: 'web/../../evil' }]),
    unnamed: ': "web/../../evil"',
  },
  {
    what: 'a file on a drive',
    bytes: targz([CHART, { name: 'web/c:/evil' }]),
    unnamed: ': "web/c:/evil"',
  },
]

describe.each(BROKEN)('$what', ({ bytes, unnamed = '' }) => {
  const file = join(temporaryFolder(), 'web.tgz')
  writeFileSync(file, bytes)

  const errorLine = (text: string): string =>
    text.split('\n').find((line) => line.startsWith('Error')) ?? text

  async function ours(command: Parameters<typeof runCli>[0], args: string[]): Promise<string> {
    const { stdout, stderr } = await runCli(command, args)
    return errorLine(`${stdout.toString()}${stderr}`).replace(unnamed, '')
  }

  test('show says what Helm says', async () => {
    const { stderr } = runHelm(['show', 'chart', file])
    expect(await ours(ShowChart, [file])).toBe(errorLine(stderr))
  })

  test('lint says what Helm says', async () => {
    const { stdout } = runHelm(['lint', file])
    expect(await ours(Lint, [file])).toBe(errorLine(stdout))
  })

  test('template says what Helm says, and why', async () => {
    const said = errorLine(runHelm(['template', 'x', file]).stderr)
    const text = await ours(Template, ['x', file])
    const reason = errorLine(runHelm(['show', 'chart', file]).stderr).replace('Error: ', '')
    const isUnreasoned = said === 'Error: unable to load chart archive'
    expect(isUnreasoned ? text.slice(-reason.length) : text).toBe(isUnreasoned ? reason : said)
  })
})
