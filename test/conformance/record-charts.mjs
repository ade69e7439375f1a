/*
 * Records what the real Helm prints for the charts in charts/*.txt into charts/*.out.
 *
 *   node test/conformance/record-charts.mjs [name…]
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

const FOLDER = join(import.meta.dirname, 'charts')

const wanted = process.argv.slice(2)
for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))) {
  const name = basename(file, '.txt')
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { commands, files } = parseCase(readFileSync(join(FOLDER, file), 'utf8'))
  const runs = await withFolder(files, (folder) =>
    commands.map((command) => {
      const run = runHelm(argumentsIn(folder, command))
      const [stdout, stderr] = [run.stdout, run.stderr].map((text) => withoutFolder(folder, text))
      return { command, code: run.code, stdout, stderr }
    }),
  )
  writeFileSync(join(FOLDER, `${name}.out`), formatRuns(runs))
  console.log(`${name}: exit ${runs.map(({ code }) => code).join(', ')}`)
}
