// Sorts the commands of oclif.manifest.json, which oclif writes as it happens to find them.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../../oclif.manifest.json', import.meta.url)
const manifest = JSON.parse(readFileSync(file, 'utf8'))
const commands = Object.entries(manifest.commands)
commands.sort(([left], [right]) => (left < right ? -1 : 1))
writeFileSync(
  file,
  `${JSON.stringify({ ...manifest, commands: Object.fromEntries(commands) }, null, 2)}\n`,
)
