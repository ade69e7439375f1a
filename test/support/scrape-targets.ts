import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { at, listAt } from './gates.ts'

/** What a search for targets found: its labels before any rule is applied, `__address__` first. */
export type Labels = Readonly<Record<string, string>>

/** What a cluster holds, by the role that finds it. */
export type Fixture = Readonly<Record<'endpointslice' | 'node' | 'pod', readonly Labels[]>>

/**
 * Computes what a list of jobs would scrape, as `job scheme://address/path?parameters`.
 *
 * Source: the documentation of Prometheus, scrape_config and relabel_config.
 */
export function targetsOf(jobs: readonly JsonObject[], fixture: Fixture): string[] {
  const found = jobs.flatMap((job) =>
    foundBy(job, fixture).flatMap((labels) => {
      const start = {
        job: textOf(job['job_name']),
        __scheme__: textOf(job['scheme'] ?? 'http'),
        __metrics_path__: textOf(job['metrics_path'] ?? '/metrics'),
        ...parametersOf(job),
        ...labels,
      }
      const end = relabelled(start, listAt(job, 'relabel_configs'))
      return end === undefined ? [] : [addressOf(end)]
    }),
  )
  return [...new Set(found)].sort()
}

/** What the jobs of a Prometheus find before their rules are applied. */
function foundBy(job: JsonObject, fixture: Fixture): Labels[] {
  const written = listAt(job, 'static_configs').flatMap(({ targets = [] }) =>
    (targets as string[]).map((address) => ({ __address__: address })),
  )
  const searched = listAt(job, 'kubernetes_sd_configs').flatMap((search) => {
    const names = at(search, 'namespaces', 'names')
    return fixture[textOf(search['role']) as keyof Fixture].filter(
      ({ __meta_kubernetes_namespace: namespace = '' }) =>
        !Array.isArray(names) || names.includes(namespace),
    )
  })
  return [...written, ...searched]
}

function relabelled(labels: Labels, rules: readonly JsonObject[]): Labels | undefined {
  let now: Record<string, string> = { ...labels }
  for (const rule of rules) {
    const sources = (rule['source_labels'] ?? []) as string[]
    const value = sources.map((name) => now[name] ?? '').join(textOf(rule['separator'] ?? ';'))
    const match = new RegExp(`^(?:${textOf(rule['regex'] ?? '(.*)')})$`, 's').exec(value)
    const action = textOf(rule['action'] ?? 'replace')
    if ((action === 'keep' && match === null) || (action === 'drop' && match !== null))
      return undefined
    if (action !== 'replace' || match === null) continue
    const text = textOf(rule['replacement'] ?? '$1').replaceAll(
      /\$(\d)/g,
      (_, group: string) => match[Number(group)] ?? '',
    )
    now = { ...now, [textOf(rule['target_label'])]: text }
  }
  return now
}

function parametersOf(job: JsonObject): Record<string, string> {
  const { params } = job
  const all = isJsonObject(params) ? Object.entries(params as Record<string, string[]>) : []
  return Object.fromEntries(all.map(([name, [value = '']]) => [`__param_${name}`, value]))
}

function addressOf(labels: Labels): string {
  const { job = '', __scheme__: scheme = '', __address__: address = '' } = labels
  const parameters = Object.entries(labels)
    .filter(([name]) => name.startsWith('__param_'))
    .map(([name, value]) => `${name.slice('__param_'.length)}=${value}`)
    .sort()
    .join('&')
  const path = labels['__metrics_path__'] ?? ''
  return `${job} ${scheme}://${address}${path}${parameters === '' ? '' : `?${parameters}`}`
}

/**
 * Writes the job that the operator makes of a ServiceMonitor, as far as it decides what is scraped.
 *
 * Source: the documentation of the operator, ServiceMonitor and Probe.
 */
export function jobsOfMonitor(monitor: JsonObject): JsonObject[] {
  const namespace = textOf(at(monitor, 'metadata', 'namespace'))
  const spec = at(monitor, 'spec')
  if (monitor['kind'] === 'Probe') return [jobOfProbe(spec)]
  const labels = at(spec, 'selector', 'matchLabels') as Record<string, string>
  const wanted = Object.entries(labels).map(([key, value]) => keep(serviceLabel(key), value))
  const oneOf = listAt(spec, 'selector', 'matchExpressions').map(({ key, values }) =>
    keep(serviceLabel(textOf(key)), (values as string[]).join('|')),
  )
  return listAt(spec, 'endpoints').map((endpoint) => ({
    job_name: textOf(at(monitor, 'metadata', 'name')),
    kubernetes_sd_configs: [{ role: 'endpointslice', namespaces: { names: [namespace] } }],
    relabel_configs: [
      ...wanted,
      ...oneOf,
      keep('__meta_kubernetes_endpointslice_port_name', textOf(endpoint['port'])),
      {
        source_labels: [serviceLabel(textOf(at(spec, 'jobLabel')))],
        regex: '(.+)',
        target_label: 'job',
      },
    ],
  }))
}

function jobOfProbe(spec: Json): JsonObject {
  return {
    job_name: textOf(at(spec, 'jobName')),
    metrics_path: '/probe',
    params: { module: [textOf(at(spec, 'module'))] },
    static_configs: [{ targets: at(spec, 'targets', 'staticConfig', 'static') }],
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { target_label: '__address__', replacement: textOf(at(spec, 'prober', 'url')) },
    ],
  }
}

function keep(label: string, regex: string): JsonObject {
  return { source_labels: [label], regex, action: 'keep' }
}

function serviceLabel(name: string): string {
  return `__meta_kubernetes_service_label_${name.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}
