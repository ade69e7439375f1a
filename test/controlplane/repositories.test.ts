import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { openGpg, type GpgHome } from '../support/gpg.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import { api, freshNamespace, helm, plane } from '../support/plane.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runLine } from '../support/run-line.ts'

/*
 * Charts go from one program to the other through real servers: packed and signed by one,
 * fetched, verified and installed into a cluster by the other.
 */
const SIGNER = 'Ann <ann@example.com>'
const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-supply-'))
let gpg: GpgHome
let registry: RealRegistry
let site: Nginx
let publicRing = ''
let secretRing = ''
let home = ''
let count = 0

beforeAll(async () => {
  gpg = openGpg()
  gpg.makeKey(SIGNER)
  publicRing = gpg.publicRing('Ann')
  secretRing = gpg.secretRing('Ann')
  registry = await startRegistry()
  mkdirSync(join(folder, 'site'))
  site = await startNginx(join(folder, 'site'))
})
afterAll(async () => {
  gpg.close()
  await registry.stop()
  await site.stop()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  home = join(folder, `home-${count++}`)
  mkdirSync(join(home, 'pulled'), { recursive: true })
})

/** A program that packs, signs, publishes and installs. */
interface Program {
  name: string
  /** Runs a line in `home`; gives its output. @throws when it fails */
  run(argv: readonly string[]): Promise<string>
  /** Puts an archive of `home` into the static repository. */
  publish(archive: string): Promise<void>
}

const ours: Program = {
  name: 'kubectl pkg',
  async run(argv) {
    const env = {
      ...{ HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_CACHE_HOME: join(home, 'cache') },
      KUBECONFIG: plane().kubeconfig,
    }
    const { code, stdout, stderr } = await runLine(argv, { env, cwd: home, now: Date.now() })
    if (code !== 0) throw new Error(`kubectl pkg ${argv.join(' ')} ended with ${code}: ${stderr}`)
    return stdout.toString()
  },
  async publish(archive) {
    await ours.run(['publish', archive, join(folder, 'site')])
  },
}

const theirs: Program = {
  name: 'Helm',
  async run(argv) {
    const { code, stdout, stderr } = await helm([...argv], { cwd: home, env: { HOME: home } })
    if (code !== 0) throw new Error(`helm ${argv.join(' ')} ended with ${code}: ${stderr}`)
    return stdout
  },
  async publish(archive) {
    const place = join(folder, 'site')
    for (const name of [archive, `${archive}.prov`]) {
      copyFileSync(name, join(place, name.slice(home.length + 1)))
    }
    await theirs.run(['repo', 'index', place])
  },
}

const PAIRS = [
  { maker: ours, taker: theirs },
  { maker: theirs, taker: ours },
]
const PLACES = ['a static repository', 'a registry'] as const
const ROWS = PAIRS.flatMap((pair) => PLACES.map((place) => ({ ...pair, place })))

/** Packs and signs a chart of the given name; gives the archive. */
async function pack(maker: Program, name: string): Promise<string> {
  const source = writeChart(join(home, `${name}-source`), {
    'Chart.yaml': chartYaml(name),
    'values.yaml': 'text: from the chart\n',
    'templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  text: {{ .Values.text | quote }}
`,
  })
  const sign = ['--sign', '--key', 'Ann', '--keyring', secretRing]
  await maker.run(['package', source, '-d', home, ...sign])
  return join(home, `${name}-1.0.0.tgz`)
}

/** Publishes an archive and gives what a client names it by. */
async function offer(
  { maker, taker, place }: (typeof ROWS)[number],
  archive: string,
  name: string,
): Promise<string[]> {
  if (place === 'a registry') {
    const remote = `oci://${registry.host}/${maker === ours ? 'ours' : 'theirs'}`
    await maker.run(['push', archive, remote, '--plain-http'])
    return [`${remote}/${name}`, '--version', '1.0.0', '--plain-http']
  }
  await maker.publish(archive)
  await taker.run(['repo', 'add', 'site', site.url])
  return [`site/${name}`, '--version', '~1']
}

const NAMES = new Map([
  [ours, 'ours'],
  [theirs, 'theirs'],
])

test.each(ROWS)(
  'what $maker.name has signed and put into $place, $taker.name pulls, verifies and installs',
  async (row) => {
    const { maker, taker, place } = row
    const name = `${NAMES.get(maker)}-${place.split(' ').at(-1)}`
    const namespace = await freshNamespace()
    const archive = await pack(maker, name)
    const chart = await offer(row, archive, name)
    const verified = ['--verify', '--keyring', publicRing]

    await taker.run(['pull', ...chart, ...verified, '-d', join(home, 'pulled')])
    expect(readFileSync(join(home, 'pulled', `${name}-1.0.0.tgz`))).toEqual(readFileSync(archive))

    await taker.run(['install', name, ...chart, ...verified, '--namespace', namespace])
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
    expect((await api('GET', path)).body).toMatchObject({ data: { text: 'from the chart' } })

    // Whoever made the chart reads and ends what the other has installed of it.
    const listed = JSON.parse(await maker.run(['list', '-n', namespace, '-o', 'json'])) as unknown
    expect(listed).toMatchObject([{ name, chart: `${name}-1.0.0`, status: 'deployed' }])
    await maker.run(['uninstall', name, '--namespace', namespace])
    expect((await api('GET', path)).status).toBe(404)
  },
)

test.each(PAIRS)(
  'an archive that $maker.name signed and somebody changed is installed by neither',
  async ({ maker }) => {
    const name = `${NAMES.get(maker)}-changed`
    const namespace = await freshNamespace()
    const archive = await pack(maker, name)
    const other = join(home, 'other')
    mkdirSync(other)
    const signed = join(other, `${name}-1.0.0.tgz`)
    copyFileSync(`${archive}.prov`, `${signed}.prov`)
    await ours.run(['package', writeChanged(name), '-d', other])
    const line = ['install', name, signed, '--verify', '--keyring', publicRing, '-n', namespace]

    await expect(ours.run(line)).rejects.toThrow('PROVENANCE_FAILED')
    await expect(theirs.run(line)).rejects.toThrow('sha256 sum does not match')
    for (const each of [name, 'more']) {
      const path = `/api/v1/namespaces/${namespace}/configmaps/${each}`
      expect((await api('GET', path)).status).toBe(404)
    }
  },
)

/** The chart of that name with another template. */
function writeChanged(name: string): string {
  return writeChart(join(home, `${name}-source`), {
    'templates/more.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: more\n',
  })
}
