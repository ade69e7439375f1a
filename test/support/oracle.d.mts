export interface HelmRun {
  code: number | null
  stdout: string
  stderr: string
  bytes: Buffer
}

/** Unpacks the real helm or kubectl once and gives its path; undefined on other machines. */
export function oracle(name: 'helm' | 'kubectl'): string | undefined

/** Runs the real Helm without a cluster, in UTC unless `zone` says otherwise, with a home of its own. */
export function runHelm(
  args: string[],
  options?: { cwd?: string; input?: string; zone?: string },
): HelmRun
