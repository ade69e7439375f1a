import { join } from 'node:path'
import { goPrograms } from '../go-programs.mjs'

const module = import.meta.dirname

/** A reader of the language that Vault's configuration is written in. */
export const hclPrograms = goPrograms(
  'hcl',
  { hcl: { module, source: '.' } },
  { key: ['go.mod', 'go.sum', 'main.go'].map((name) => join(module, name)) },
)
