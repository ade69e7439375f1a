import type { AddOnCase } from '../support/add-on-case.ts'

export const addOn: AddOnCase = {
  name: 'tenant',
  switches: {
    preset: ['', 'small', 'ha'],
    namespaces: [
      '',
      'namespaces.shop.labels.tier=gold,namespaces.shop-test.quota.hard.pods=9,namespaces.shop-test.podSecurity.enforce=baseline',
    ],
    keep: ['', 'keepNamespaces=false'],
    level: ['', 'podSecurity.enforce=privileged,podSecurity.version=v1.33'],
    amounts: [
      '',
      'quota.enabled=false',
      'quota.hard.count/jobs\\.batch=5,limits.max.cpu=2',
      'quota.enabled=false,limits.enabled=false',
    ],
    admins: ['', 'members.admins[0].kind=User,members.admins[0].name=eve@example.com'],
    viewers: [
      '',
      'members.viewers[0].kind=ServiceAccount,members.viewers[0].name=bot,members.viewers[0].namespace=ci',
    ],
    developers: [
      '',
      'members.developers[0].kind=Group,members.developers[0].name=shop,developersExec=false',
    ],
    secrets: ['', 'developersUseSecrets=false'],
    ingress: ['', 'networkPolicy.denyIngress=false', 'networkPolicy.allowFrom={ingress}'],
    egress: [
      '',
      'networkPolicy.denyEgress=false',
      'networkPolicy.allowDns=false,networkPolicy.allowTo={10.0.0.0/8}',
    ],
    peers: ['', 'networkPolicy.allowTenant=true', 'networkPolicy.allowSameNamespace=false'],
    policies: ['', 'networkPolicy.enabled=false'],
    image: ['', `testImage.digest=sha256:${'0'.repeat(64)}`],
    login: ['', 'pullSecret.registry=r.example.com,pullSecret.username=u,pullSecret.password=p'],
  },
  leftovers: ['Namespace/edge'],
}
