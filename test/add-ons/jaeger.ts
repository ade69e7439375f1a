import type { AddOnCase } from '../support/add-on-case.ts'

export const addOn: AddOnCase = {
  name: 'jaeger',
  switches: {
    preset: ['', 'small', 'ha'],
    storage: [
      'replicas=1,storage.type=badger',
      'replicas=1,storage.type=badger,storage.badger.persistent=false',
      'replicas=2,storage.type=elasticsearch,storage.search.urls={http://es:9200}',
      'replicas=2,storage.type=opensearch,storage.search.urls={https://os:9200},storage.search.auth.username=u,storage.search.auth.secret=s,storage.search.caSecret=ca',
      'replicas=1,storage.type=memory',
    ],
    receivers: ['', 'receivers.zipkin=true', 'receivers.zipkin=true,receivers.otlp=false'],
    sampling: ['', 'samplingPercent=25', 'samplingPercent=0'],
    path: ['', 'basePath=/jaeger'],
    ingress: [
      '',
      'ingress.enabled=true,ingress.host=j.example.com,ingress.className=traefik,ingress.tlsSecret=t,ingress.annotations.a=b',
    ],
    metrics: ['', 'metrics.enabled=false', 'metrics.annotatePods=false'],
    extra: ['', 'extraConfig.service.telemetry.logs.level=debug,podLabels.a=b'],
    budget: ['', 'podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=50%'],
    spread: ['', 'spread=true'],
    account: ['', 'serviceAccount.name=traces', 'serviceAccount.create=false'],
    image: [
      '',
      'image.registry=r.example.com,image.tag=2.20.1,image.pullSecrets={login}',
      `image.digest=sha256:${'0'.repeat(64)}`,
    ],
    placing: ['', 'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high'],
  },
}
