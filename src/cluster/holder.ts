import { readFile, readlink } from 'node:fs/promises'
import { isSystemError } from '../base/files.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import type { Holder } from './lease.ts'

/** Identifies this boot of the machine and its process ids; empty where nothing tells. */
export async function machineIdentity(): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'].some((code) => isSystemError(error, code)))
      return ''
    throw error
  }
}

/** A process of this very machine that no longer exists is gone; of others nothing is known. */
export async function isGone(holder: Holder): Promise<boolean> {
  if (holder.machine === '' || holder.machine !== (await machineIdentity())) return false
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return isSystemError(error, 'ESRCH')
  }
}

/** Reads a holder's JSON; undefined when it is none. */
export function parseHolder(text: string): Holder | undefined {
  const value = parseJson(text)
  if (!isJsonObject(value)) return undefined
  const texts = ['token', 'host', 'machine', 'since', 'verb', 'request', 'run']
  if (!texts.every((key) => typeof value[key] === 'string')) return undefined
  const { after } = value
  if (!Array.isArray(after) || !after.every((token) => typeof token === 'string')) return undefined
  return Number.isInteger(value['pid']) ? (value as unknown as Holder) : undefined
}
