// Times this program beside the real Helm, in turn in one run, as whole processes.
//
//   npm run bench [-- NAME…] [--runs 9] [--charts DIR] [--write]
//     NAME          only jobs whose name holds one of these words
//     --charts DIR  also render public charts found in DIR (vault, argo-cd, kube-prometheus-stack …)
//     --write       write docs/performance.md
//
// Wall time, processor time and peak memory come from GNU time where it is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeCharts } from './charts.mjs'
import { openRepositories, repositoryJobs } from './repositories.mjs'
import { machine, median, show, timed, writePart } from './measure.mjs'
import { oracle } from '../support/oracle.mjs'

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '9' },
    charts: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const runs = Number(options.runs)
const main = new URL('../../dist/main.js', import.meta.url).pathname
if (!existsSync(main)) throw new Error('dist/main.js is missing: run "npm run build" first')
const helm = oracle('helm')
if (helm === undefined) throw new Error('the real Helm is only packaged for Linux on x64')
const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-bench-'))
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  KUBECONFIG: join(folder, 'none'),
  TZ: 'UTC',
  KUBECTL_PKG_CACHE_HOME: join(folder, 'cache'),
}

makeCharts(folder)
const all = [...ownJobs(), ...repositoryJobs(folder), ...publicJobs(options.charts)]
const jobs = all.filter(
  ({ name }) => names.length === 0 || names.some((word) => name.includes(word)),
)
const needsRepositories = jobs.some((job) => job.needsRepositories)
const close = needsRepositories ? await openRepositories({ folder, env, main, helm }) : () => {}
const rows = jobs.map(measure)
close()
const report = view(rows)
process.stdout.write(report)
if (options.write) writePart('programs', page(report))
rmSync(folder, { recursive: true })

function ownJobs() {
  return [
    { name: 'version', goal: 1.0, args: ['version'] },
    { name: 'template: tiny chart', goal: 0.9, args: ['template', 'rel', 'tiny'] },
    ...twice({
      name: 'template: 500 templates, 200 KB of values',
      goal: 0.8,
      args: ['template', 'rel', 'many'],
    }),
    ...twice({
      name: 'template: loop over 10,000 values',
      goal: 0.45,
      args: ['template', 'rel', 'loop'],
    }),
    {
      name: 'template: 5 MB of values',
      goal: 0.5,
      args: ['template', 'rel', 'tiny', '-f', 'large-values.yaml'],
    },
    { name: 'template: 3 MB of manifest', goal: 0.5, args: ['template', 'rel', 'manifest'] },
    ...twice({
      name: 'template: 0.9 MB of CRDs as templates',
      goal: 0.5,
      args: ['template', 'rel', 'crds'],
    }),
    { name: 'lint: 500 templates', goal: 0.5, args: ['lint', 'many'] },
    ...twice({
      name: 'package: 500 templates',
      goal: 0.8,
      args: ['package', 'many', '-d', 'packages'],
    }),
  ]
}

/** A job with what an earlier run has kept of what it read, and without. */
function twice(job) {
  return [job, { ...job, name: `${job.name}, for the first time`, before: forgetReading }]
}

/** Public charts by the folder name they have in their repositories. */
function publicJobs(root) {
  if (root === undefined) return []
  const goals = {
    'vault-helm': 1.0,
    'cert-manager': 0.8,
    'argo-cd': 0.5,
    base: 0.5,
    'kube-prometheus-stack': 0.9,
  }
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('/Chart.yaml') && file.split('/').length <= 6)
    .map((file) => join(root, file, '..'))
    .filter((chart) => goals[chart.split('/').at(-1).replace(/^.*__/, '')] !== undefined)
    .flatMap((chart) => {
      const base = chart.split('/').at(-1).replace(/^.*__/, '')
      return twice({
        name: `template: ${base}`,
        goal: goals[base],
        args: ['template', 'rel', chart],
      })
    })
}

/** What was read of charts is kept for the runs that follow. */
function forgetReading() {
  rmSync(join(env.KUBECTL_PKG_CACHE_HOME, 'read'), { recursive: true, force: true })
}

function measure({ name, goal, args, before = () => {}, most = runs }) {
  const rounds = Math.min(runs, most)
  const samples = { ours: [], helm: [] }
  const programs = { ours: [process.execPath, main], helm: [helm] }
  if (args[0] === 'template') checkOutput(name, args)
  for (let run = -1; run < rounds; run++) {
    for (const [who, program] of Object.entries(programs)) {
      before()
      const sample = timed([...program, ...args], { cwd: folder, env })
      if (sample.code !== 0) throw new Error(`${who} failed at "${name}":\n${sample.stderr}`)
      if (run >= 0) samples[who].push(sample)
    }
  }
  const middle = (who, what) => median(samples[who].map((sample) => sample[what]))
  const ratios = samples.ours
    .map((sample, at) => sample.wall / samples.helm[at].wall)
    .sort((a, b) => a - b)
  return {
    name,
    goal,
    ratio: ratios[rounds >> 1],
    range: [ratios[0], ratios.at(-1)],
    wall: [middle('ours', 'wall'), middle('helm', 'wall')],
    cpu: [middle('ours', 'cpu'), middle('helm', 'cpu')],
    memory: [middle('ours', 'memory'), middle('helm', 'memory')],
  }
}

/** A time means something only for the same output; charts may print lines that are random. */
function checkOutput(name, args) {
  const outputOf = (command) =>
    spawnSync(command[0], [...command.slice(1), ...args], { cwd: folder, env, maxBuffer: 1 << 28 })
      .stdout.toString()
      .split('\n')
  const ours = outputOf([process.execPath, main])
  const [one, other] = [outputOf([helm]), outputOf([helm])]
  const at = one.findIndex((line, index) => line === other[index] && line !== ours[index])
  if (at < 0 && ours.length === one.length) return
  throw new Error(`"${name}" gives another output than Helm from line ${at + 1} on`)
}

function view(rows) {
  const lines = rows.map(({ name, goal, ratio, range, wall, cpu, memory }) =>
    [
      name,
      `${show(wall[0])} / ${show(wall[1])}`,
      `**${show(ratio, 2)}** (${show(range[0], 2)}–${show(range[1], 2)})`,
      `≤ ${goal}`,
      `${show(cpu[0])} / ${show(cpu[1])}`,
      `${show(memory[0])} / ${show(memory[1])}`,
      show(memory[0] / memory[1], 2),
    ].join(' | '),
  )
  return `${[
    machine(runs),
    '',
    '| job | wall ms | ratio (min–max) | goal | CPU ms | peak MiB | ratio |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n')}\n`
}

function page(report) {
  return `# Performance beside Helm

Measured by \`npm run bench\`: both programs in turn in one run, as whole processes. A ratio
below 1 means that this program took less than Helm. Each job runs once before it is timed; what is
kept then of what was read is removed again before every run of the rows "for the first time".

${report}`
}
