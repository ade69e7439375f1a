import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { oracle } from './oracle.mjs'

export interface HelmRun {
  code: number
  stdout: string
  stderr: string
}

/**
 * Runs the real Helm while this process goes on, so that it can be the client of a server in a
 * test; all that it keeps is below `home`.
 */
export function runHelmClient(
  args: readonly string[],
  home: string,
  cwd = home,
  more: Record<string, string> = {},
): Promise<HelmRun> {
  const helm = oracle('helm')
  if (helm === undefined) throw new Error('the real Helm is only packaged for Linux on x64')
  mkdirSync(home, { recursive: true })
  const child = spawn(helm, args, {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      HELM_CONFIG_HOME: join(home, 'config'),
      HELM_CACHE_HOME: join(home, 'cache'),
      HELM_DATA_HOME: join(home, 'data'),
      TZ: 'UTC',
      ...more,
    },
  })
  const run = { code: 0, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (run.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (run.stderr += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ ...run, code: code ?? 1 }))
  })
}
