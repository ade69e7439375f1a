import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBuilt } from '../support/built-cli.ts'
import { startRepository, type FakeRepository } from '../support/fake-repository.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * An index of 50 MB with 92,000 versions. Times belong to the machine, so that only memory is held
 * against a bound; the real Helm takes 1,200 MiB for each of these commands.
 */

const CHARTS = 920
const VERSIONS = 100
const PRELOAD = join(import.meta.dirname, '../support/tell-memory.cjs')

let server: FakeRepository
let home: string
beforeAll(async () => {
  server = await startRepository()
  server.files.set('/index.yaml', bigIndex())
  home = temporaryFolder()
})
afterAll(() => server.close())

function bigIndex(): Buffer {
  const parts = [Buffer.from('apiVersion: v1\nentries:\n')]
  for (let chart = 0; chart < CHARTS; chart++) {
    const versions = Array.from({ length: VERSIONS }, (_, at) => entry(chart, VERSIONS - at))
    parts.push(Buffer.from(`  chart-${chart}:\n${versions.join('')}`))
  }
  parts.push(Buffer.from('generated: "2026-01-02T03:04:05Z"\n'))
  return Buffer.concat(parts)
}

function entry(chart: number, version: number): string {
  const name = `chart-${chart}`
  const digest = `${chart}`.padStart(32, 'a') + `${version}`.padStart(32, 'b')
  return `  - apiVersion: v2
    appVersion: ${version}.0.${chart}
    created: "2026-01-02T03:04:05.678901234Z"
    description: ${name} is a server that keeps what others need, made for a cluster.
    digest: ${digest}
    home: https://charts.example.com/${name}
    keywords:
    - ${name}
    - server
    maintainers:
    - email: people@example.com
      name: The people
    name: ${name}
    sources:
    - https://github.example.com/charts/${name}/tree/main
    urls:
    - https://charts.example.com/archives/${name}-${version}.0.0.tgz
    version: ${version}.0.0
`
}

async function run(args: readonly string[]) {
  const { code, stdout, stderr } = await startBuilt(args, { cwd: home, preload: [PRELOAD] }).end
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  return { out: stdout, mebibytes: Number(/^peak (\d+) MiB$/m.exec(stderr)?.[1]) }
}

test.runIf(process.platform === 'linux')(
  'an index of 50 MB costs little memory to fetch, and next to none to look into',
  async () => {
    expect(bigIndex().length).toBeGreaterThan(50_000_000)
    const added = await run(['repo', 'add', 'big', server.url])
    expect(added.mebibytes).toBeLessThan(400)
    const found = await run(['search', 'repo', 'chart-77', '-o', 'json'])
    expect(JSON.parse(found.out)).toHaveLength(11)
    expect(found.mebibytes).toBeLessThan(120)
    const versions = await run(['versions', 'big/chart-919', '--version', '^7', '-o', 'json'])
    expect(JSON.parse(versions.out)).toMatchObject([{ version: '7.0.0' }])
    expect(versions.mebibytes).toBeLessThan(100)
    const again = await run(['repo', 'update'])
    expect(again.mebibytes).toBeLessThan(400)
  },
  120_000,
)
