import { readFileSync, readlinkSync } from 'node:fs'
import { isSystemError } from './files.ts'

/*
 * A process as one line: its number, when it began in ticks of this boot, the boot, and whose
 * numbers these are. The number alone is not enough, as the system gives it to others later.
 */

/** This process, for others on this machine to see whether it is still there; empty off Linux. */
export function processIdentity(): string {
  const { began } = statusOf('self')
  const machine = machineIdentity()
  return began === '' || machine === '' ? '' : `${process.pid} ${began} ${machine}`
}

/** Whether a process of this very machine is there or gone; of others nothing is known. */
export function lookForProcess(identity: string): 'there' | 'gone' | 'unknown' {
  const [, number = '', began, machine] = /^(\d+) (\d+) (\S+ \S+)$/.exec(identity) ?? []
  if (number === '' || machine !== machineIdentity()) return 'unknown'
  const status = statusOf(number)
  if (status.began === '') return isThere(Number(number)) ? 'there' : 'gone'
  return status.began !== began || ENDED.has(status.state) ? 'gone' : 'there'
}

/** Ended, with a parent that did not yet ask how. */
const ENDED = new Set(['Z', 'X'])

/** The system may hide `/proc` of other people's processes, but not that they are there. */
function isThere(number: number): boolean {
  try {
    return process.kill(number, 0)
  } catch (error) {
    return !isSystemError(error, 'ESRCH')
  }
}

/** Fields 3 and 22 of `stat`; the name before them may hold blanks and brackets. Source: proc(5). */
function statusOf(number: string): { state: string; began: string } {
  const text = textOf(() => readFileSync(`/proc/${number}/stat`, 'utf8'))
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', began: fields[19] ?? '' }
}

function machineIdentity(): string {
  const boot = textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  const numbers = textOf(() => readlinkSync('/proc/self/ns/pid'))
  return boot === '' || numbers === '' ? '' : `${boot} ${numbers}`
}

const MISSING = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR']

function textOf(read: () => string): string {
  try {
    return read()
  } catch (error) {
    if (MISSING.some((code) => isSystemError(error, code))) return ''
    throw error
  }
}
