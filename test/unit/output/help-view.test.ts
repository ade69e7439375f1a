import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { viewCommand, type CommandSpec } from '../../../src/output/help-view.ts'

const manifest = JSON.parse(
  readFileSync(new URL('../../../oclif.manifest.json', import.meta.url), 'utf8'),
) as { commands: Record<string, CommandSpec> }
const options = { bin: 'kubectl pkg', width: 100 }

test.each(Object.values(manifest.commands).map((command) => [command.id, command] as const))(
  'the help of %s tells every flag that is not hidden',
  (_id, command) => {
    const help = viewCommand(command, options)
    const flags = Object.values(command.flags).filter(({ hidden }) => hidden !== true)
    const missing = flags.filter(({ name }) => !new RegExp(`--${name}\\b`).test(help))
    expect(missing.map(({ name }) => name)).toEqual([])
  },
)

test('flags of a group that nobody has put in order come last, under a heading of their own', () => {
  const flags = {
    mine: { type: 'boolean', name: 'mine', helpGroup: 'ADDED', summary: 'Mine.' },
    debug: { type: 'boolean', name: 'debug', helpGroup: 'GLOBAL', summary: 'Say more.' },
  }
  const command = { id: 'x', aliases: [], args: {}, flags } as unknown as CommandSpec
  const help = viewCommand(command, options)
  expect(help.slice(help.indexOf('Global'))).toBe(
    'Global flags:\n      --debug  Say more.\n\nAdded flags:\n      --mine  Mine.\n',
  )
})
