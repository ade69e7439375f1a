import { expect, test } from 'vitest'
import List from '../../../src/commands/list.ts'
import RepoAdd from '../../../src/commands/repo/add.ts'
import { clusterFlags } from '../../../src/cli/cluster-flags.ts'
import { startRepository } from '../../support/fake-repository.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

type Parse = (text: string, ...others: unknown[]) => Promise<number>

/** What kubectl 1.35.2 takes and refuses, but for negative durations, which it takes for none. */
test.each([
  { text: '0', milliseconds: 0 },
  { text: '', milliseconds: 0 },
  { text: '0s', milliseconds: 0 },
  { text: '5', milliseconds: 5000 },
  { text: '+5', milliseconds: 5000 },
  { text: '1h30m', milliseconds: 5_400_000 },
  { text: '10ms', milliseconds: 10 },
  { text: '1us', milliseconds: 1 },
  { text: '1000h', milliseconds: 2 ** 31 - 1 },
])('--request-timeout "$text" is $milliseconds ms', async ({ text, milliseconds }) => {
  const parse = clusterFlags()['request-timeout'].parse as unknown as Parse
  expect(await parse(text)).toBe(milliseconds)
})

test.each([
  { text: '-1', why: 'must not be negative' },
  { text: '-5s', why: 'must not be negative' },
  { text: 'soon', why: 'must be a number of seconds, or have a unit: 30, 30s, 2m, 0 for no limit' },
  { text: '1.5', why: 'must be a number of seconds, or have a unit: 30, 30s, 2m, 0 for no limit' },
  { text: '1d', why: 'must be a number of seconds, or have a unit: 30, 30s, 2m, 0 for no limit' },
])('--request-timeout "$text" is refused', async ({ text, why }) => {
  const target = `dir:${temporaryFolder()}`
  const { code, stderr } = await runCli(List, ['--target', target, `--request-timeout=${text}`])
  expect(code).toBe(1)
  expect(stderr.split('\n')[0]).toBe(
    `Error: invalid argument "${text}" for "--request-timeout" flag: ${why}`,
  )
})

test('a timeout that is longer than timers run is one all the same', async () => {
  const server = await startRepository()
  server.files.set('/index.yaml', 'apiVersion: v1\nentries: {}\n')
  const { stderr, code } = await runCli(RepoAdd, ['own', server.url, '--timeout', '1000h'], {
    env: { HOME: temporaryFolder() },
  })
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  await server.close()
})
