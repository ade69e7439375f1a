/*
 * Records what the real Helm prints for the charts in lint/*.txt into lint/*.out.
 *
 *   node test/conformance/record-lint.mjs [name…]
 *
 * Helm unpacks an archive into a folder of its own and names that; the recording names the
 * archive. Of what goes to standard error only the error is kept.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  argumentsIn,
  formatRuns,
  parseCase,
  withFolder,
  withoutFolder,
} from '../support/chart-text.mjs'
import { runHelm } from '../support/oracle.mjs'

const FOLDER = join(import.meta.dirname, 'lint')

const wanted = process.argv.slice(2)
for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))) {
  const name = basename(file, '.txt')
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { commands, files } = parseCase(readFileSync(join(FOLDER, file), 'utf8'))
  const runs = await withFolder(files, (folder) =>
    commands.map((command) => lint(folder, command)),
  )
  writeFileSync(join(FOLDER, `${name}.out`), formatRuns(runs))
}

function lint(folder, command) {
  const args = argumentsIn(folder, command)
  const { code, stdout, stderr } = runHelm(args)
  const archive = args.find((argument) => argument.endsWith('gz'))
  const named = stdout.replaceAll(/\/tmp\/helm-lint\d+\/[^\s:]+/g, archive)
  const error = /^Error: [\s\S]*/m.exec(stderr)?.[0] ?? ''
  return {
    command,
    code,
    stdout: withoutFolder(folder, named),
    stderr: withoutFolder(folder, error),
  }
}
