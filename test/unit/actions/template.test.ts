import { expect, test } from 'vitest'
import { template, type TemplateRequest } from '../../../src/actions/template.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'

const files = {
  'Chart.yaml': chartYaml('web', 'kubeVersion: ">=1.20-0"\n'),
  'crds/crd.yaml': 'kind: CustomResourceDefinition\n',
  'templates/a.yaml': 'kind: Service\n---\nkind: Secret\n',
  'templates/test.yaml': 'kind: Pod\nmetadata:\n  annotations:\n    helm.sh/hook: test\n',
  'templates/job.yaml': 'kind: Job\nmetadata:\n  annotations:\n    helm.sh/hook: pre-install\n',
  'templates/up.yaml': '{{ if .Release.IsUpgrade }}kind: Up{{ end }}',
  'templates/NOTES.txt': 'Thanks.',
}

function run(more: Partial<TemplateRequest> = {}) {
  const release = { name: 'r', namespace: 'default' }
  return template({ chart: chartOf(files), values: new Map(), release, options: {}, ...more })
}

const service = '---\n# Source: web/templates/a.yaml\nkind: Service\n'
const secret = '---\n# Source: web/templates/a.yaml\nkind: Secret\n'
const crd = '---\n# Source: web/crds/crd.yaml\nkind: CustomResourceDefinition\n\n'
const hook = (kind: string, file: string, event: string) =>
  `---\n# Source: web/templates/${file}.yaml\nkind: ${kind}\nmetadata:\n  annotations:\n    helm.sh/hook: ${event}\n`
const job = hook('Job', 'job', 'pre-install')
const pod = hook('Pod', 'test', 'test')

// Wanted texts are what `helm template` 4.1.4 prints with the flags of these names.
test.each([
  { what: 'everything', more: {}, want: secret + service + pod + job },
  { what: 'no hooks', more: { noHooks: true }, want: secret + service },
  { what: 'no tests', more: { skipTests: true }, want: secret + service + job },
  { what: 'CRDs first', more: { includeCrds: true, noHooks: true }, want: crd + secret + service },
  {
    what: 'one template',
    more: { showOnly: ['templates/j*.yaml', 'templates/a.yaml'] },
    want: job + secret + service,
  },
  {
    what: 'an upgrade',
    more: { isUpgrade: true, noHooks: true },
    want: `${secret}${service}---\n# Source: web/templates/up.yaml\nkind: Up\n`,
  },
])('prints $what', ({ more, want }) => {
  expect(run(more).output).toBe(want)
})

test('a chart that gives nothing prints an empty line', () => {
  expect(run({ chart: chartOf({ 'templates/x.yaml': '' }) }).output).toBe('\n')
})

test('files are given in the order they are written', () => {
  const { output, files: written } = run({ toFiles: true, includeCrds: true })
  expect(output).toBe('\n')
  expect(written.map(({ path, isCrd }) => [path, isCrd])).toEqual([
    ['web/crds/crd.yaml', true],
    ['web/templates/a.yaml', false],
    ['web/templates/a.yaml', false],
    ['web/templates/test.yaml', false],
    ['web/templates/job.yaml', false],
  ])
})

test.each([
  {
    what: 'a template that is not there',
    more: { showOnly: ['templates/none.yaml'] },
    code: 'USAGE',
    message: 'could not find template templates/none.yaml in chart',
  },
  {
    what: 'an older Kubernetes',
    more: { kubeVersion: 'v1.19.3-gke.1' },
    code: 'KUBE_VERSION_UNMET',
    message:
      'chart requires kubeVersion: >=1.20-0 which is incompatible with Kubernetes v1.19.3-gke.1',
  },
])('$what is refused', ({ more, code, message }) => {
  expect(() => run(more)).toThrow(expect.objectContaining({ code, message }))
})

test('a YAML error points into the template', () => {
  const chart = chartOf({ 'templates/x.yaml': 'kind: A\nname: {{ "a: b" }}\n' })
  expect(() => run({ chart })).toThrow(
    expect.objectContaining({
      code: 'MANIFEST_INVALID',
      span: { file: 'web/templates/x.yaml', line: 2, column: 7, source: 'name: {{ "a: b" }}' },
    }),
  )
})

test.each([
  { what: 'its own values', values: {} },
  { what: "a person's values", values: { map: new Map([['given', true]]) } },
])('a chart of $what keeps them, unless nobody needs it any more', ({ values }) => {
  const own = {
    'Chart.yaml': chartYaml('web'),
    'values.yaml': 'map: {count: 1}\nlist: [{count: 1}]\n',
    'templates/a.yaml':
      '{{ $_ := set .Values.map "count" 2 }}{{ $_ := set (first .Values.list) "count" 2 }}kind: A\nvalues: {{ toJson .Values }}',
  }
  const outputs = [false, true].map((isLastUse) => {
    const chart = chartOf(own)
    const { output } = run({ chart, values: new Map(Object.entries(values)), isLastUse })
    if (!isLastUse) expect(chart.values).toEqual(chartOf(own).values)
    return output
  })
  expect(outputs[0]).toContain('"count":2')
  expect(outputs[1]).toBe(outputs[0])
})

test('aliases of a subchart do not change the values of each other', () => {
  const { output } = run({
    isLastUse: true,
    chart: chartOf({
      'Chart.yaml': chartYaml(
        'web',
        'dependencies:\n- {name: sub, version: 1.0.0, alias: a}\n- {name: sub, version: 1.0.0, alias: b}\n',
      ),
      'charts/sub/Chart.yaml': chartYaml('sub'),
      'charts/sub/charts/deep/Chart.yaml': chartYaml('deep'),
      'charts/sub/charts/deep/values.yaml': 'map: {count: 1}\n',
      'charts/sub/charts/deep/templates/a.yaml':
        'kind: n{{ .Values.map.count }}{{ $_ := set .Values.map "count" 2 }}',
    }),
  })
  expect(output.match(/kind: n\d/g)).toEqual(['kind: n1', 'kind: n1'])
})
