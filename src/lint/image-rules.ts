import { deadOperatorOf } from '../migrate/dead-operators.ts'
import { textAt } from '../migrate/field-path.ts'
import { containersAnywhere, type Part, type Rule, type RuleScene } from './rule.ts'

/** Looks at the images of containers, and at versions that custom resources ask for. */
export const checkImages: Rule = (scene) => {
  const { object, apiVersion, kind, report } = scene
  for (const container of containersAnywhere(object)) {
    const image = textAt(container.value, 'image')
    // What is to be filled in is another rule's.
    if (image !== '' && !/^[#%${]/.test(image)) checkImage(image, container, scene)
  }
  const version = textAt(object, 'spec', 'version')
  if (
    kind === 'Prometheus' &&
    apiVersion.startsWith('monitoring.coreos.com/') &&
    /^v?2\.[0-9]\./.test(version)
  ) {
    const message = `Prometheus ${version} is far behind; see the chart prometheus`
    report('obsolete-version', ['spec', 'version'], message)
  }
}

function checkImage(image: string, { path }: Part, { report }: RuleScene): void {
  const place = [...path, 'image']
  const [name = '', digest] = image.split('@')
  const tag = /:([\w][\w.-]*)$/.exec(name.slice(name.lastIndexOf('/') + 1))?.[1]
  if (digest === undefined && (tag === undefined || tag === 'latest')) {
    const what = tag === undefined ? 'no tag' : 'the tag "latest"'
    report('image-tag', place, `image "${image}" has ${what}: what runs changes by itself`)
  }
  const dead = deadOperatorOf(image)
  if (dead !== undefined) {
    report('dead-operator', place, `image "${image}" is of ${dead.operator}. ${dead.instead}`)
  }
  const frozen = FROZEN.find(({ prefix }) => name.startsWith(prefix))
  if (frozen !== undefined) report('frozen-registry', place, `image "${image}": ${frozen.why}`)
  const old = OBSOLETE.find(({ pattern }) => pattern.test(name))
  if (old !== undefined) report('obsolete-version', place, `image "${image}": ${old.instead}`)
}

const FROZEN: readonly { prefix: string; why: string }[] = [
  { prefix: 'k8s.gcr.io/', why: 'the registry is frozen since 2023; registry.k8s.io has it' },
  { prefix: 'gcr.io/google_containers/', why: 'the registry is frozen; registry.k8s.io has it' },
  { prefix: 'gcr.io/google-containers/', why: 'the registry is frozen; registry.k8s.io has it' },
  { prefix: 'quay.io/coreos/', why: 'CoreOS is gone and publishes nothing here' },
  { prefix: 'bitnami/', why: 'moved to bitnamilegacy in 2025, and gets no updates there' },
  {
    prefix: 'docker.io/bitnami/',
    why: 'moved to bitnamilegacy in 2025, and gets no updates there',
  },
]

const OBSOLETE: readonly { pattern: RegExp; instead: string }[] = [
  {
    pattern: /^rook\/toolbox(?::|$)/,
    instead: 'gone; the chart rook-ceph has a toolbox',
  },
  {
    pattern: /^(?:quay\.io\/(?:coreos|dexidp)|ghcr\.io\/dexidp|dexidp)\/dex:v2\.[12]?\d\./,
    instead: 'far behind; see the chart dex',
  },
  {
    pattern:
      /^(?:docker\.io\/)?jaegertracing\/(?:all-in-one|jaeger-(?:agent|collector|query))(?::1|$)/,
    instead: 'Jaeger 1 ended in 2025; Jaeger 2 has no agent; see the chart jaeger',
  },
  {
    pattern: /^(?:docker\.io\/)?(?:library\/)?mysql:5\./,
    instead: 'MySQL 5 ended in 2023; 8.4 is supported',
  },
  {
    pattern: /^(?:quay\.io\/|docker\.io\/)?prom(?:etheus)?\/prometheus:v2\.\d\./,
    instead: 'far behind; see the chart prometheus',
  },
  { pattern: /\/heapster(?:-\w+)?:/, instead: 'Heapster is gone; see the chart metrics-server' },
]
