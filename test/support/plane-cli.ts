import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { helm, plane } from './plane.ts'
import { runLine } from './run-line.ts'

const home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-home-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** What a program printed; of a run that failed all of it. */
export interface Shell {
  code: number
  out: string
  err: string
}

/** Runs `kubectl pkg …` in a namespace of the control plane. */
export async function pkg(
  namespace: string,
  line: string | readonly string[],
  env: Record<string, string> = {},
): Promise<Shell> {
  const words = typeof line === 'string' ? line.split(' ') : line
  const { code, stdout, stderr } = await runLine([...words, '--namespace', namespace], {
    env: { KUBECONFIG: plane().kubeconfig, HOME: home, ...env },
    now: Date.now(),
  })
  return { code, out: stdout.toString(), err: stderr }
}

/** As `pkg`; @throws when it fails */
export async function pkgOk(...args: Parameters<typeof pkg>): Promise<string> {
  const { code, out, err } = await pkg(...args)
  if (code !== 0) throw new Error(`${String(args[1])} ended with ${code}: ${err}`)
  return out
}

/** Runs the real Helm in a namespace of the control plane; @throws when it fails */
export async function helmOk(namespace: string, line: string, driver = ''): Promise<string> {
  const args = [...line.split(' '), '--namespace', namespace]
  const { code, stdout, stderr } = await helm(args, { env: { HELM_DRIVER: driver } })
  if (code !== 0) throw new Error(`helm ${line} ended with ${code}: ${stderr}`)
  return stdout
}
