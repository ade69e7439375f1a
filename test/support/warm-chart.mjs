// A chart that does what public charts do, for the build to warm V8's code cache with.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Writes the chart below a folder. */
export function writeWarmChart(folder) {
  writeAll(folder, FILES)
}

function writeAll(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

/** Adds a file so large that the launcher takes a run of the chart for a long one. */
export function writeLargeFile(folder) {
  writeFileSync(join(folder, 'LICENSE'), 'A line of many.\n'.repeat(5000))
}

/**
 * Adds so much to the Go templates, the values and the CRDs that what is read of them is kept for
 * the next run, and what large charts do besides.
 */
export function writeLargeParts(folder) {
  const lines = '{{- /* A line of many. */ -}}\n'.repeat(2000)
  const { 'crds/thing.yaml': crd, 'values.yaml': values } = FILES
  const parts = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']
  const more = parts.map((name) => `${name}:\n${values.replaceAll(/^(?=.)/gm, '  ')}`)
  const versions = `spec:\n  versions:\n${'  - description: |\n      A line of many.\n'.repeat(500)}`
  writeAll(folder, {
    'templates/_comments.tpl': lines,
    'templates/large.yaml': LARGE,
    'crds/large.yaml': crd.replace('things', 'large') + versions,
    'templates/crds.yaml': `{{- if true }}\n${crd.replace('things', 'others')}${versions}{{- end }}\n`,
    'values.yaml': [values, ...more].join('\n'),
  })
}

const CHART = `apiVersion: v2
name: warm
description: >-
  A chart that does what
  public charts do.
version: 1.2.3-rc.1+build
appVersion: "4.5.6"
kubeVersion: ">= 1.22.0-0"
keywords: [one, two]
home: https://example.com
sources:
  - https://example.com/source
maintainers:
  - name: somebody
    email: somebody@example.com
annotations:
  example.com/note: |
    - kind: added
dependencies:
  - name: sub
    alias: other
    version: ">=0.1.0 <2"
    repository: ""
    condition: other.enabled,global.other
    tags: [extras]
    import-values:
      - child: exported
        parent: imported
`

const VALUES = `# Comments of every kind.
global:
  imageRegistry: ""
  labels: {}

## @param replicas
replicas: 2 # how many
ratio: 0.75
big: 1234567890
octal: 0644
off: no
none: ~
empty: ""
quoted: 'it''s'
escaped: "tab\\there \\u00e9"
plain: some words, and more:colons # comment
image: {repository: nginx, tag: "", pullPolicy: IfNotPresent, pullSecrets: [regcred, {name: second}]}
resources: &small
  limits:
    cpu: 500m
    memory: 512Mi
  requests:
    <<: {}
    cpu: 250m
again: *small
list:
- a
- b: 1
  c: [x, y]
-
  nested: true
script: |
  #!/bin/sh
  echo "{{ .Release.Name }}"

    indented
folded: >
  one
  two

  three
kept: |+
  end

multi: first line
  second line
service:
  ports:
    http: 80
    https: 443
  annotations: {}
ingress:
  hosts:
    - host: chart.example.com
      paths: ["/", "/api"]
env:
  - name: SIMPLE
    value: "yes"
  - name: SECRET
    valueFrom:
      secretKeyRef: {name: secret, key: token}
extra: |
  config: {{ .Values.replicas }}
  name: {{ include "warm.name" . }}
settings:
  log:
    level: info
    format: json
  limits: [1, 2.5, -3]
tolerations: []
affinity: {}
other:
  enabled: true
  name: renamed
`

const SCHEMA = `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Values",
  "type": "object",
  "required": ["replicas"],
  "definitions": {"name": {"type": "string", "minLength": 1, "maxLength": 63, "pattern": "^[a-z]"}},
  "properties": {
    "replicas": {"type": ["integer", "string"], "minimum": 0, "maximum": 99},
    "ratio": {"type": "number", "exclusiveMaximum": 1},
    "image": {
      "type": "object",
      "additionalProperties": true,
      "properties": {"pullPolicy": {"enum": ["Always", "IfNotPresent", "Never", ""]}}
    },
    "list": {"type": "array", "minItems": 1, "items": {"type": ["string", "object"]}},
    "resources": {"anyOf": [{"type": "object"}, {"type": "null"}]},
    "service": {"type": "object", "patternProperties": {"^ports$": {"type": "object"}}},
    "off": {"oneOf": [{"type": "boolean"}, {"const": "x"}]},
    "other": {"allOf": [{"properties": {"name": {"$ref": "#/definitions/name"}}}]},
    "quoted": {"if": {"type": "string"}, "then": {"not": {"const": ""}}}
  }
}
`

const HELPERS = `{{/*
Expand the name of the chart.
*/}}
{{- define "warm.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "warm.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "warm.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{ include "warm.selector" . }}
{{- if .Chart.AppVersion }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.global.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "warm.selector" }}
{{- $_ := set . "seen" true }}
app.kubernetes.io/name: {{ template "warm.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | squote }}
{{- end }}

{{- define "warm.image" -}}
{{- $tag := .image.tag | default .chart.AppVersion | toString -}}
{{- if hasPrefix "sha256:" $tag }}{{ .image.repository }}@{{ $tag }}{{ else }}{{ .image.repository }}:{{ $tag }}{{ end }}
{{- end -}}

{{- define "warm.render" -}}
{{- $value := typeIs "string" .value | ternary .value (.value | toYaml) }}
{{- if contains "{{" (toJson .value) }}{{ tpl $value .context }}{{ else }}{{ $value }}{{ end }}
{{- end -}}

{{- define "warm.api" -}}
{{- if and (.Capabilities.APIVersions.Has "networking.k8s.io/v1") (semverCompare ">=1.19-0" .Capabilities.KubeVersion.Version) -}}
networking.k8s.io/v1
{{- else if semverCompare "^1.14-0" (default .Capabilities.KubeVersion.Version .Values.kube) -}}
networking.k8s.io/v1beta1
{{- else -}}
extensions/v1beta1
{{- end -}}
{{- end -}}
`

const DEPLOYMENT = `{{- $full := include "warm.fullname" . -}}
{{- $root := . }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $full }}
  namespace: {{ .Release.Namespace | quote }}
  labels: {{- include "warm.labels" . | nindent 4 }}
  annotations:
    checksum/config: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}
spec:
  {{- if not (kindIs "invalid" .Values.replicas) }}
  replicas: {{ .Values.replicas | int }}
  {{- end }}
  revisionHistoryLimit: {{ .Values.revisions | default 3 | int64 }}
  template:
    metadata:
      labels: {{- include "warm.selector" . | indent 8 }}
    spec:
      {{- with .Values.image.pullSecrets }}
      imagePullSecrets:
      {{- range . }}
        {{- if eq (typeOf .) "map[string]interface {}" }}
        - {{ toYaml . | trim }}
        {{- else }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name | lower | replace "_" "-" }}
          image: {{ include "warm.image" (dict "image" .Values.image "chart" .Chart) | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          command: {{ list "sh" "-c" | toJson }}
          args:
          {{- range $key, $value := .Values.settings.log }}
            - --{{ $key | kebabcase }}={{ $value }}
          {{- end }}
          {{- if .Values.env }}
          env:
            {{- range .Values.env }}
            - name: {{ .name | upper | quote }}
              {{- if hasKey . "value" }}
              value: {{ tpl (.value | toString) $ | quote }}
              {{- else }}
              {{- omit . "name" | toYaml | nindent 14 }}
              {{- end }}
            {{- end }}
          {{- end }}
          ports:
          {{- range $name, $port := .Values.service.ports }}
            - name: {{ $name }}
              containerPort: {{ add $port 8000 }}
              {{- if or (gt (int $port) 100) (lt (int $port) 10) }}
              protocol: TCP
              {{- end }}
          {{- else }}
            []
          {{- end }}
          resources: {{- toYaml (merge (dict) .Values.resources) | nindent 12 }}
      {{- with .Values.tolerations }}
      tolerations: {{ toYaml . | nindent 8 }}
      {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $full }}
spec:
  type: {{ .Values.service.type | default "ClusterIP" | title }}
  ports:
  {{- range $i, $name := keys .Values.service.ports | sortAlpha }}
    {{- $port := index $.Values.service.ports $name }}
    - name: {{ $name }}
      port: {{ $port }}
      nodePort: {{ printf "%d" (add 30000 $i) }}
  {{- end }}
`

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "warm.fullname" . }}
  labels:
{{ include "warm.labels" . | indent 4 }}
data:
  settings.yaml: |-
    {{- .Values.settings | toYaml | nindent 4 }}
  settings.json: {{ .Values.settings | toPrettyJson | quote }}
  all: {{ .Values.list | toJson | squote }}
  script: {{ .Values.script | quote }}
  extra: |
    {{- include "warm.render" (dict "value" .Values.extra "context" $) | nindent 4 }}
{{ (.Files.Glob "files/*").AsConfig | indent 2 }}
{{- range $path, $_ := .Files.Glob "files/**" }}
  {{ base $path }}: |
{{ $.Files.Get $path | indent 4 }}
{{- end }}
  {{- $merged := mergeOverwrite (deepCopy .Values.settings) (dict "log" (dict "level" "debug")) }}
  text: |
    level: {{ $merged.log.level | quote }}
    dug: {{ dig "log" "format" "text" .Values.settings }}
    kinds: {{ kindOf .Values.list }} {{ len .Values.list }} {{ first .Values.list }} {{ join "," (list 1 2 "x") }}
    words: {{ splitList "," "a,b" | uniq | reverse | compact | join " " }} {{ regexReplaceAll "[^a-z0-9-]+" "Some Name" "-" | lower }}
    match: {{ regexMatch "^v?[0-9]+" .Chart.AppVersion }} {{ regexFind "[a-z]+$" "abc" }} {{ trimAll "/" "/x/" }} {{ trimPrefix "v" "v1" }}
    versions: {{ (semver .Chart.Version).Major }} {{ semverCompare "~1.2.3-0" .Chart.Version }}
    coalesced: {{ coalesce .Values.none .Values.empty "x" }} {{ empty .Values.none }} {{ .Values.off }} {{ .Values.ratio }} {{ .Values.big }}
    math: {{ mul 2 (sub 5 1) }} {{ div 9 2 }} {{ mod 9 2 }} {{ max 1 2 }} {{ min 1 2 }} {{ round 1.5 0 }} {{ floor 1.5 }} {{ ceil 1.5 }} {{ mulf 1.5 2 }}
    parsed: {{ (fromYaml .Values.extra).config }} {{ (fromJson "{\\"a\\": [1]}").a }} {{ len (fromJson "a = 1") }} {{ fromYamlArray "- a" }}
    picked: {{ pick .Values.image "tag" "repository" | toJson }} {{ has "a" .Values.list }} {{ without (list 1 2) 1 }} {{ append (list 1) 2 }} {{ concat (list 1) (list 2) }}
    toml: {{ toToml .Values.settings.log | quote }}
    encoded: {{ "x" | b64enc }} {{ "eA==" | b64dec }} {{ randAlphaNum 8 | len }} {{ now | date "2006" | len }} {{ htmlDate now | len }}
    looked: {{ (lookup "v1" "Secret" .Release.Namespace "x") | default dict | toJson }}
    required: {{ required "is required" .Values.replicas }} {{ ternary "a" "b" (eq .Values.replicas 2.0) }} {{ quote 1 nil "x" }} {{ cat "a" 1 }} {{ nospace "a b" }} {{ abbrev 5 "abcdefgh" }} {{ camelcase "a-b" }} {{ snakecase "aB" }} {{ substr 0 1 "ab" }} {{ repeat 2 "x" }} {{ wrap 5 "a b c" | quote }} {{ plural "one" "many" 2 }}
    until: {{ range $i := until 2 }}{{ $i }}{{ end }}{{ range untilStep 0 4 2 }}{{ . }}{{ break }}{{ end }}{{ range tuple 1 2 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}
    compared: {{ and true (ne 1 2) (le 1 2) (ge 2 1) }} {{ not .Values.off }} {{ eq "a" "b" "a" }} {{ printf "%v %q %5d %-5s| %t %.2f %x" .Values.list "q" 3 "s" true 1.5 255 }}
  {{- $n := 0 }}{{ range .Values.list }}{{ $n = add1 $n }}{{ end }}
  count: {{ $n | quote }}
`

const HOOK = `{{- if .Values.list }}
apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-hook"
  annotations:
    "helm.sh/hook": post-install,pre-upgrade
    "helm.sh/hook-weight": "-5"
    "helm.sh/hook-delete-policy": before-hook-creation,hook-succeeded
spec: {}
{{- end }}
---
# Only a comment.
---
apiVersion: {{ include "warm.api" . }}
kind: Ingress
metadata:
  name: {{ include "warm.fullname" . }}
spec:
  rules:
  {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
        {{- range .paths }}
          - path: {{ . }}
            pathType: {{ if eq . "/" }}Prefix{{ else }}Exact{{ end }}
            backend: {service: {name: {{ include "warm.fullname" $ }}, port: {number: {{ $.Values.service.ports.http }}}}}
        {{- end }}
  {{- end }}
`

const LARGE = String.raw`apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ index (list "large" "small") 0 }}
  annotations:
    patterns: {{ regexMatch "^(?:[a-z]+|[0-9]{1,3})(\\.[\\w-]*)?$" "large.1" }} {{ regexReplaceAllLiteral "(^|-)v" "a-v" "" }}
    raw: {{ printf ${'`%s-%d`'} "raw" 1 | quote }}
    chart: {{ .Subcharts.other.Chart.Name }} {{ .Files.Get "files/settings.conf" | trim | quote }}
    quoted: {{ dict "text" "tab\t \"quotes\" 'both'" "colon" "a: b" "number" "1" | toYaml | quote }}
data: {{- dict "a" "#" "b" "\u00e9\n" "c" "- x" "d" "" "e" "yes" "f" "*a" | toYaml | nindent 2 }}
{{- range $i := until 300 }}
  line{{ $i }}: {{ printf "value of the line %d" $i | quote }}
{{- end }}
`

const NOTES = `Thank you for installing {{ .Chart.Name }} as {{ .Release.Name }}.
{{ if .Release.IsUpgrade }}Upgraded{{ else if .Release.IsInstall }}Installed{{ end }} revision {{ .Release.Revision }}.
`

const FILES = {
  'Chart.yaml': CHART,
  'values.yaml': VALUES,
  'values.schema.json': SCHEMA,
  '.helmignore': '# comment\n*.swp\n.git/\n/docs\n',
  'README.md': '# Warm\n',
  'files/settings.conf': 'key = value\nother = 1\n',
  'files/deep/more.txt': 'more\n',
  'crds/thing.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example.com\n',
  'templates/_helpers.tpl': HELPERS,
  'templates/deployment.yaml': DEPLOYMENT,
  'templates/config.yaml': CONFIG,
  'templates/hook.yaml': HOOK,
  'templates/NOTES.txt': NOTES,
  'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n',
  'charts/sub/values.yaml': 'name: sub\nexports: {data: {a: 1}}\nexported: {a: 1}\n',
  'charts/sub/templates/secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Values.name }}\nstringData:\n  a: {{ .Values.global.imageRegistry | quote }}\n',
}
