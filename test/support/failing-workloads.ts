import type { JsonObject } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'

/** Objects that a real API server takes, and that never become ready there. */
export interface FailingWorkload {
  /** What is wrong with it, in words. */
  name: string
  objects: KubeObject[]
  /** Labels that its namespace needs. */
  namespaceLabels?: Record<string, string>
  /** What `symptomsOf` tells about its namespace once it has failed. */
  symptom: string
}

/** Ways in which the pods of a workload are simulated to fail; `test/controlplane/stages.mjs`. */
type PodFailure =
  | 'image-pull'
  | 'image-pull-once'
  | 'crash'
  | 'out-of-memory'
  | 'init-crash'
  | 'config'
  | 'mount'
  | 'not-ready'
  | 'exit'

const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' }

/** The ways to fail that waiting must tell apart; each is an object or a few that fail alone. */
export const failingWorkloads: FailingWorkload[] = [
  {
    name: 'an image that cannot be pulled, tried again',
    objects: [deployment(failingPod('image-pull'))],
    symptom: 'Pod: web waits, ImagePullBackOff',
  },
  {
    name: 'an image that could not be pulled once',
    objects: [deployment(failingPod('image-pull-once'))],
    symptom: 'Pod: web waits, ErrImagePull',
  },
  {
    name: 'a container that ends again and again',
    objects: [deployment(failingPod('crash'))],
    symptom: 'Pod: web waits, CrashLoopBackOff after Error 1',
  },
  {
    name: 'a container that takes too much memory',
    objects: [deployment(failingPod('out-of-memory'))],
    symptom: 'Pod: web waits, CrashLoopBackOff after OOMKilled 137',
  },
  {
    name: 'a Secret that is not there',
    objects: [deployment(failingPod('config'))],
    symptom: 'Pod: web waits, CreateContainerConfigError',
  },
  {
    name: 'a ConfigMap to mount that is not there',
    objects: [deployment(failingPod('mount'))],
    symptom: 'Event: Pod FailedMount',
  },
  {
    name: 'a pod that no node has room for',
    objects: [deployment(pod({ resources: { requests: { cpu: '1000' } } }))],
    symptom: 'Pod: PodScheduled is False, Unschedulable',
  },
  {
    name: 'a readiness probe that fails',
    objects: [deployment(failingPod('not-ready'))],
    symptom: 'Event: Pod Unhealthy',
  },
  {
    name: 'an init container that fails',
    objects: [deployment(failingPod('init-crash'))],
    symptom: 'Pod: prepare waits, CrashLoopBackOff after Error 1',
  },
  {
    name: 'a claim that no volume matches',
    objects: [claim(), deployment(podWithClaim())],
    symptom: 'PersistentVolumeClaim: Pending',
  },
  {
    name: 'a quota that is used up',
    objects: [quota(), deployment(pod({ resources: { requests: { cpu: '1' } } }))],
    symptom: 'Event: ReplicaSet FailedCreate exceeded quota',
  },
  {
    name: 'a pod that admission refuses',
    objects: [deployment(pod({ securityContext: { privileged: true } }))],
    namespaceLabels: restricted,
    symptom: 'Event: ReplicaSet FailedCreate violates PodSecurity',
  },
  {
    name: 'a Job that has failed as often as it may',
    objects: [job({ backoffLimit: 0, template: jobTemplate(failingPod('exit')) })],
    symptom: 'Job: Failed is True, BackoffLimitExceeded',
  },
  {
    name: 'a Job that takes too long',
    objects: [job({ activeDeadlineSeconds: 1, template: jobTemplate(runningPod()) })],
    symptom: 'Job: Failed is True, DeadlineExceeded',
  },
]

/** Makes a pod template whose first container fails in a way. */
function failingPod(fails: PodFailure): JsonObject {
  const template = pod({})
  const init = { name: 'prepare', image: 'registry.test/prepare:1' }
  return {
    metadata: { ...(template['metadata'] as JsonObject), annotations: annotations({ fails }) },
    spec: {
      ...(template['spec'] as JsonObject),
      ...(fails === 'init-crash' ? { initContainers: [init] } : {}),
    },
  }
}

function annotations(notes: Record<string, string>): JsonObject {
  return Object.fromEntries(Object.entries(notes).map(([k, v]) => [`simulated.test/${k}`, v]))
}

function pod(container: JsonObject): JsonObject {
  const main = { name: 'web', image: 'registry.test/web:1', ...container }
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [main] } }
}

function podWithClaim(): JsonObject {
  const template = pod({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  return { ...template, spec: { ...(template['spec'] as JsonObject), volumes } }
}

function runningPod(): JsonObject {
  const notes = annotations({ 'keeps-running': 'true' })
  return { ...pod({}), metadata: { labels: { app: 'web' }, annotations: notes } }
}

function jobTemplate(template: JsonObject): JsonObject {
  return { ...template, spec: { ...(template['spec'] as JsonObject), restartPolicy: 'Never' } }
}

function deployment(template: JsonObject): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template },
  }
}

function job(spec: JsonObject): KubeObject {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'web' }, spec }
}

function claim(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
}

function quota(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'small' },
    spec: { hard: { 'requests.cpu': '100m' } },
  }
}
