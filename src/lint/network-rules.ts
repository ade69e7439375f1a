import type { JsonObject } from '../base/json.ts'
import { itemsAt, objectAt, textAt, valueAt } from '../migrate/field-path.ts'
import type { Rule, RuleScene } from './rule.ts'

/** Looks at Ingresses, network policies and routes of a mesh. */
export const checkNetwork: Rule = (scene) => {
  const { kind, apiVersion } = scene
  if (kind === 'Ingress') checkIngress(scene)
  if (kind === 'NetworkPolicy') checkEgress(scene)
  const isIstio = apiVersion.startsWith('networking.istio.io/')
  if (kind === 'VirtualService' && isIstio) checkSubsets(scene)
}

const CLASS = 'kubernetes.io/ingress.class'

function checkIngress({ object, report }: RuleScene): void {
  const annotations = objectAt(object, 'metadata', 'annotations') ?? {}
  const own = Object.keys(annotations).find((key) => key.startsWith('nginx.ingress.kubernetes.io/'))
  const name = textAt(object, 'spec', 'ingressClassName') || textAt(annotations, CLASS)
  if (own === undefined && name !== 'nginx') return
  const path = own === undefined ? ['spec'] : ['metadata', 'annotations', own]
  const message = 'for ingress-nginx, which is retired: see the chart ingress and its report'
  report('retired-controller', path, message)
}

function checkEgress({ object, all, report }: RuleScene): void {
  const types = valueAt(object, 'spec', 'policyTypes')
  if (!Array.isArray(types) || !types.includes('Egress') || mayResolve(object)) return
  const others = all.filter((each) => textAt(each, 'kind') === 'NetworkPolicy' && each !== object)
  if (others.some((other) => mayResolve(other) && isForSame(other, object))) return
  const message = 'nothing lets these pods reach port 53, so no name is found'
  report('egress-without-dns', ['spec', 'policyTypes'], message)
}

/** Whether a rule lets pods reach port 53 of something that is no range of addresses. */
function mayResolve(policy: JsonObject): boolean {
  return itemsAt(policy, 'spec', 'egress').some(({ item }) => {
    const ports = itemsAt(item, 'ports')
    if (ports.length > 0) return ports.some(({ item: { port } }) => port === 53 || port === 'dns')
    const peers = itemsAt(item, 'to')
    return peers.length === 0 || peers.some(({ item: peer }) => !('ipBlock' in peer))
  })
}

function isForSame(other: JsonObject, policy: JsonObject): boolean {
  const selector = JSON.stringify(valueAt(other, 'spec', 'podSelector') ?? {})
  return selector === '{}' || selector === JSON.stringify(valueAt(policy, 'spec', 'podSelector'))
}

function checkSubsets({ object, all, report }: RuleScene): void {
  const defined = new Set(
    all
      .filter((each) => textAt(each, 'kind') === 'DestinationRule')
      .flatMap((rule) =>
        itemsAt(rule, 'spec', 'subsets').map(
          ({ item }) => `${textAt(rule, 'spec', 'host')} ${textAt(item, 'name')}`,
        ),
      ),
  )
  for (const protocol of ['http', 'tcp', 'tls']) {
    for (const { item: route, at } of itemsAt(object, 'spec', protocol)) {
      for (const { item, at: position } of itemsAt(route, 'route')) {
        const subset = textAt(item, 'destination', 'subset')
        const host = textAt(item, 'destination', 'host')
        if (subset === '' || defined.has(`${host} ${subset}`)) continue
        const path = ['spec', protocol, at, 'route', position, 'destination', 'subset']
        const message = `no DestinationRule beside it defines the subset "${subset}" of ${host}`
        report('missing-subset', path, message)
      }
    }
  }
}
