/**
 * What API servers are told of this program, as kubectl tells of itself:
 * `kubectl-pkg/1.2.3 (linux/amd64)`.
 */
export function userAgentOf(version: string): string {
  const { platform, arch } = process
  return `kubectl-pkg/${version} (${SYSTEMS[platform] ?? platform}/${MACHINES[arch] ?? arch})`
}

/** Go's names where Node has others. */
const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' }
const MACHINES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' }
