import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { helm, kubectlOk } from '../support/plane.ts'
import { runLine } from '../support/run-line.ts'
import { startPlane, stopPlane } from './planes.mjs'

// Two releases cannot share the classes and webhooks of a cluster, so this has one of its own.
const name = `platform-${process.pid}`
const home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-platform-'))
let kubeconfig = ''

beforeAll(async () => {
  ;({ kubeconfig } = await startPlane(name, { owned: true }))
})

afterAll(async () => {
  await stopPlane(name)
  rmSync(home, { recursive: true })
})

process.setMaxListeners(100)

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'platform.md'), 'utf8')
const [installations = [], looks = [], removals = []] = [
  ...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm),
].map(([, block = '']) => block.trim().split('\n'))

test('the page on platforms holds: seven add-ons come, live side by side, and go', async () => {
  await makeVolumes(8)
  for (const line of installations) await run(line)
  const [list = '', ...others] = looks
  const listed = JSON.parse(await run(`${list} --output json`)) as Listed[]
  expect(listed.map(({ chart, status }) => `${nameOf(chart)} ${status}`).sort()).toEqual([
    'cert-manager deployed',
    'efk deployed',
    'ingress deployed',
    'istio deployed',
    'prometheus deployed',
    'rook-ceph deployed',
    'vault deployed',
  ])
  for (const line of others) await run(line)

  const { stdout } = await helm(['list', '--all-namespaces', '--output', 'json'], { kubeconfig })
  const seen = (JSON.parse(stdout) as Listed[]).map((release) => release.name)
  expect(seen.sort()).toEqual(listed.map((release) => release.name).sort())
  for (const release of listed)
    await run(`kubectl pkg drift ${release.name} -n ${release.namespace}`)

  for (const line of removals) await run(line)
  expect(JSON.parse(await run(`${list} --output json`))).toEqual([])
  expect(await left('validatingwebhookconfigurations,mutatingwebhookconfigurations')).toEqual([])
  expect(await left('deployments,statefulsets,daemonsets,jobs,ingressclasses')).toEqual([])
}, 600_000)

interface Listed {
  name: string
  namespace: string
  chart: string
  status: string
}

function nameOf(chart: string): string {
  return chart.replace(/-\d+\.\d+\.\d+$/, '')
}

/** Runs a line of the page and gives its output; @throws when it fails */
async function run(line: string): Promise<string> {
  const words = line.split(' ').slice(2)
  const env = { KUBECONFIG: kubeconfig, HOME: home }
  const { code, stdout, stderr } = await runLine(words, { env, now: Date.now() })
  if (code !== 0) throw new Error(`${line} ended with ${code}: ${stderr}`)
  return stdout.toString()
}

async function left(kinds: string): Promise<string[]> {
  const text = await kubectlOk(['get', kinds, '--all-namespaces', '--output=name'], { kubeconfig })
  return text.split('\n').filter((each) => each !== '')
}

/** Nothing here makes volumes for claims, which take any that is large enough. */
async function makeVolumes(count: number): Promise<void> {
  const volumes = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `volume-${index}` },
    spec: {
      capacity: { storage: '1Ti' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: '/nowhere' },
    },
  }))
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: volumes })
  await kubectlOk(['create', '--filename=-'], { kubeconfig, input })
}
