import { beforeEach, expect, test } from 'vitest'
import { auditedWrites, auditMark, type AuditedCall } from '../support/audit.ts'
import { writeChart } from '../support/chart-builder.ts'
import { freshNamespace, kubectlOk, uniqueName } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * A dry run at the server says what the run itself would say that is refused: before its first
 * write, or by the server of an object that is new.
 */

let namespace = ''
beforeEach(async () => {
  namespace = await freshNamespace()
})

function chartOf(text: string, files: Record<string, string> = {}): string {
  return writeChart(temporaryFolder(), {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'templates/all.yaml': text,
    ...files,
  })
}

/** Runs it, and expects that nothing was written. */
async function rehearse(line: string) {
  const mark = auditMark()
  const run = await pkg(namespace, `${line} --dry-run=server`)
  // Controllers may still be at work for what was installed before.
  const isOurs = (call: AuditedCall): boolean =>
    call.namespace === namespace && call.userAgent.startsWith('kubectl-pkg')
  expect(await auditedWrites(mark, isOurs)).toEqual([])
  return run
}

function claim(storageClass: string): string {
  return `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ${storageClass}
  resources: { requests: { storage: 1Gi } }
`
}

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'web:{{ .Values.tag | default 1 }}' }] }
`

test.each([
  {
    what: 'a kind that nobody knows',
    text: 'apiVersion: nobody.test/v1\nkind: Nobody\nmetadata: { name: a }\n',
    code: 'KIND_UNKNOWN',
  },
  {
    what: 'a field that nobody knows',
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndataa: {}\n',
    code: 'OBJECT_INVALID',
  },
])('an installation with $what is refused', async ({ text, code }) => {
  const { code: exit, err } = await rehearse(`install web ${chartOf(text)}`)
  expect([exit, err]).toEqual([8, expect.stringContaining(`code: ${code}\n`)])
})

test('an upgrade that changes what can never change is refused, unless it may make it anew', async () => {
  await pkgOk(namespace, `install web ${chartOf(claim('one'))}`)
  const refused = await rehearse(`upgrade web ${chartOf(claim('two'))}`)
  expect([refused.code, refused.err]).toEqual([8, expect.stringContaining('FIELD_IMMUTABLE')])
  const flags = '--recreate --allow-data-loss'
  expect(await rehearse(`upgrade web ${chartOf(claim('two'))} ${flags}`)).toMatchObject({ code: 0 })
})

test('an upgrade that meets another manager is refused, unless it may take the field', async () => {
  const chart = chartOf(DEPLOYMENT)
  await pkgOk(namespace, `install web ${chart}`)
  await kubectlOk(['-n', namespace, 'set', 'image', 'deployment/web', 'web=web:hot'])
  const refused = await rehearse(`upgrade web ${chart} --set tag=2`)
  expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('FIELD_CONFLICT')])
  expect(await rehearse(`upgrade web ${chart} --set tag=2 --force-conflicts`)).toMatchObject({
    code: 0,
  })
})

test('what only a real run could try is not in its way', async () => {
  const group = `${uniqueName('g')}.example.org`
  const chart = chartOf(
    `apiVersion: ${group}/v1\nkind: One\nmetadata: { name: a }\n---\n` +
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${namespace}-more }\n---\n` +
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: ${namespace}-more }\n`,
    {
      'crds/one.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ones.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { kind: One, plural: ones }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`,
    },
  )
  expect(await rehearse(`install web ${chart}`)).toMatchObject({ code: 0 })
})
