import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { lookForProcess, processIdentity } from '../../../src/base/process-identity.ts'

const isLinux = process.platform === 'linux'
const [number = '', began = '', ...machine] = processIdentity().split(' ')

test.runIf(isLinux)('a process that runs is there', () => {
  expect(lookForProcess(processIdentity())).toBe('there')
})

test.runIf(isLinux)('one that has ended is gone', async () => {
  const child = spawn('true')
  await once(child, 'close')
  expect(lookForProcess([child.pid, began, ...machine].join(' '))).toBe('gone')
})

test.runIf(isLinux)('another that has its number now is not it', () => {
  expect(lookForProcess([number, Number(began) - 1, ...machine].join(' '))).toBe('gone')
})

test.each([
  ['nothing', ''],
  ['a text that is no process', 'somebody else'],
  ['a process of another boot', '1 2 other-boot pid:[1]'],
])('of %s nothing is known', (_what, identity) => {
  expect(lookForProcess(identity)).toBe('unknown')
})
