import { join } from 'node:path'
import { goPrograms } from '../go-programs.mjs'

const module = import.meta.dirname

/** Vault, without its pages and the engines that it starts as programs of their own. */
export const vaultPrograms = goPrograms(
  'vault',
  { vault: { module, source: 'github.com/hashicorp/vault', tags: 'minimal' } },
  { key: ['go.mod', 'go.sum'].map((name) => join(module, name)) },
)
