import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import Template from '../../src/commands/template.ts'
import { argumentsIn, parseCase, withFolder, withoutFolder } from '../support/chart-text.mjs'
import { type CliSurroundings, runCli } from '../support/run-cli.ts'

/*
 * The charts of charts/*.txt, rendered a second time with what the first time has kept of their
 * templates: what is printed, and every error with its place, stays the same.
 */

Template.id = 'template'

const kept = new Map<string, Uint8Array>()
const counts = { written: 0, found: 0 }
const fileStore: NonNullable<CliSurroundings['fileStore']> = {
  least: 0,
  read(name) {
    const file = kept.get(name)
    if (file !== undefined) counts.found++
    return file
  },
  write(name, content) {
    counts.written++
    kept.set(name, Buffer.concat(content))
  },
}

const FOLDER = join(import.meta.dirname, 'charts')
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => basename(file, '.txt'))

let taken = 0
afterAll(() => {
  expect(taken).toBeGreaterThan(names.length)
})

test.each(names)('%s', async (name) => {
  const { commands, files } = parseCase(readFileSync(join(FOLDER, `${name}.txt`), 'utf8'))
  await withFolder(files, async (folder) => {
    for (const command of commands) {
      kept.clear()
      const first = await runIn(folder, command)
      const before = { ...counts }
      const second = await runIn(folder, command)
      expect(second).toEqual(first)
      // What one file of the cache stood for is taken, and not kept again.
      if (kept.size > 0) expect(counts.written).toBe(before.written)
      taken += counts.found - before.found
    }
  })
})

async function runIn(folder: string, command: string) {
  const [, ...argv] = argumentsIn(folder, command)
  const { code, stdout, stderr } = await runCli(Template, argv, { fileStore })
  return { code, stdout, stderr: withoutFolder(folder, stderr) }
}
