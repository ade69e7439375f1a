import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { JsonObject } from '../../src/base/json.ts'
import type { Chart } from '../../src/chart/chart.ts'
import { compareText } from '../../src/golang/order.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { at, listAt, textOf } from '../support/gates.ts'
import { loadAddOn, renderOnce } from '../support/render-add-on.ts'
import { jobsOfMonitor, targetsOf, type Fixture, type Labels } from '../support/scrape-targets.ts'

const chart = loadAddOn('prometheus')

async function objectsWith(...set: string[]): Promise<KubeObject[]> {
  return (await renderOnce('prometheus', { set })).objects
}

const EVERYTHING = [
  'pushgateway.enabled=true',
  'blackbox.enabled=true',
  'blackbox.targets.http_2xx={https://example.com/}',
  'targets.controlPlane.etcd=true',
  'targets.controlPlane.scheduler=true',
]

/** A target that the endpoints of a Service give, with what the search says of it. */
function endpoint(address: string, namespace: string, labels: Labels): Labels {
  const named = Object.entries(labels).map(([name, value]) => [`__meta_kubernetes_${name}`, value])
  return {
    __address__: address,
    __meta_kubernetes_namespace: namespace,
    ...(Object.fromEntries(named) as Labels),
  }
}

function program(component: string, address: string, port = 'http', release = 'edge'): Labels {
  return endpoint(address, 'edge', {
    service_name: `${release}-prometheus-${component}`,
    service_label_app_kubernetes_io_name: 'prometheus',
    service_label_app_kubernetes_io_instance: release,
    service_label_app_kubernetes_io_component: component,
    endpointslice_port_name: port,
  })
}

function pod(address: string, namespace: string, labels: Labels): Labels {
  return endpoint(address, namespace, {
    pod_ip: address.replace(/:\d+$/, ''),
    pod_phase: 'Running',
    pod_container_init: 'false',
    ...labels,
  })
}

const cluster: Fixture = {
  endpointslice: [
    program('prometheus', '10.0.0.1:9090'),
    program('prometheus', '10.0.0.1:9090', 'pods'),
    program('alertmanager', '10.0.0.2:9093'),
    program('alertmanager', '10.0.0.2:9094', 'peers'),
    program('node-exporter', '192.0.2.1:9100'),
    program('kube-state-metrics', '10.0.0.3:8080'),
    program('pushgateway', '10.0.0.4:9091'),
    program('blackbox', '10.0.0.5:9115'),
    program('prometheus', '10.0.0.6:9090', 'http', 'other'),
    endpoint('192.0.2.1:6443', 'default', {
      service_name: 'kubernetes',
      endpointslice_port_name: 'https',
    }),
    endpoint('10.0.1.1:80', 'shop', {
      service_name: 'web',
      service_annotation_prometheus_io_scrape: 'true',
      service_annotation_prometheus_io_port: '9000',
    }),
    endpoint('10.0.1.2:80', 'shop', { service_name: 'quiet' }),
  ],
  node: [{ __address__: '192.0.2.1:10250', __meta_kubernetes_node_name: 'one' }],
  pod: [
    pod('10.0.2.1:8200', 'vault', {
      pod_annotation_prometheus_io_scrape: 'true',
      pod_annotation_prometheus_io_port: '8200',
      pod_annotation_prometheus_io_scheme: 'https',
      pod_annotation_prometheus_io_path: '/v1/sys/metrics',
    }),
    pod('[fd00::1]:80', 'shop', {
      pod_ip: 'fd00::1',
      pod_annotation_prometheus_io_scrape: 'true',
      pod_annotation_prometheus_io_port: '9402',
    }),
    pod('10.0.2.2:80', 'shop', {
      pod_phase: 'Succeeded',
      pod_annotation_prometheus_io_scrape: 'true',
    }),
    pod('10.0.2.3:80', 'shop', {}),
    pod('10.0.2.4:53', 'kube-system', { pod_label_k8s_app: 'kube-dns' }),
    pod('10.0.2.4:9153', 'kube-system', { pod_label_k8s_app: 'kube-dns' }),
    pod('192.0.2.1', 'kube-system', { pod_label_component: 'etcd' }),
    pod('192.0.2.1', 'kube-system', { pod_label_component: 'kube-scheduler' }),
  ],
}

async function plainTargets(): Promise<string[]> {
  const config = (await objectsWith(...EVERYTHING)).flatMap((object) => {
    const text = at(object, 'data', 'prometheus.yml')
    return typeof text === 'string' ? [parse(text) as JsonObject] : []
  })
  return targetsOf(listAt(config[0] ?? {}, 'scrape_configs'), cluster)
}

test('what is scraped of a cluster', async () => {
  expect(await plainTargets()).toEqual([
    'alertmanager http://10.0.0.2:9093/metrics',
    'annotated-pods http://[fd00::1]:9402/metrics',
    'annotated-pods https://10.0.2.1:8200/v1/sys/metrics',
    'annotated-services http://10.0.1.1:9000/metrics',
    'apiserver https://192.0.2.1:6443/metrics',
    'blackbox http://10.0.0.5:9115/metrics',
    'cadvisor https://192.0.2.1:10250/metrics/cadvisor',
    'coredns http://10.0.2.4:9153/metrics',
    'etcd http://192.0.2.1:2381/metrics',
    'kube-scheduler https://192.0.2.1:10259/metrics',
    'kube-state-metrics http://10.0.0.3:8080/metrics',
    'kubelet https://192.0.2.1:10250/metrics',
    'node-exporter http://192.0.2.1:9100/metrics',
    'probe-http_2xx http://edge-prometheus-blackbox.edge.svc:9115/probe?module=http_2xx&target=https://example.com/',
    'prometheus http://10.0.0.1:9090/metrics',
    'pushgateway http://10.0.0.4:9091/metrics',
  ])
})

test('the operator is told to scrape the same', async () => {
  const objects = await objectsWith(...EVERYTHING, 'operator.enabled=true')
  const monitors = objects.filter(({ kind }) => kind === 'ServiceMonitor' || kind === 'Probe')
  const added = objects.flatMap((object) => {
    const text = at(object, 'stringData', 'jobs.yaml')
    return typeof text === 'string' ? (parse(text) as JsonObject[]) : []
  })
  const jobs = [...monitors.flatMap((monitor) => jobsOfMonitor(monitor)), ...added]
  expect(targetsOf(jobs, cluster)).toEqual(await plainTargets())
})

test.each([[''], ['operator.enabled=true']])(
  'programs are scraped at ports of Services that are there: %s',
  async (mode) => {
    const objects = await objectsWith(...EVERYTHING, ...[mode].filter(Boolean))
    const services = objects.filter(({ kind }) => kind === 'Service')
    const scraped = services
      .filter((service) => listAt(service, 'spec', 'ports').some(({ name }) => name === 'http'))
      .map((service) => at(service, 'metadata', 'labels', 'app.kubernetes.io/component') as string)
    expect(scraped.sort(compareText)).toEqual(
      [
        'alertmanager',
        'blackbox',
        'kube-state-metrics',
        'node-exporter',
        ...(mode === '' ? [] : ['operator']),
        'prometheus',
        'pushgateway',
      ],
    )
  },
)

test.each([
  [
    'alertmanager.config.global.slack_api_url=https://hooks.slack.com/x',
    'alertmanager.config has slack_api_url in plain text; name a file of a Secret with slack_api_url_file, and the Secret in alertmanager.secrets',
  ],
  [
    'alertmanager.config.receivers[0].name=nobody,alertmanager.config.receivers[0].pagerduty_configs[0].routing_key=abc',
    'alertmanager.config has routing_key in plain text; name a file of a Secret with routing_key_file, and the Secret in alertmanager.secrets',
  ],
  ['ingress.enabled=true', 'the Ingress needs ingress.host'],
  [
    'dashboards.grafana=true,dashboards.enabled=false',
    'dashboards.grafana shows the ConfigMap of dashboards.enabled, which is false',
  ],
  [
    'ingress.alertmanagerHost=a.example.com,alertmanager.enabled=false',
    'ingress.alertmanagerHost is set, but alertmanager.enabled is false',
  ],
  [
    'blackbox.targets.nothing={https://example.com/}',
    'blackbox.targets.nothing: there is no such module in blackbox.modules',
  ],
  [
    'images.registry=r.example.com,dashboards.grafana=true',
    'images.registry does not reach the Grafana of dashboards.grafana, which would come from docker.io: set global.imageRegistry, or grafana.image.registry too',
  ],
])('refuses %s', async (set, message) => {
  await expect(objectsWith(set)).rejects.toThrow(message)
})

test('the Grafana that comes along is the chart grafana as it is', () => {
  const packed = chart.subcharts.find(({ metadata }) => metadata.name === 'grafana')
  const files = (each: Chart | undefined): (readonly [string, string])[] =>
    (each?.raw ?? [])
      .map(({ name, data }) => [name, Buffer.from(data).toString()] as const)
      .sort(([left], [right]) => compareText(left, right))
  // When this fails: kubectl pkg package charts/grafana -d charts/prometheus/charts
  expect(files(packed)).toEqual(files(loadAddOn('grafana')))
})

test('it shows the dashboards, and draws from the Prometheus of the release', async () => {
  const objects = await objectsWith('dashboards.grafana=true')
  const named = (kind: string): string[] =>
    objects.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name)
  const grafana = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'edge-grafana')
  const maps = listAt(grafana ?? null, 'spec', 'template', 'spec', 'volumes').map((volume) =>
    textOf(at(volume, 'configMap', 'name')),
  )
  expect(maps).toContain('edge-prometheus-dashboards')
  expect(maps.filter((name) => name !== '' && !named('ConfigMap').includes(name))).toEqual([])
  const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'edge-grafana')
  const { datasources } = parse(textOf(at(config ?? null, 'data', 'datasources.yaml'))) as {
    datasources: { url: string }[]
  }
  expect(datasources).toMatchObject([{ type: 'prometheus', url: 'http://edge-prometheus:9090' }])
  expect(named('Service')).toContain('edge-prometheus')
})

test('no alert that is named in rules.without is left', async () => {
  const rules = (await objectsWith('rules.without={Watchdog,TargetDown}')).find(
    ({ metadata }) => metadata.name === 'edge-prometheus-rules',
  )
  const names = JSON.stringify(rules ?? null).match(/alert: \w+/g) ?? []
  expect(names).toContain('alert: ApiServerDown')
  expect(names).not.toContain('alert: Watchdog')
  expect(names).not.toContain('alert: TargetDown')
})
