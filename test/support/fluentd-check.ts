import type { FluentdElement } from './fluentd-parser.ts'

/**
 * Says what fluentd, or a careful reader, would say against a configuration that parses.
 *
 * Words are fluentd's where it has some. It says nothing to names that no plugin knows, and to
 * sizes and times that are none; this does.
 *
 * Source: messages of fluentd 1.16.11 --dry-run, and the documentation of each plugin.
 */
export function fluentdComplaints(root: FluentdElement): string[] {
  const labels = new Set(
    root.elements.filter(({ name }) => name === 'label').map((each) => each.argument),
  )
  const lost = everywhere(root)
    .flatMap(({ parameters }) => [parameters.get('@label'), parameters.get('timeout_label')])
    .filter((label) => label !== undefined && !labels.has(label))
  const ids = everywhere(root).flatMap(({ parameters }) => parameters.get('@id') ?? [])
  return [
    ...root.elements.flatMap((each) => complaintsOf(each, 'ROOT')),
    ...lost.map((label) => `${label} label not found`),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `@id ${id} is there twice`),
  ]
}

/** What a plugin, or a section without one, may and must have. */
interface Known {
  required?: string
  optional?: string
  /** Sections, with a `!` behind those that must be there. */
  sections?: string
}

const KINDS: Readonly<Record<string, string>> = {
  source: 'input',
  filter: 'filter',
  match: 'output',
  store: 'output',
  parse: 'parser',
  pattern: 'parser',
  format: 'formatter',
  buffer: 'buffer',
  storage: 'storage',
}

const TIMES = 'time_key time_type time_format keep_time_key'
const OUTPUT = 'buffer format inject'

const PLUGINS: Readonly<Record<string, Known>> = {
  'input forward': { optional: 'port bind', sections: 'transport security' },
  'input prometheus': { optional: 'port bind metrics_path' },
  'input prometheus_output_monitor': { optional: 'interval' },
  'input systemd': {
    required: 'tag',
    optional: 'path matches read_from_head',
    sections: 'storage',
  },
  'input tail': {
    required: 'path tag',
    optional: 'pos_file exclude_path read_from_head refresh_interval rotate_wait',
    sections: 'parse!',
  },
  'filter concat': {
    required: 'key',
    optional:
      'flush_interval multiline_start_regexp multiline_end_regexp partial_cri_logtag_key partial_cri_stream_key separator stream_identity_key timeout_label use_partial_cri_logtag',
  },
  'filter dedot': { optional: 'de_dot de_dot_nested de_dot_separator' },
  'filter elasticsearch_genid': { optional: 'hash_id_key' },
  'filter opensearch_genid': { optional: 'hash_id_key' },
  'filter kubernetes_metadata': {
    optional: 'skip_labels skip_container_metadata skip_master_url skip_namespace_metadata',
  },
  'filter record_transformer': { optional: 'enable_ruby remove_keys', sections: 'record' },
  'output copy': { sections: 'store!' },
  'output detect_exceptions': {
    optional: 'remove_tag_prefix message stream languages multiline_flush_interval',
  },
  'output elasticsearch': { optional: storeOptions(), sections: OUTPUT },
  'output opensearch': { optional: storeOptions(), sections: OUTPUT },
  'output forward': {
    optional: 'transport tls_cert_path tls_verify_hostname require_ack_response',
    sections: `server security ${OUTPUT}`,
  },
  'output http': {
    required: 'endpoint',
    optional: 'content_type headers json_array',
    sections: OUTPUT,
  },
  'output kafka2': {
    optional:
      'brokers compression_codec default_topic password required_acks sasl_over_ssl scram_mechanism ssl_ca_certs_from_system topic_key use_event_time username',
    sections: OUTPUT,
  },
  'output relabel': {},
  'output remote_syslog': {
    optional: 'host port protocol tls program',
    sections: OUTPUT,
  },
  'output stdout': { sections: OUTPUT },
  'parser json': { optional: TIMES },
  'parser multi_format': { sections: 'pattern!' },
  'parser regexp': { required: 'expression', optional: TIMES },
  'formatter json': {},
  'formatter single_value': { optional: 'message_key' },
  'buffer file': {
    required: 'path',
    optional:
      'chunk_limit_size flush_interval flush_mode flush_thread_count overflow_action retry_forever retry_max_interval total_limit_size',
  },
  'storage local': { optional: 'path' },
}

/** Sections that are no plugins. */
const PLAIN: Readonly<Record<string, Known>> = {
  label: { sections: 'filter match' },
  system: { optional: 'log_level' },
  transport: { required: 'cert_path private_key_path' },
  security: { required: 'self_hostname shared_key' },
  server: { required: 'host', optional: 'port' },
}

const SIZE = /^\d+[kmgt]?$/i
const TIME = /^\d+(?:\.\d+)?[smhd]?$/
const SIZES = new Set(['chunk_limit_size', 'total_limit_size'])
const SPANS = new Set(['flush_interval', 'retry_max_interval', 'rotate_wait', 'refresh_interval'])

function complaintsOf(element: FluentdElement, parent: string): string[] {
  const { name, parameters } = element
  if (name === 'record') return []
  const kind = KINDS[name]
  if (kind === undefined) return knownComplaints(element, PLAIN[name], name)
  const type = name === 'pattern' ? parameters.get('format') : parameters.get('@type')
  if (type === undefined)
    return [
      parent === 'ROOT' || parent === 'label'
        ? `Missing '@type' parameter on <${name}> directive`
        : `<${name}> has no '@type'`,
    ]
  const known = PLUGINS[`${kind} ${type}`]
  if (known === undefined) return [`Unknown ${kind} plugin '${type}'`]
  return [...knownComplaints(element, known, type), ...ownComplaints(element, type)]
}

function knownComplaints(
  element: FluentdElement,
  known: Known | undefined,
  what: string,
): string[] {
  const { name, parameters, elements } = element
  if (known === undefined) return [`<${name}> is no section`]
  const { required = '', optional = '', sections = '' } = known
  const names = words(
    `${required} ${optional} @type @id @label ${name === 'pattern' ? 'format' : ''}`,
  )
  const places = words(sections)
  return [
    ...words(required)
      .filter((each) => !parameters.has(each))
      .map((each) => `'${each}' parameter is required`),
    ...places
      .filter((each) => each.endsWith('!') && !elements.some((one) => `${one.name}!` === each))
      .map((each) => `<${each.slice(0, -1)}> section is required.`),
    ...[...parameters.keys()]
      .filter((each) => !names.includes(each))
      .map((each) => `${what} knows no parameter ${each}`),
    ...elements
      .filter((each) => !places.includes(each.name) && !places.includes(`${each.name}!`))
      .map((each) => `${what} knows no section <${each.name}>`),
    ...[...parameters].flatMap(([each, value]) => valueComplaints(each, value)),
    ...elements.flatMap((each) => complaintsOf(each, name)),
  ]
}

function valueComplaints(name: string, value: string): string[] {
  if (SIZES.has(name) && !SIZE.test(value)) return [`${name} ${value} is no size`]
  if (SPANS.has(name) && !TIME.test(value)) return [`${name} ${value} is no time`]
  if (/regexp$|^expression$/.test(name)) return patternComplaints(name, value)
  return []
}

function patternComplaints(name: string, value: string): string[] {
  if (!/^\/.*\/$/s.test(value)) return [`${name} is no /pattern/`]
  try {
    rubyPattern(value)
  } catch (error) {
    return [String(error)]
  }
  return name === 'expression' && !value.includes('(?<')
    ? [
        "No named captures in 'expression' parameter. The regexp must have at least one named capture",
      ]
    : []
}

function ownComplaints({ elements }: FluentdElement, type: string): string[] {
  return type === 'forward' && elements.some(({ name }) => name === 'buffer')
    ? elements.some(({ name }) => name === 'server')
      ? []
      : ['forward output plugin requires at least one node is required. Add <server>']
    : []
}

/** A pattern of Ruby, between slashes or bare, as one of JavaScript. */
export function rubyPattern(pattern: string): RegExp {
  const source = /^\/(.*)\/$/s.exec(pattern)?.[1] ?? pattern
  return new RegExp(
    source.replaceAll('\\A', '(?<![\\s\\S])').replaceAll('\\z', '(?![\\s\\S])'),
    'm',
  )
}

/** All sections of a configuration, at any depth, in their order. */
export function everywhere(root: FluentdElement): FluentdElement[] {
  return root.elements.flatMap((each) => [each, ...everywhere(each)])
}

function storeOptions(): string {
  return 'ca_file host id_key include_timestamp index_name password port reconnect_on_error reload_connections reload_on_failure remove_keys request_timeout scheme ssl_verify suppress_type_name user write_operation'
}

function words(text: string): string[] {
  return text.split(' ').filter(Boolean)
}
