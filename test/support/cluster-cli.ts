import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import type { CommandClass } from './run-cli.ts'
import { runCli } from './run-cli.ts'
import { plane, type Run } from './plane.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-cluster-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A folder that goes when the file's tests have ended. */
export function workFolder(): string {
  return mkdtempSync(join(folder, 'work-'))
}

/** Writes a chart and gives its folder; other files by their paths below it. */
export function chartOf(
  name: string,
  files: Record<string, string>,
  metadata: Record<string, unknown> = {},
): string {
  const root = join(workFolder(), name)
  const head = { apiVersion: 'v2', name, version: '1.0.0', ...metadata }
  for (const [path, text] of Object.entries({ 'Chart.yaml': JSON.stringify(head), ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** Runs one of our commands in process against the control plane, in a namespace. */
export async function onCluster(
  command: CommandClass,
  argv: string[],
  options: { namespace: string; kubeconfig?: string; stdin?: string },
): Promise<Run> {
  const { namespace, kubeconfig = plane().kubeconfig, stdin = '' } = options
  const env = { KUBECONFIG: kubeconfig, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') }
  const { code, stdout, stderr } = await runCli(command, [...argv, '--namespace', namespace], {
    env,
    cwd: folder,
    now: Date.now(),
    stdin: Buffer.from(stdin),
  })
  return { code, stdout: stdout.toString('utf8'), stderr }
}
