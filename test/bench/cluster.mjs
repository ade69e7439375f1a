// Times this program beside the real Helm on a control plane, in turn in one run, and counts what
// each asks the API server by the server's own audit log.
//
//   npm run bench:cluster [-- --runs 5] [--objects 1000] [--records 10000] [--write]
//     --write       write its part of docs/performance.md
//
// KUBECTL_PKG_CONTROLPLANE names the kubeconfig of a control plane that runs already.
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPlane, stopPlane } from '../controlplane/planes.mjs'
import { oracle } from '../support/oracle.mjs'
import { machine, median, show, timed, writePart } from './measure.mjs'

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    objects: { type: 'string', default: '1000' },
    records: { type: 'string', default: '10000' },
    write: { type: 'boolean', default: false },
  },
})
const [runs, objects, records] = [options.runs, options.objects, options.records].map(Number)
const main = new URL('../../dist/main.js', import.meta.url).pathname
if (!existsSync(main)) throw new Error('dist/main.js is missing: run "npm run build" first')
const [helm, kubectl] = [oracle('helm'), oracle('kubectl')]
if (helm === undefined || kubectl === undefined)
  throw new Error('the real Helm and kubectl are only packaged for Linux on x64')

const NAME = `bench-${process.pid}`
const plane = await openPlane()
const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-bench-'))
const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: plane.kubeconfig, TZ: 'UTC' }
const programs = { ours: [process.execPath, main], helm: [helm] }
const chart = writeChart(objects)
try {
  const lives = await timeLives()
  const lists = await timeLists()
  const report = view([...lives, ...lists])
  process.stdout.write(report)
  if (options.write) writePart('cluster', part(report))
} finally {
  rmSync(folder, { recursive: true })
  await stopPlane(NAME)
}

async function openPlane() {
  const kubeconfig = process.env.KUBECTL_PKG_CONTROLPLANE
  if (kubeconfig === undefined) return await startPlane(NAME, { owned: true })
  return JSON.parse(readFileSync(join(dirname(realpathSync(kubeconfig)), 'state.json'), 'utf8'))
}

function writeChart(count) {
  const root = join(folder, 'many')
  mkdirSync(join(root, 'templates'), { recursive: true })
  writeFileSync(join(root, 'Chart.yaml'), 'apiVersion: v2\nname: many\nversion: 1.0.0\n')
  writeFileSync(join(root, 'values.yaml'), 'text: one\n')
  writeFileSync(
    join(root, 'templates/all.yaml'),
    `{{- range until ${count} }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm-{{ . }}\ndata:\n  text: {{ $.Values.text }}\n{{- end }}\n`,
  )
  return root
}

/** A release from its installation to its end, each time in a namespace of its own. */
async function timeLives() {
  const two = ['--set', 'text=two']
  const jobs = [
    { name: `install ${objects} objects`, args: ['install', 'many', chart] },
    { name: 'upgrade that changes nothing', args: ['upgrade', 'many', chart] },
    {
      name: 'diff (Helm: upgrade --dry-run=server)',
      args: ['diff', 'many', chart, ...two],
      helm: ['upgrade', 'many', chart, '--dry-run=server', ...two],
    },
    { name: 'upgrade that changes all', args: ['upgrade', 'many', chart, ...two] },
    { name: 'uninstall', args: ['uninstall', 'many'] },
  ]
  const samples = jobs.map(({ name }) => ({ name, ours: [], helm: [] }))
  for (let run = 0; run < runs; run++) {
    for (const who of ['ours', 'helm']) {
      const namespace = `${NAME}-${who}-${run}`
      kubectlRun('create', 'namespace', namespace)
      for (const [at, job] of jobs.entries()) {
        const args = who === 'helm' ? (job.helm ?? job.args) : job.args
        samples[at][who].push(await measure(who, args, namespace))
      }
      kubectlRun('delete', 'namespace', namespace, '--wait=false')
    }
  }
  return samples
}

async function timeLists() {
  const namespace = `${NAME}-list`
  kubectlRun('create', 'namespace', namespace)
  await storeRecords(namespace)
  const jobs = [
    { name: `list of ${records} records, 10 shown`, args: ['list', '--max', '10'] },
    { name: `list of ${records} records, 256 shown`, args: ['list'] },
  ]
  const samples = jobs.map(({ name }) => ({ name, ours: [], helm: [] }))
  for (let run = 0; run < runs; run++) {
    for (const [at, { args }] of jobs.entries()) {
      for (const who of ['ours', 'helm']) samples[at][who].push(await measure(who, args, namespace))
    }
  }
  kubectlRun('delete', 'namespace', namespace, '--wait=false')
  return samples
}

/** Stores copies of the record that Helm makes of its own starter chart, ten revisions a release. */
async function storeRecords(namespace) {
  const chart = join(folder, 'web')
  execFileSync(helm, ['create', chart], { env, stdio: 'ignore' })
  const args = ['install', 'first', chart, '--namespace', namespace]
  execFileSync(helm, args, { env, stdio: 'ignore' })
  const json = execFileSync(kubectl, [
    ...['--kubeconfig', plane.kubeconfig, '--namespace', namespace, '--output', 'json'],
    ...['get', 'secret', 'sh.helm.release.v1.first.v1'],
  ])
  const { type, data } = JSON.parse(json.toString())
  const left = Array.from({ length: records }, (_, at) => at)
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: readFileSync(plane.authority) })
  const work = async () => {
    for (let at = left.shift(); at !== undefined; at = left.shift()) {
      const [name, version] = [`app-${Math.floor(at / 10)}`, (at % 10) + 1]
      const status = version === 10 ? 'deployed' : 'superseded'
      const labels = { name, owner: 'helm', status, version: String(version) }
      const metadata = { name: `sh.helm.release.v1.${name}.v${version}`, labels }
      await post(agent, `/api/v1/namespaces/${namespace}/secrets`, { metadata, type, data })
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  agent.destroy()
}

function post(agent, path, body) {
  const headers = { authorization: `Bearer ${plane.token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const sent = request(plane.server + path, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().on('end', resolve)
    })
    sent.on('error', reject).end(JSON.stringify(body))
  })
}

function kubectlRun(...args) {
  execFileSync(kubectl, args, { env, stdio: 'ignore' })
}

async function measure(who, args, namespace) {
  const mark = statSync(plane.audit).size
  const sample = timed([...programs[who], ...args, '--namespace', namespace], { cwd: folder, env })
  if (sample.code !== 0) throw new Error(`${who} failed at "${args[0]}":\n${sample.stderr}`)
  // The server writes down a call a little after it has answered it.
  await sleep(300)
  const calls = auditedSince(mark).filter(({ requestURI }) => isIn(requestURI, namespace))
  return { ...sample, calls: calls.length, writes: calls.filter(isWrite).length }
}

function auditedSince(mark) {
  const descriptor = openSync(plane.audit, 'r')
  const bytes = Buffer.alloc(statSync(plane.audit).size - mark)
  readSync(descriptor, bytes, 0, bytes.length, mark)
  closeSync(descriptor)
  return bytes
    .toString()
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line))
    .filter(({ userAgent }) => /^(?:helm|kubectl-pkg)/i.test(userAgent ?? ''))
}

/** A plane that runs already may be used by others too. */
function isIn(uri, namespace) {
  return uri.includes(`/namespaces/${namespace}/`)
}

function isWrite({ verb, requestURI }) {
  const isWriting = ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb)
  return isWriting && !/[?&]dryRun=/.test(requestURI)
}

function view(rows) {
  const lines = rows.map(({ name, ours, helm }) => {
    const pair = (what) =>
      [ours, helm].map((all) => show(median(all.map((each) => each[what])))).join(' / ')
    const ratios = ours.map(({ wall }, at) => wall / helm[at].wall)
    const ratio = `**${show(median(ratios), 2)}** (${show(Math.min(...ratios), 2)}–${show(Math.max(...ratios), 2)})`
    return [name, pair('wall'), ratio, pair('calls'), pair('writes'), pair('memory')].join(' | ')
  })
  return `${[
    machine(runs),
    '',
    '| job | wall ms | ratio (min–max) | API calls | writes | peak MiB |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n')}\n`
}

function part(report) {
  return `Measured by \`npm run bench:cluster\` on one control plane: the same chart and the same
records, both programs in turn. Calls and writes are those about the release's namespace in
the API server's audit log; dry runs are calls and no writes. The records of \`list\` are those
that Helm makes of the chart that \`helm create\` writes.

${report}`
}
