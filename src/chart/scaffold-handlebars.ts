/** Handlebars templates of a new chart, by their paths; files that start with `_` are partials. */
export const HANDLEBARS_TEMPLATES: Readonly<Record<string, string>> = {
  'templates/_name.hbs': `{{!-- What the program is called. --}}
{{~trimSuffix "-" (trunc 63 (default chart.name values.nameOverride))~}}
`,
  'templates/_fullname.hbs': `{{!-- What objects are called: at most 63 characters, because some end up in DNS names. --}}
{{~#if values.fullnameOverride~}}
  {{~trimSuffix "-" (trunc 63 values.fullnameOverride)~}}
{{~else if (contains (default chart.name values.nameOverride) release.name)~}}
  {{~trimSuffix "-" (trunc 63 release.name)~}}
{{~else~}}
  {{~trimSuffix "-" (trunc 63 (printf "%s-%s" release.name (default chart.name values.nameOverride)))~}}
{{~/if~}}
`,
  'templates/_service-account.hbs': `{{~#if values.serviceAccount.name~}}
  {{~values.serviceAccount.name~}}
{{~else if values.serviceAccount.create~}}
  {{~> fullname~}}
{{~else~}}
  default
{{~/if~}}
`,
  'templates/_selector.hbs': `{{!-- What tells the pods of this release apart; must not change in the life of a release. --}}
app.kubernetes.io/name: {{> name}}
app.kubernetes.io/instance: {{release.name}}
`,
  'templates/_labels.hbs': `{{!-- What every object carries. --}}
{{> selector}}
app.kubernetes.io/version: {{quote chart.appVersion}}
app.kubernetes.io/managed-by: {{release.service}}
helm.sh/chart: {{trunc 63 (replace "+" "_" (printf "%s-%s" chart.name chart.version))}}
`,
  'templates/deployment.yaml.hbs': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{> fullname}}
  labels:
    {{> labels}}
spec:
  {{#unless values.autoscaling.enabled}}
  replicas: {{values.replicas}}
  {{/unless}}
  selector:
    matchLabels:
      {{> selector}}
  template:
    metadata:
      labels:
        {{> labels}}
        {{#if values.podLabels}}
        {{toYaml values.podLabels}}
        {{/if}}
      {{#if values.podAnnotations}}
      annotations:
        {{toYaml values.podAnnotations}}
      {{/if}}
    spec:
      serviceAccountName: {{> service-account}}
      automountServiceAccountToken: false
      {{#if values.imagePullSecrets}}
      imagePullSecrets:
        {{#each values.imagePullSecrets}}
        - name: {{this}}
        {{/each}}
      {{/if}}
      securityContext:
        {{toYaml values.podSecurityContext}}
      containers:
        - name: {{> name}}
          image: {{values.image.repository}}:{{default chart.appVersion values.image.tag}}
          imagePullPolicy: {{values.image.pullPolicy}}
          ports:
            - name: http
              containerPort: {{values.containerPort}}
          {{#if values.env}}
          env:
            {{toYaml values.env}}
          {{/if}}
          readinessProbe:
            {{toYaml values.readinessProbe}}
          livenessProbe:
            {{toYaml values.livenessProbe}}
          resources:
            {{toYaml values.resources}}
          securityContext:
            {{toYaml values.securityContext}}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir: {}
      {{#if values.nodeSelector}}
      nodeSelector:
        {{toYaml values.nodeSelector}}
      {{/if}}
      {{#if values.tolerations}}
      tolerations:
        {{toYaml values.tolerations}}
      {{/if}}
      {{#if values.affinity}}
      affinity:
        {{toYaml values.affinity}}
      {{/if}}
`,
  'templates/service.yaml.hbs': `apiVersion: v1
kind: Service
metadata:
  name: {{> fullname}}
  labels:
    {{> labels}}
spec:
  type: {{values.service.type}}
  selector:
    {{> selector}}
  ports:
    - name: http
      port: {{values.service.port}}
      targetPort: http
`,
  'templates/ingress.yaml.hbs': `{{#if values.ingress.enabled}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{> fullname}}
  labels:
    {{> labels}}
  {{#if values.ingress.annotations}}
  annotations:
    {{toYaml values.ingress.annotations}}
  {{/if}}
spec:
  {{#if values.ingress.className}}
  ingressClassName: {{values.ingress.className}}
  {{/if}}
  rules:
    {{#each values.ingress.hosts}}
    - host: {{quote host}}
      http:
        paths:
          {{#each paths}}
          - path: {{path}}
            pathType: {{default "Prefix" pathType}}
            backend:
              service:
                name: {{> fullname @root}}
                port:
                  name: http
          {{/each}}
    {{/each}}
  {{#if values.ingress.tls}}
  tls:
    {{toYaml values.ingress.tls}}
  {{/if}}
{{/if}}
`,
  'templates/serviceaccount.yaml.hbs': `{{#if values.serviceAccount.create}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{> service-account}}
  labels:
    {{> labels}}
  {{#if values.serviceAccount.annotations}}
  annotations:
    {{toYaml values.serviceAccount.annotations}}
  {{/if}}
automountServiceAccountToken: false
{{/if}}
`,
  'templates/hpa.yaml.hbs': `{{#if values.autoscaling.enabled}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{> fullname}}
  labels:
    {{> labels}}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{> fullname}}
  minReplicas: {{values.autoscaling.minReplicas}}
  maxReplicas: {{values.autoscaling.maxReplicas}}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{values.autoscaling.targetCpu}}
{{/if}}
`,
  'templates/tests/connection.yaml.hbs': `apiVersion: v1
kind: Pod
metadata:
  name: {{> fullname}}-test
  labels:
    {{> labels}}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  securityContext:
    runAsNonRoot: true
    runAsUser: 65534
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: wget
      image: busybox:1.37
      command: [wget, -q, -O, /dev/null, 'http://{{> fullname}}:{{values.service.port}}/']
      resources:
        requests:
          cpu: 10m
          memory: 16Mi
        limits:
          memory: 32Mi
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop:
            - ALL
`,
  'templates/NOTES.txt.hbs': `{{chart.name}} {{chart.appVersion}} is installed as "{{release.name}}".

Open it:
{{#if values.ingress.enabled}}
{{#each values.ingress.hosts}}
  http{{#if @root.values.ingress.tls}}s{{/if}}://{{host}}
{{/each}}
{{else}}
  kubectl --namespace {{release.namespace}} port-forward service/{{> fullname}} 8080:{{values.service.port}}
  and http://127.0.0.1:8080
{{/if}}
`,
}
