import type { ConfigurationMigration } from './migrate-configuration.ts'
import type { MigrationNote } from './migration.ts'
import type { Refusal } from './refusal.ts'

/**
 * Rewrites the configuration of a Vault before 0.9 as it is today, line by line: its store is
 * called "storage", and its addresses are no part of it.
 */
export function migrateVaultConfig(text: string): ConfigurationMigration {
  const notes: MigrationNote[] = []
  let address: string | undefined
  let isStore = false
  const after = text.split('\n').flatMap((line) => {
    if (/^\s*(?:backend|storage)\s+"[^"]+"\s*\{/.test(line)) {
      isStore = true
      return storeLine(line, notes)
    }
    if (!isStore) return line
    const [, advertised] = /^\s*advertise_addr\s*=\s*(.+?)\s*$/.exec(line) ?? []
    if (advertised !== undefined) {
      address = advertised
      return []
    }
    if (!/^\s*\}/.test(line)) return settingLine(line, notes)
    isStore = false
    return address === undefined ? line : [line, '', ...addressLines(address, notes)]
  })
  const refusals = [...bareWords(text), ...unbalanced(text)]
  return { kind: 'VaultConfiguration', after: after.join('\n'), notes, refusals }
}

function storeLine(line: string, notes: MigrationNote[]): string {
  if (!/^\s*backend\b/.test(line)) return line
  notes.push({ kind: 'rewritten', path: 'backend', message: 'is storage' })
  return line.replace('backend', 'storage')
}

function settingLine(line: string, notes: MigrationNote[]): string {
  const [, start, value] = /^(\s*tls_skip_verify\s*=\s*)([01])\s*$/.exec(line) ?? []
  if (start === undefined) return line
  notes.push({ kind: 'rewritten', path: 'backend.tls_skip_verify', message: 'is a text' })
  return `${start}"${value === '1' ? 'true' : 'false'}"`
}

function addressLines(address: string, notes: MigrationNote[]): string[] {
  notes.push(
    {
      kind: 'rewritten',
      path: 'backend.advertise_addr',
      message: 'is api_addr, outside of the store',
    },
    {
      kind: 'needed',
      path: 'cluster_addr',
      message: 'the address that servers reach each other at, by default that of port 8201',
    },
  )
  return [`api_addr = ${address}`]
}

/** A placeholder without quotes is no HCL; one with quotes is a text like any other. */
function bareWords(text: string): Refusal[] {
  return text.split('\n').flatMap((line, at): Refusal[] => {
    const [found, start = '', word = ''] = /^([^"#]*=\s*)(%%\w+%%|###[^"]*###)/.exec(line) ?? []
    if (found === undefined) return []
    const message = `"${word}" is to be filled in, and a text in quotes`
    return [{ cause: 'placeholder', message, line: at + 1, column: start.length + 1 }]
  })
}

function unbalanced(text: string): Refusal[] {
  const lines = text.split('\n')
  let depth = 0
  for (const [at, line] of lines.entries()) {
    for (const { 0: sign, index } of line.matchAll(/"[^"]*"|#.*$|[{}]/g)) {
      depth += sign === '{' ? 1 : sign === '}' ? -1 : 0
      if (depth >= 0) continue
      return [{ cause: 'schema', message: '"}" ends nothing', line: at + 1, column: index + 1 }]
    }
  }
  if (depth === 0) return []
  return [{ cause: 'schema', message: 'a block has no end', line: lines.length, column: 1 }]
}
