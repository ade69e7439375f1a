import { join } from 'node:path'
import { goPrograms } from '../go-programs.mjs'

const module = import.meta.dirname

/** vmagent, which reads targets as Prometheus does. */
export const vmagentPrograms = goPrograms(
  'vmagent',
  { vmagent: { module, source: 'github.com/VictoriaMetrics/VictoriaMetrics/app/vmagent' } },
  { key: ['go.mod', 'go.sum'].map((name) => join(module, name)) },
)
