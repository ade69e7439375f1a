import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { migrateFiles, type FileMigration } from '../../src/migrate/migrate-files.ts'
import { isClusterScoped } from '../../src/migrate/cluster-scoped.ts'
import { textOf } from '../support/gates.ts'
import { migrationTarget } from '../support/migration.ts'
import { api, freshNamespace, kubectl } from '../support/plane.ts'
import { collectionOf, servedKinds } from '../support/served-kinds.ts'
import { MOVES } from '../unit/migrate/moves.ts'

/** A collection of old manifests may lie beside the checkout. */
const folder = join(import.meta.dirname, '../../../shared/old-manifests')
const collected = existsSync(folder)
  ? readdirSync(folder).filter((name) => /\.(?:yaml|json)$/.test(name) && name !== 'cases.json')
  : []

/** Groups of custom resources and the charts whose definitions they need. */
const DEFINITIONS: Record<string, string> = {
  'cert-manager.io': 'cert-manager',
  'ceph.rook.io': 'rook-ceph',
  'monitoring.coreos.com': 'prometheus',
  'networking.istio.io': 'istio',
}

const charts = join(import.meta.dirname, '../../charts')
const installed = Object.entries(DEFINITIONS).filter(([, chart]) =>
  existsSync(join(charts, chart, 'crds')),
)
let namespace = ''
let kinds: Awaited<ReturnType<typeof servedKinds>> = []

beforeAll(async () => {
  namespace = await freshNamespace()
  for (const [group, chart] of installed) {
    const run = await kubectl([
      'apply',
      '--server-side',
      '--force-conflicts',
      '-f',
      join(charts, chart, 'crds'),
    ])
    expect({ group, code: run.code, stderr: run.stderr }).toMatchObject({ group, code: 0 })
  }
  await kubectl(['wait', '--for=condition=Established', '--timeout=5m', 'crd', '--all'])
  kinds = await servedKinds()
})

describe('the API server accepts, under strict validation,', () => {
  test.each(MOVES)('what is made when $about', async ({ from, options, beside = '' }) => {
    const [file] = migrateFiles(
      [
        { path: 'old.yaml', text: from },
        { path: 'beside.yaml', text: beside },
      ],
      migrationTarget(options),
    )
    expect(await refusals(file)).toEqual([])
  })

  test.skipIf(collected.length === 0)(
    'every old manifest of the collection',
    async () => {
      const files = migrateFiles(
        collected.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') })),
        migrationTarget(),
      )
      const refused: Record<string, string[]> = {}
      for (const file of files.filter(({ outcome }) => outcome !== 'refuse')) {
        const found = await refusals(file)
        if (found.length > 0) refused[file.path] = found
      }
      expect(refused).toEqual({})
    },
    240_000,
  )
})

test('and refuses a field that nobody knows, so that its word means something', async () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {}\n'
  const [file] = migrateFiles([{ path: 'a.yaml', text }], migrationTarget())
  const [object] = file?.objects ?? []
  Object.assign(object?.after ?? {}, { date: 1 })
  expect(await refusals(file)).toEqual([expect.stringContaining('unknown field "date"')])
})

/** What the API server says of the objects that it knows; nothing when it takes them. */
async function refusals(file: FileMigration | undefined): Promise<string[]> {
  const objects = (file?.objects ?? [])
    .flatMap(({ after }): JsonObject[] => (after === undefined ? [] : [after]))
    .filter(isKnown)
  return (await Promise.all(objects.map(refusalOf))).filter(Boolean)
}

/** What a dry run says against an object, its unknown fields among it. */
async function refusalOf(object: JsonObject): Promise<string> {
  const path = collectionOf(kinds, namespace, object)
  if (path === undefined) return `there is no kind of ${JSON.stringify(object)}`
  const query = 'dryRun=All&fieldValidation=Strict'
  const { status, body } = await api('POST', `${path}?${query}`, placed(object))
  return status < 300 ? '' : `${status} ${textOf(body['message'])}`
}

/** Kubernetes' own kinds, and those whose definitions are there. */
function isKnown({ apiVersion }: JsonObject): boolean {
  const group = typeof apiVersion === 'string' ? (apiVersion.split('/')[0] ?? '') : ''
  const isOwn = group === 'v1' || !group.includes('.') || group.endsWith('.k8s.io')
  return isOwn || installed.some(([each]) => each === group)
}

/** An object in the namespace of the test, which is the only one that is there. */
function placed(object: JsonObject): Json {
  const { metadata, kind } = object
  if (!isJsonObject(metadata)) return object
  const { namespace: _old, ...rest } = metadata
  const isShared = typeof kind === 'string' && isClusterScoped(kind)
  return { ...object, metadata: isShared ? rest : { ...rest, namespace } }
}
