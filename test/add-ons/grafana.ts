import type { AddOnCase } from '../support/add-on-case.ts'

export const addOn: AddOnCase = {
  name: 'grafana',
  switches: {
    preset: ['', 'small', 'ha'],
    database: [
      'replicas=1,database.type=sqlite3',
      'replicas=1,database.type=sqlite3,persistence.enabled=false',
      'replicas=2,database.type=postgres,database.host=db:5432,env.GF_DATABASE_PASSWORD.secret=db,env.GF_DATABASE_PASSWORD.key=password',
      'replicas=2,database.type=mysql,database.host=db:3306,env.GF_DATABASE_PASSWORD.secret=db,env.GF_DATABASE_PASSWORD.key=password',
    ],
    admin: ['', 'admin.secret=mine,admin.user=root'],
    sources: [
      '',
      'datasources[0].name=Prometheus,datasources[0].type=prometheus,datasources[0].url=http://p:9090',
    ],
    dashboards: ['', 'dashboards.nodes=\\{"title":"Nodes"}'],
    maps: ['', 'dashboardConfigMaps={one,two},dashboardsFolder=Ours'],
    url: ['', 'rootUrl=https://g.example.com/'],
    config: ['', 'config.auth\\.anonymous.enabled=true,config.log.level=debug'],
    ingress: [
      '',
      'ingress.enabled=true,ingress.host=g.example.com,ingress.className=traefik,ingress.tlsSecret=t,ingress.annotations.a=b',
    ],
    prometheus: ['', 'annotateForPrometheus=false,podLabels.a=b'],
    budget: ['', 'podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=50%'],
    spread: ['', 'spread=true'],
    account: ['', 'serviceAccount.name=graphs', 'serviceAccount.create=false'],
    image: [
      '',
      'image.registry=r.example.com,image.tag=13.2.1,image.pullSecrets={login}',
      `image.digest=sha256:${'0'.repeat(64)}`,
    ],
    placing: ['', 'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high'],
  },
  random: [/^( {2}password: )\S+$/gm],
}
