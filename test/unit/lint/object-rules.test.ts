import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import Lint from '../../../src/commands/lint.ts'
import { lintManifests } from '../../../src/lint/lint-manifests.ts'
import { RULES, type RuleFamily, type RuleId } from '../../../src/lint/rule-table.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { kubeFields } from '../../support/migration.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const META = 'metadata: {name: a}'
const SAFE = `securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}`

function pod(container: string, spec = ''): string {
  return `apiVersion: v1\nkind: Pod\n${META}\nspec:\n  ${spec}\n  containers:\n  - name: a\n    ${SAFE}\n    ${container}\n`
}

function role(rule: string, kind = 'Role'): string {
  return `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\n${META}\nrules:\n- ${rule}\n`
}

function policy(egress: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n${META}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  ${egress}\n`
}

/** An object with one fault for each rule of objects, and the line that is told. */
const FAULTS: Record<Exclude<RuleId, 'configuration-legacy'>, [text: string, line: number]> = {
  'api-removed': [`apiVersion: batch/v1beta1\nkind: CronJob\n${META}\n`, 1],
  'cert-manager-legacy': [`apiVersion: cert-manager.io/v1alpha2\nkind: Issuer\n${META}\n`, 1],
  'cluster-scoped-namespace': [
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  namespace: b\n',
    5,
  ],
  'crd-legacy': [
    `apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\n${META}\n`,
    1,
  ],
  'dead-operator': [
    role('{apiGroups: [etcd.database.coreos.com], resources: [x], verbs: [get]}'),
    5,
  ],
  'ec-default-pool': [
    `apiVersion: ceph.rook.io/v1\nkind: CephFilesystem\n${META}\nspec:\n  dataPools:\n  - erasureCoded: {dataChunks: 2}\n`,
    6,
  ],
  'endpoints-deprecated': [`apiVersion: v1\nkind: Endpoints\n${META}\n`, 2],
  'frozen-registry': [pod('image: k8s.gcr.io/pause:3.1'), 9],
  'in-tree-volume': [
    `apiVersion: storage.k8s.io/v1\nkind: StorageClass\n${META}\nprovisioner: kubernetes.io/rbd\n`,
    4,
  ],
  'ingress-legacy': [`apiVersion: networking.k8s.io/v1beta1\nkind: Ingress\n${META}\n`, 1],
  'istio-v1alpha3': [`apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\n${META}\n`, 1],
  'legacy-label': [pod('image: a:1', 'nodeSelector: {beta.kubernetes.io/os: linux}'), 5],
  'obsolete-version': [pod('image: mysql:5.7'), 9],
  psp: [`apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\n${META}\n`, 1],
  'removed-flag': [pod('command: [kube-scheduler, --port=0]'), 9],
  'replication-controller': [`apiVersion: v1\nkind: ReplicationController\n${META}\n`, 2],
  'retired-controller': [
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\n${META}\nspec:\n  ingressClassName: nginx\n`,
    4,
  ],
  'review-object': [
    'apiVersion: authorization.k8s.io/v1\nkind: SubjectAccessReview\nspec: {}\n',
    2,
  ],
  'rook-legacy': [`apiVersion: rook.io/v1alpha1\nkind: Pool\n${META}\n`, 1],
  'sa-token-secret': [
    `apiVersion: v1\nkind: Secret\n${META}\ntype: kubernetes.io/service-account-token\ndata: {token: YQ==}\n`,
    4,
  ],
  'selector-missing': [`apiVersion: apps/v1\nkind: Deployment\n${META}\nspec: {replicas: 1}\n`, 4],
  'webhook-legacy': [
    `apiVersion: admissionregistration.k8s.io/v1beta1\nkind: ValidatingWebhookConfiguration\n${META}\n`,
    1,
  ],
  'apiservice-insecure': [
    `apiVersion: apiregistration.k8s.io/v1\nkind: APIService\n${META}\nspec:\n  insecureSkipTLSVerify: true\n`,
    5,
  ],
  'host-access': [pod('image: a:1', 'hostPID: true'), 5],
  'image-tag': [pod('image: nginx'), 9],
  'plain-secret': [
    `apiVersion: v1\nkind: ConfigMap\n${META}\ndata:\n  app.conf: |\n    db_password = hunter2\n`,
    5,
  ],
  'pod-security': [pod('image: a:1', 'hostNetwork: true'), 5],
  'rbac-secrets': [
    role('{apiGroups: [""], resources: [secrets], verbs: [list]}', 'ClusterRole'),
    5,
  ],
  'rbac-wildcard': [role('{apiGroups: [a.example], resources: ["*"], verbs: [get]}'), 5],
  'egress-without-dns': [policy('egress: [{ports: [{port: 443}]}]'), 6],
  'memory-milli': [pod('resources: {limits: {memory: 128m}}'), 9],
  'missing-subset': [
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\n${META}\nspec:\n  http:\n  - route:\n    - destination: {host: a, subset: v1}\n`,
    7,
  ],
  placeholder: [`apiVersion: v1\nkind: Service\n${META}\nspec:\n  externalName: \${HOST}\n`, 5],
  'secret-newline': [`apiVersion: v1\nkind: Secret\n${META}\ndata:\n  key: dmFsdWUK\n`, 5],
  'unset-variable': [pod('command: [ping, $(HOST)]'), 9],
  'user-subject': [
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n${META}\nsubjects:\n- kind: User\n  name: jane\n`,
    5,
  ],
  'apiversion-typo': [`apiversion: v1\nkind: ConfigMap\n${META}\n`, 1],
  'duplicate-key': ['apiVersion: v1\nkind: A\nkind: B\n', 3],
  'not-installable': ['apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n', 2],
  schema: [`apiVersion: v1\nkind: ConfigMap\n${META}\ndata:\n  port: 80\n`, 5],
  'template-not-rendered': [
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-a\n',
    4,
  ],
  'yaml-syntax': ['a: b: c\n', 1],
}

const ALL: RuleFamily[] = ['apis', 'security', 'practice', 'form']

function findingsIn(...texts: string[]) {
  const files = texts.map((text, at) => ({ path: `${at}.yaml`, text }))
  const options = { families: new Set(ALL), minor: 35, readFields: kubeFields }
  return lintManifests(files, { ...options, declared: 'baseline' }).findings
}

test.each(Object.entries(FAULTS))('%s is found at its line', (rule, [text, line]) => {
  const found = findingsIn(text).filter((each) => each.rule === rule)
  expect(found.map(({ span, severity }) => [span.line, severity])).toEqual([
    [line, RULES[rule as RuleId].severity],
  ])
})

/** What is right, though it looks like a fault. */
test.each([
  ['an image with a digest', pod(`image: nginx@sha256:${'0'.repeat(64)}`)],
  ['a registry with a port', pod('image: registry.example:5000/web:1')],
  [
    'a variable that is set',
    pod('image: a:1\n    env: [{name: HOST, value: a}]\n    command: [ping, $(HOST)]'),
  ],
  ['a command of a shell', pod('image: a:1\n    command: [sh, -c, "echo $(date)"]')],
  ['an escaped variable', pod('image: a:1\n    command: [a, $$(HOST)]')],
  [
    'a password of a Secret',
    pod('image: a:1\n    env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}]'),
  ],
  ['a file with a password', pod('image: a:1\n    env: [{name: PASSWORD, value: /run/secret}]')],
  [
    'a template in a ConfigMap',
    `apiVersion: v1\nkind: ConfigMap\n${META}\ndata:\n  a: "{{ $labels.pod }}"\n  b: "password: $PASSWORD"\n`,
  ],
  [
    'a certificate of several lines',
    `apiVersion: v1\nkind: Secret\n${META}\ndata: {tls.crt: ${Buffer.from('-----\na\n-----\n').toString('base64')}}\n`,
  ],
  ['egress to everything', policy('egress: [{}]')],
])('%s is no fault', (_about, text) => {
  expect(findingsIn(text).map(({ message }) => message)).toEqual([])
})

test('what one object lacks may be in another', () => {
  const route = FAULTS['missing-subset'][0]
  const rule = `apiVersion: networking.istio.io/v1\nkind: DestinationRule\n${META}\nspec: {host: a, subsets: [{name: v1}]}\n`
  const dns = policy('egress: [{ports: [{port: 53, protocol: UDP}]}]')
  expect(findingsIn(route, rule, FAULTS['egress-without-dns'][0], dns)).toEqual([])
})

test.each([
  [
    'td-agent.conf',
    '<source>\n  type tail\n  path /var/log/a\n</source>\n',
    'td-agent.conf:2 warning configuration-legacy: source.type is @type: kubectl pkg migrate rewrites it',
  ],
  [
    'vault.hcl',
    'ui = true\nbackend "consul" {\n  path = "vault/"\n}\n',
    'vault.hcl:2 warning configuration-legacy: backend is storage: kubectl pkg migrate rewrites it',
  ],
  [
    'users.ldif',
    'dn: cn=a\n',
    'users.ldif:1 error not-installable: these are entries of an LDAP directory, which ldapadd loads and the chart dex asks; it is no object of a cluster',
  ],
  ['new.conf', '<source>\n  @type tail\n  path /var/log/a\n</source>\n', undefined],
  ['policy.hcl', 'path "secret/*" {\n  capabilities = ["read"]\n}\n', undefined],
])('the file of a program, %s, is checked too', (path, text, wanted) => {
  const options = { families: new Set(ALL), minor: 35, readFields: kubeFields }
  const { findings, scores } = lintManifests([{ path, text }], options)
  const told = findings.map((each) => `${each.path} ${each.severity} ${each.message}`)
  expect({ told, scores }).toEqual({ told: wanted === undefined ? [] : [wanted], scores: [] })
})

test('lint takes the files of programs beside manifests', async () => {
  const folder = writeChart(temporaryFolder(), {
    'td-agent.conf': '<source>\n  type tail\n</source>\n',
  })
  const { code, stdout } = await runCli(Lint, ['td-agent.conf'], { cwd: folder })
  expect({ code, stdout: stdout.toString() }).toEqual({
    code: 0,
    stdout: expect.stringContaining('[WARNING] td-agent.conf:2: configuration-legacy') as string,
  })
})

test('an add-on is linted by its name', async () => {
  const { code, stdout } = await runCli(Lint, ['addons/dex', '--security'])
  expect({ code, stdout: stdout.toString() }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^==> Linting \S+\/charts\/dex\n/) as string,
  })
})

describe('a chart', () => {
  const templates = {
    'templates/pod.yaml': pod('image: {{ .Values.image }}', 'hostNetwork: true').replace(
      'name: a}',
      'name: {{ .Release.Name }}-agent}',
    ),
  }

  function chart(annotations: string): string {
    const files = {
      'Chart.yaml': chartYaml('web', `icon: https://a.example/i.png\nannotations:\n${annotations}`),
      'values.yaml': 'image: nginx\n',
      ...templates,
    }
    return writeChart(join(temporaryFolder(), 'web'), files)
  }

  test('is measured against what it declares, with a score for each object', async () => {
    const path = chart('  kubectl-pkg/pod-security: baseline\n')
    const { code, stdout } = await runCli(Lint, [path, '--security'])
    expect(stdout.toString().replaceAll(path, 'web')).toBe(`==> Linting web
[ERROR] templates/pod.yaml:5: host-access: Pod/test-release-agent: reaches into the node: hostNetwork
[ERROR] templates/pod.yaml:5: pod-security: Pod/test-release-agent: needs the Pod Security level "privileged", by hostNetwork; the chart declares "baseline"
[WARNING] templates/pod.yaml:9: image-tag: Pod/test-release-agent: image "nginx" has no tag: what runs changes by itself
Pod/test-release-agent scores 40 of 100 and needs "privileged"

`)
    expect(code).toBe(1)
  })

  test('can have a reason for what it does', async () => {
    const path = chart(`  kubectl-pkg/pod-security: privileged
  kubectl-pkg/lint-allow: |
    image-tag Pod/*-agent: the tag is the person's choice
`)
    const { code, stdout } = await runCli(Lint, [path, '--security', '-o', 'json'])
    const [linted] = (JSON.parse(stdout.toString()) as { charts: Record<string, unknown>[] }).charts
    expect(linted).toMatchObject({
      failed: false,
      findings: [{ severity: 'info', rule: 'image-tag', file: 'templates/pod.yaml', line: 9 }],
      scores: [{ object: 'Pod/test-release-agent', score: 100, level: 'privileged' }],
    })
    expect(code).toBe(0)
  })

  test('is linted as Helm does without these flags', async () => {
    const path = chart('  a: b\n')
    const { stdout } = await runCli(Lint, [path])
    expect(stdout.toString().replaceAll(path, 'web')).toBe(
      '==> Linting web\n\n1 chart(s) linted, 0 chart(s) failed\n',
    )
  })
})
