import type { Release } from '../../src/release/release.ts'
import { configMapChart } from './target.ts'

/** A deployed first revision of `web` in `apps`, but for what is given. */
export function releaseOf(fields: Partial<Release>): Release {
  return {
    name: 'web',
    namespace: 'apps',
    revision: 1,
    status: 'deployed',
    firstDeployed: '2026-01-01T00:00:00Z',
    lastDeployed: '2026-01-01T00:00:00Z',
    deleted: '',
    description: 'Install complete',
    notes: '',
    chart: configMapChart({ a: '1' }),
    config: new Map(),
    manifest: '',
    hooks: [],
    labels: {},
    applyMethod: 'ssa',
    ...fields,
  }
}
