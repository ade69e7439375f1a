import { encodeYaml } from '../encoding/yaml-encode.ts'

/** Which templates a new chart gets. */
export type ScaffoldEngine = 'handlebars' | 'gotemplate'

/** The files of a new chart that do not depend on the engine, by their paths. */
export function scaffoldCommon(name: string, engine: ScaffoldEngine): Record<string, string> {
  return {
    'Chart.yaml': CHART_YAML.replace('<CHARTNAME>', () => encodeYaml(name).trimEnd()),
    'values.yaml': VALUES,
    'values.schema.json': `${JSON.stringify(SCHEMA, null, 2)}\n`,
    '.helmignore': IGNORE,
    'README.md': readme(engine),
  }
}

const CHART_YAML = `apiVersion: v2
name: <CHARTNAME>
description: A web server, and the place to describe what this chart installs
type: application

# The chart's own version: raise it with every change, as https://semver.org says.
version: 0.1.0

# The version of the program in the container; also the image's tag unless values say otherwise.
appVersion: '1.29'

kubeVersion: '>=1.25.0-0'
`

const VALUES = `# Values of <CHARTNAME>. The comments say what a value does; values.schema.json checks its type.

# Number of pods. Not used when autoscaling is on.
replicas: 1

image:
  repository: nginxinc/nginx-unprivileged
  # Empty: the chart's appVersion.
  tag: ''
  pullPolicy: IfNotPresent

# Names of Secrets that hold logins of private registries.
imagePullSecrets: []

# Put in the place of the chart's name, or of the whole name of the objects.
nameOverride: ''
fullnameOverride: ''

# The port that the program listens on.
containerPort: 8080

# Environment of the container: a list of {name, value} or {name, valueFrom}.
env: []

service:
  type: ClusterIP
  port: 80

ingress:
  enabled: false
  # Empty: the cluster's default class.
  className: ''
  annotations: {}
  hosts:
    - host: <CHARTNAME>.example.com
      paths:
        - path: /
          pathType: Prefix
  # A list of {secretName, hosts}.
  tls: []

serviceAccount:
  create: true
  # Empty: a name of its own, or "default" when none is created.
  name: ''
  annotations: {}

# What one pod may use. Requests decide where it runs, limits when it is stopped.
resources:
  requests:
    cpu: 50m
    memory: 64Mi
  limits:
    memory: 128Mi

autoscaling:
  enabled: false
  minReplicas: 2
  maxReplicas: 5
  # Average use of the requested CPU, in percent.
  targetCpu: 80

readinessProbe:
  httpGet:
    path: /
    port: http
  periodSeconds: 5

livenessProbe:
  httpGet:
    path: /
    port: http
  initialDelaySeconds: 10

podAnnotations: {}
podLabels: {}

# Together these two meet the "restricted" Pod Security Standard.
podSecurityContext:
  runAsNonRoot: true
  runAsUser: 101
  runAsGroup: 101
  fsGroup: 101
  seccompProfile:
    type: RuntimeDefault
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop:
      - ALL

nodeSelector: {}
tolerations: []
affinity: {}
`

const text = { type: 'string' }
const flag = { type: 'boolean' }
const map = { type: 'object' }
const list = { type: 'array' }
const texts = { type: 'object', additionalProperties: { type: 'string' } }
const port = { type: 'integer', minimum: 1, maximum: 65535 }
const count = { type: 'integer', minimum: 0 }

const SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  properties: {
    global: map,
    replicas: count,
    image: {
      type: 'object',
      required: ['repository'],
      additionalProperties: false,
      properties: {
        repository: { type: 'string', minLength: 1 },
        tag: text,
        pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
      },
    },
    imagePullSecrets: { type: 'array', items: text },
    nameOverride: text,
    fullnameOverride: text,
    containerPort: port,
    env: { type: 'array', items: { type: 'object', required: ['name'] } },
    service: {
      type: 'object',
      additionalProperties: false,
      properties: { type: { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] }, port },
    },
    ingress: {
      type: 'object',
      additionalProperties: false,
      properties: {
        enabled: flag,
        className: text,
        annotations: texts,
        hosts: {
          type: 'array',
          items: { type: 'object', required: ['host', 'paths'], properties: { host: text } },
        },
        tls: list,
      },
    },
    serviceAccount: {
      type: 'object',
      additionalProperties: false,
      properties: { create: flag, name: text, annotations: texts },
    },
    resources: map,
    autoscaling: {
      type: 'object',
      additionalProperties: false,
      properties: {
        enabled: flag,
        minReplicas: count,
        maxReplicas: count,
        targetCpu: { type: 'integer', minimum: 1 },
      },
    },
    readinessProbe: map,
    livenessProbe: map,
    podAnnotations: texts,
    podLabels: texts,
    podSecurityContext: map,
    securityContext: map,
    nodeSelector: texts,
    tolerations: list,
    affinity: map,
  },
}

const IGNORE = `# Files that are no part of the chart; one pattern a line, as the shell matches names.
.git/
.gitignore
.idea/
.vscode/
.DS_Store
*.bak
*.orig
*.swp
*.tmp
*~
`

function readme(engine: ScaffoldEngine): string {
  const kind =
    engine === 'handlebars'
      ? 'Templates are Handlebars (`templates/*.hbs`); files that start with `_` are partials.'
      : 'Templates are Go templates; `templates/_helpers.tpl` holds the named ones.'
  return `# <CHARTNAME>

Says what this chart installs, and for whom.

\`\`\`sh
kubectl pkg lint .
kubectl pkg template demo .
kubectl pkg install demo . --target dir:./deploy
\`\`\`

${kind} Each value is explained in \`values.yaml\` and checked by \`values.schema.json\`.
A dependency is declared there by its name: \`"db": {"type": "object"}\` among the \`properties\`.
`
}
