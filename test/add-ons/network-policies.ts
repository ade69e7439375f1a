import type { AddOnCase } from '../support/add-on-case.ts'

export const addOn: AddOnCase = {
  name: 'network-policies',
  switches: {
    preset: ['', 'small', 'ha'],
    namespaces: ['', 'namespaces={shop,blog}'],
    pods: ['', 'podLabels.tier=front'],
    sides: ['', 'denyIngress=true,denyEgress=false', 'denyIngress=false,denyEgress=true'],
    dns: ['', 'dns.enabled=false', 'dns.nodeLocal={169.254.20.10/32},dns.port=5353'],
    own: ['', 'sameNamespace=false'],
    ingress: [
      '',
      'fromIngress.enabled=true,fromIngress.ports={http,8080}',
      'fromIngress.enabled=true,fromIngress.podLabels.app=edge',
    ],
    image: ['', `testImage.digest=sha256:${'0'.repeat(64)}`],
    monitoring: ['', 'fromMonitoring.enabled=true'],
    from: ['', 'fromNamespaces={ci}'],
    to: ['', 'toNamespaces={data}'],
    egress: [
      '',
      'egress[0].cidr=10.0.0.0/8,egress[0].except={10.1.0.0/16},egress[0].ports[0].port=1000,egress[0].ports[0].endPort=2000',
    ],
  },
}
