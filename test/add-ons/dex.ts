import type { AddOnCase } from '../support/add-on-case.ts'

const GITHUB =
  'connectors[0].type=github,connectors[0].id=gh,connectors[0].name=GitHub,connectors[0].config.clientID=a,connectors[0].config.clientSecret=$GH,env.GH.secret=dex-github,env.GH.key=secret'
const LDAP =
  'connectors[0].type=ldap,connectors[0].id=l,connectors[0].name=Staff,connectors[0].config.host=ldap:636,connectors[0].config.userSearch.baseDN=o=x,connectors[0].config.userSearch.username=uid,connectors[0].config.userSearch.idAttr=DN,connectors[0].config.userSearch.emailAttr=mail'

export const addOn: AddOnCase = {
  name: 'dex',
  switches: {
    preset: ['', 'small', 'ha'],
    storage: [
      'replicas=1,storage.type=sqlite3',
      'replicas=1,storage.type=sqlite3,storage.persistence.enabled=false',
      'replicas=2,storage.type=postgres,storage.postgres.host=db,env.POSTGRES_PASSWORD.secret=db,env.POSTGRES_PASSWORD.key=password',
      'replicas=2,storage.type=kubernetes',
      'replicas=1,storage.type=memory',
    ],
    connectors: ['', GITHUB, LDAP],
    clients: [
      '',
      'clients[0].id=cli,clients[0].name=CLI,clients[0].public=true,clients[0].redirectURIs={http://localhost:8000}',
    ],
    passwords: [
      '',
      'staticPasswords[0].email=a@example.com,staticPasswords[0].username=a,staticPasswords[0].userID=u1,staticPasswords[0].hash=$2a$10$abc',
    ],
    tls: ['', 'tls.secret=dex-tls'],
    ingress: [
      '',
      'issuer=https://login.example.com/dex,ingress.enabled=true,ingress.className=traefik,ingress.tlsSecret=t',
      'issuer=https://login.example.com,ingress.enabled=true,ingress.annotations.a=b',
    ],
    screen: ['', 'approvalScreen=false,logLevel=debug'],
    extra: ['', 'extraConfig.oauth2.responseTypes={code,token}'],
    budget: ['', 'podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=50%'],
    spread: ['', 'spread=true'],
    account: ['', 'serviceAccount.name=login', 'serviceAccount.create=false'],
    rbac: ['', 'rbac.create=false'],
    image: [
      '',
      'image.registry=r.example.com,image.tag=v2.45.2,image.pullSecrets={login}',
      `image.digest=sha256:${'0'.repeat(64)}`,
    ],
    placing: ['', 'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high'],
  },
}
