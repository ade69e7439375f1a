import { join } from 'node:path'
import { goPrograms } from '../go-programs.mjs'

const module = import.meta.dirname

/** ChartMuseum, which keeps charts and takes uploads of them. */
export const chartmuseumPrograms = goPrograms(
  'chartmuseum',
  { chartmuseum: { module, source: 'helm.sh/chartmuseum/cmd/chartmuseum' } },
  { key: ['go.mod', 'go.sum'].map((name) => join(module, name)) },
)
