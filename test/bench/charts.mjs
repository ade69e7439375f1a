// Charts of a stated size, written below a folder.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export function makeCharts(folder) {
  const write = (name, text) => {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  mkdirSync(join(folder, 'packages'), { recursive: true })
  tiny(write)
  many(write)
  loop(write)
  manifest(write)
  crds(write)
  write('large-values.yaml', largeValues())
}

const chartYaml = (name) =>
  `apiVersion: v2\nname: ${name}\nversion: 1.0.0\nicon: https://example.com/icon.png\n`

function tiny(write) {
  write('tiny/Chart.yaml', chartYaml('tiny'))
  write(
    'tiny/values.yaml',
    'replicas: 2\nimage: {repository: nginx, tag: "1.29"}\nresources: {}\nservice: {port: 80}\n',
  )
  write(
    'tiny/templates/_helpers.tpl',
    `{{- define "tiny.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
`,
  )
  write('tiny/templates/deployment.yaml', deployment('{{ .Release.Name }}', 'tiny.labels'))
  write(
    'tiny/templates/service.yaml',
    `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "tiny.labels" . | nindent 4 }}
spec:
  ports:
    - port: {{ .Values.service.port }}
  selector:
    {{- include "tiny.labels" . | nindent 4 }}
`,
  )
}

function deployment(name, labels) {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels:
    {{- include "${labels}" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      {{- include "${labels}" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "${labels}" . | nindent 8 }}
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
`
}

function many(write) {
  write('many/Chart.yaml', chartYaml('many'))
  const items = Array.from(
    { length: 2000 },
    (_, n) =>
      `item${n}:\n  enabled: true\n  name: name-${n}\n  port: ${8000 + n}\n  labels: {tier: t${n % 7}, zone: z${n % 3}}\n`,
  )
  write(
    'many/values.yaml',
    `replicas: 2\nimage: {repository: nginx, tag: "1.29"}\nresources: {limits: {cpu: 1, memory: 1Gi}}\n${items.join('')}`,
  )
  write(
    'many/templates/_helpers.tpl',
    '{{- define "many.labels" -}}\napp: {{ .Chart.Name }}\nrelease: {{ .Release.Name | quote }}\n{{- end }}\n',
  )
  for (let n = 0; n < 500; n++) {
    write(
      `many/templates/t${n}.yaml`,
      `{{- if .Values.item${n}.enabled }}\n${deployment(`{{ .Release.Name }}-${n}`, 'many.labels')}---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-${n}
data:
  port: {{ .Values.item${n}.port | quote }}
  labels: |
    {{- toYaml .Values.item${n}.labels | nindent 4 }}
{{- end }}
`,
    )
  }
}

function loop(write) {
  write('loop/Chart.yaml', chartYaml('loop'))
  const items = Array.from(
    { length: 10_000 },
    (_, n) => `  key-${n}: {name: Name-${n}, size: ${n}}\n`,
  )
  write('loop/values.yaml', `items:\n${items.join('')}`)
  write(
    'loop/templates/configmap.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata:
  name: loop
data:
{{- range $key, $item := .Values.items }}
  {{ $key | lower | replace "_" "-" }}: {{ printf "%s-%d" ($item.name | lower | trunc 20) (int $item.size) | quote }}
  {{- if and (gt (int $item.size) 10) (ne $item.name "none") }}
  {{ $key }}.big: {{ $item.name | upper | quote }}
  {{- end }}
{{- end }}
`,
  )
}

function manifest(write) {
  write('manifest/Chart.yaml', chartYaml('manifest'))
  write('manifest/values.yaml', 'count: 30000\n')
  write(
    'manifest/templates/all.yaml',
    '{{- range $n := until (int .Values.count) }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{{ $n }}\ndata:\n  n: "{{ $n }}"\n{{- end }}\n',
  )
}

function crds(write) {
  write('crds/Chart.yaml', chartYaml('crds'))
  for (let n = 0; n < 15; n++) write(`crds/templates/crd-${n}.yaml`, crd(n))
}

function crd(n) {
  const field = (at, depth) =>
    `${' '.repeat(depth)}field${at}:\n${' '.repeat(depth + 2)}description: Field ${at} says how the thing behaves when it is used by others.\n${' '.repeat(depth + 2)}type: string\n`
  const fields = Array.from({ length: 420 }, (_, at) => field(at, 18)).join('')
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things${n}.example.com
spec:
  group: example.com
  names: {kind: Thing${n}, plural: things${n}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
${fields}`
}

function largeValues() {
  const lines = ['big:\n']
  for (let n = 0; n < 100_000; n++)
    lines.push(`  key${n}: value number ${n} of a large file, as generated\n`)
  return lines.join('')
}
