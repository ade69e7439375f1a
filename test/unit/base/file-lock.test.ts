import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { processIdentity } from '../../../src/base/process-identity.ts'
import { withFileLock } from '../../../src/base/file-lock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const TIMES = { wait: 5000, stale: 60_000 }

/** What a run writes into its lock; of a process that has ended. */
async function leftBehind(): Promise<string> {
  const child = spawn('true')
  await once(child, 'close')
  const [, ...rest] = processIdentity().split(' ')
  return `${'a'.repeat(24)} ${[child.pid, ...rest].join(' ')}`
}

test.runIf(process.platform === 'linux')(
  'the lock of a run that was killed is taken over at once, by one run at a time',
  async () => {
    const folder = temporaryFolder()
    const lock = join(folder, 'lock')
    writeFileSync(lock, await leftBehind())
    let inside = 0
    let most = 0
    const start = Date.now()
    await Promise.all(
      Array.from({ length: 20 }, () =>
        withFileLock(
          lock,
          async () => {
            most = Math.max(most, ++inside)
            await new Promise((resolve) => setTimeout(resolve, 1))
            inside--
          },
          { wait: 30_000, stale: 60_000 },
        ),
      ),
    )
    expect(most).toBe(1)
    expect(Date.now() - start).toBeLessThan(30_000)
    expect(readdirSync(folder)).toEqual([])
  },
)

test('the lock of a run on another machine is left to its time', async () => {
  const folder = temporaryFolder()
  const lock = join(folder, 'lock')
  const holder = `${'a'.repeat(24)} 1 2 other-boot pid:[1]`
  writeFileSync(lock, holder)
  const run = withFileLock(lock, () => Promise.resolve(), { ...TIMES, wait: 200 })
  await expect(run).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
  expect(readFileSync(lock, 'utf8')).toBe(holder)
})

test('a lock that no run has made makes no files elsewhere', async () => {
  const folder = temporaryFolder()
  const lock = join(folder, 'lock')
  mkdirSync(`${lock}.`)
  const holder = (await leftBehind()).replace('a'.repeat(24), '/../../elsewhere')
  writeFileSync(lock, holder)
  const run = withFileLock(lock, () => Promise.resolve(), { ...TIMES, wait: 200 })
  await expect(run).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
  expect(readdirSync(folder)).toEqual(['lock', 'lock.'])
})

test('a lock that nobody touches is taken over in the end', async () => {
  const lock = join(temporaryFolder(), 'lock')
  writeFileSync(lock, 'somebody')
  expect(await withFileLock(lock, () => Promise.resolve(1), { wait: 5000, stale: 100 })).toBe(1)
})

test.runIf(process.platform === 'linux')(
  'the lock of a run that is there is never taken, however long it is silent',
  async () => {
    const lock = join(temporaryFolder(), 'lock')
    const holder = `${'a'.repeat(24)} ${processIdentity()}`
    writeFileSync(lock, holder)
    const run = withFileLock(lock, () => Promise.resolve(), { wait: 300, stale: 50 })
    await expect(run).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    expect(readFileSync(lock, 'utf8')).toBe(holder)
  },
)

test('a run waits for each that has its turn before it', async () => {
  const lock = join(temporaryFolder(), 'lock')
  let turn = 0
  const next = setInterval(() => writeFileSync(lock, `somebody ${turn++}`), 200)
  writeFileSync(lock, 'somebody')
  const run = withFileLock(lock, () => Promise.resolve(turn), { wait: 1000, stale: 1500 })
  await expect.poll(() => turn).toBeGreaterThan(10)
  clearInterval(next)
  rmSync(lock)
  expect(await run).toBeGreaterThan(10)
})

test.runIf(process.platform === 'linux')(
  'the lock of a run that was killed goes even if who was removing it was killed too',
  async () => {
    const folder = temporaryFolder()
    const lock = join(folder, 'lock')
    writeFileSync(lock, await leftBehind())
    writeFileSync(`${lock}.${'a'.repeat(24)}`, '')
    const times = { wait: 60_000, stale: 100 }
    expect(await withFileLock(lock, () => Promise.resolve(1), times)).toBe(1)
    expect(readdirSync(folder)).toEqual([])
  },
)
