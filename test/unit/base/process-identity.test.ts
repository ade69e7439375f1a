import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isProcessGone, processIdentity } from '../../../src/base/process-identity.ts'

const isLinux = process.platform === 'linux'
const [number = '', began = '', ...machine] = processIdentity().split(' ')

test.runIf(isLinux)('a process that runs is there', () => {
  expect(isProcessGone(processIdentity())).toBe(false)
})

test.runIf(isLinux)('one that has ended is gone', async () => {
  const child = spawn('true')
  await once(child, 'close')
  expect(isProcessGone([child.pid, began, ...machine].join(' '))).toBe(true)
})

test.runIf(isLinux)('another that has its number now is not it', () => {
  expect(isProcessGone([number, Number(began) - 1, ...machine].join(' '))).toBe(true)
})

test.each([
  ['nothing', ''],
  ['a text that is no process', 'somebody else'],
  ['a process of another boot', '1 2 other-boot pid:[1]'],
])('of %s nothing is known', (_what, identity) => {
  expect(isProcessGone(identity)).toBe(false)
})
