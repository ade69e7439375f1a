import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { history } from '../../src/actions/inspect.ts'
import { install } from '../../src/actions/install.ts'
import { uninstall } from '../../src/actions/uninstall.ts'
import { upgrade } from '../../src/actions/upgrade.ts'
import { LIMITS } from '../../src/base/limits.ts'
import List from '../../src/commands/list.ts'
import { encodeRelease } from '../../src/release/codec.ts'
import { releaseOf } from '../support/releases.ts'
import { runCli } from '../support/run-cli.ts'
import { configMapChart, connectTo, treeOf } from '../support/target.ts'
import { processorTime } from '../support/processor-time.ts'

const release = { name: 'web', namespace: 'apps' }
const values = new Map()
const charts = {
  './web': configMapChart({ a: '1' }),
  './web2': configMapChart({ a: '2' }, '2.0.0'),
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubectl-pkg-records-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const connect = () => connectTo({ path: root, charts })
const recordPath = (name: string, revision: number) =>
  join(root, '.kubectl-pkg/releases/apps', `${name}.v${revision}`)

const gzipped = (text: string | Buffer) => gzipSync(text).toString('base64')

const DAMAGES: { damage: string; text: string; reason: string }[] = [
  { damage: 'is empty', text: '', reason: 'it is empty or no base64' },
  { damage: 'is no base64', text: '!!!!', reason: 'it is empty or no base64' },
  { damage: 'is cut short', text: gzipped('{}').slice(0, 24), reason: 'its gzip data is damaged' },
  { damage: 'holds no JSON', text: gzipped('{"name":'), reason: 'its JSON is damaged' },
  { damage: 'holds a list', text: gzipped('[]'), reason: 'it is no JSON object' },
  { damage: 'holds another shape', text: gzipped('{"name":7}'), reason: '' },
  {
    damage: 'inflates beyond the limit',
    text: gzipped(Buffer.alloc(LIMITS.recordDecodedBytes + 1)),
    reason: `it holds more than ${LIMITS.recordDecodedBytes} bytes`,
  },
  {
    damage: 'is of another release',
    text: encodeRelease(releaseOf({ name: 'other' })),
    reason: 'it holds revision 1 of release "other"',
  },
]

test.each(DAMAGES)(
  'a record that $damage is a row and a warning of list, and hides no other release',
  async ({ text, reason }) => {
    await install(connect(), { release: { ...release, name: 'good' }, chart: './web', values })
    writeFileSync(recordPath('web', 1), text)
    const start = processorTime()

    const args = ['--target', `dir:${root}`, '-n', 'apps', '-o', 'json']
    const { code, stdout, stderr } = await runCli(List, args)

    expect(code).toBe(0)
    expect(processorTime() - start).toBeLessThan(2000)
    const rows = JSON.parse(stdout.toString()) as { name: string; status: string }[]
    expect(rows.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'good deployed',
      'web unreadable',
    ])
    expect(stderr).toContain(
      `${recordPath('web', 1)} of release "apps/web" cannot be read: ${reason}`,
    )
  },
)

test.each(DAMAGES)(
  'a record that $damage is named by the verbs, which leave everything as it is',
  async ({ text, reason }) => {
    await install(connect(), { release, chart: './web', values })
    writeFileSync(recordPath('web', 2), text.replace('other', 'web'))
    const before = treeOf(root)

    for (const run of [
      () => upgrade(connect(), { release, chart: './web2', values }),
      () => uninstall(connect(), { release }),
      () => history(connect(), release),
    ]) {
      await expect(run()).rejects.toMatchObject({
        code: 'RELEASE_UNREADABLE',
        exit: 6,
        message: expect.stringContaining(
          `record "${recordPath('web', 2)}" cannot be read: ${reason}`,
        ) as string,
      })
    }
    expect(treeOf(root)).toEqual(before)
  },
)

test('a release whose older record is damaged is listed as it is', async () => {
  await install(connect(), { release, chart: './web', values })
  await upgrade(connect(), { release, chart: './web2', values })
  writeFileSync(recordPath('web', 1), 'x')

  const { stdout, stderr } = await runCli(List, [
    '--target',
    `dir:${root}`,
    '-n',
    'apps',
    '-o',
    'json',
  ])
  const rows = JSON.parse(stdout.toString()) as { status: string; revision: string }[]
  expect(rows).toMatchObject([{ revision: '2', status: 'deployed' }])
  expect(stderr).toContain('web.v1 of release "apps/web" cannot be read')
})

test('files that are no records are passed over', async () => {
  await install(connect(), { release, chart: './web', values })
  mkdirSync(join(root, '.kubectl-pkg/releases/apps/web.v9'))
  for (const name of ['web.v0', 'web.v01', 'web.vx', '.web.v2.abc.tmp', 'WEB.v1', 'README']) {
    writeFileSync(join(root, '.kubectl-pkg/releases/apps', name), 'x')
  }
  rmSync(join(root, '.kubectl-pkg/releases/apps/web.v9'), { recursive: true })
  expect(await history(connect(), release)).toHaveLength(1)
})

test('1,000 revisions are listed in less than two seconds', async () => {
  await install(connect(), { release, chart: './web', values })
  for (let revision = 2; revision <= 1000; revision++) {
    writeFileSync(
      recordPath('web', revision),
      encodeRelease(releaseOf({ revision, status: 'superseded' })),
    )
  }
  const start = processorTime()
  const { stdout } = await runCli(List, ['--target', `dir:${root}`, '-n', 'apps', '-o', 'json'])
  expect(JSON.parse(stdout.toString())).toMatchObject([{ revision: '1000' }])
  expect(processorTime() - start).toBeLessThan(2000)
})

test('a release larger than a Secret is kept by a directory', async () => {
  let seed = 1
  const noise = Buffer.from(
    Array.from({ length: 1_200_000 }, () => (seed = (seed * 48271) % 2147483647) & 255),
  )
  const big = { ...configMapChart({ a: '1' }), files: [{ name: 'big.bin', data: noise }] }
  await install(connectTo({ path: root, charts: { './big': big } }), {
    release,
    chart: './big',
    values,
  })

  expect(readFileSync(recordPath('web', 1)).length).toBeGreaterThan(LIMITS.recordBytes)
  const [stored] = await history(connect(), release)
  expect(Buffer.compare(stored?.chart.files[0]?.data ?? new Uint8Array(), noise)).toBe(0)
})
