// What the benches share: one timed run, and the page that tells of both.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

const gnuTime = existsSync('/usr/bin/time')

/** Runs a program; memory and processor time come from GNU time where it is installed. */
export function timed(command, { cwd, env }) {
  const all = gnuTime ? ['/usr/bin/time', '-f', '@@%U %S %M', ...command] : command
  const start = performance.now()
  const { status, stderr } = spawnSync(all[0], all.slice(1), { cwd, env, maxBuffer: 1 << 28 })
  const wall = performance.now() - start
  const [, user, system, memory] = /@@(\S+) (\S+) (\S+)/.exec(stderr.toString()) ?? []
  return {
    code: status,
    stderr: stderr.toString(),
    wall,
    cpu: (Number(user) + Number(system)) * 1000,
    memory: Number(memory) / 1024,
  }
}

/** The middle one, or the upper of two. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

/** A number for a table. */
export function show(value, digits = 0) {
  return Number.isNaN(value) ? '–' : value.toFixed(digits)
}

/** What machine it was, and how often it ran. */
export function machine(runs) {
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpus()[0].model}, ${memory} GiB, Node ${process.version}; median of ${runs} runs; ours / Helm 4.1.4`
}

const page = new URL('../../docs/performance.md', import.meta.url)
const CLUSTER = '## On a cluster\n'

/** Replaces one part of docs/performance.md, and leaves the others as they are. */
export function writePart(part, text) {
  const sections = readFileSync(page, 'utf8').split(/^(?=## )/m)
  if (part === 'programs') sections[0] = text
  else
    sections[sections.findIndex((each) => each.startsWith(CLUSTER))] = `${CLUSTER}\n${text.trim()}`
  writeFileSync(page, `${sections.map((each) => each.trim()).join('\n\n')}\n`)
}
