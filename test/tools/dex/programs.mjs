import { join } from 'node:path'
import { goPrograms } from '../go-programs.mjs'

const module = import.meta.dirname

/** Dex, which lets people log in. */
export const dexPrograms = goPrograms(
  'dex',
  { dex: { module, source: 'github.com/dexidp/dex/cmd/dex' } },
  { key: ['go.mod', 'go.sum'].map((name) => join(module, name)) },
)
