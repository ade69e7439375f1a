import type { Json, JsonObject } from '../../src/base/json.ts'

/**
 * A JSON Schema of fluent-bit.yaml, with the plugins and the keys that the chart uses.
 *
 * Source: docs.fluentbit.io/manual: YAML configuration, and the page of each plugin.
 */
export function fluentBitSchema(): JsonObject {
  return {
    ...map(
      {
        service: map(
          {
            flush: { type: 'integer', minimum: 1 },
            log_level: { enum: ['error', 'warn', 'info', 'debug'] },
            http_server: SWITCH,
            http_listen: TEXT,
            http_port: PORT,
            health_check: SWITCH,
            'storage.path': TEXT,
            'storage.sync': { enum: ['normal', 'full'] },
            'storage.max_chunks_up': { type: 'integer' },
          },
          ['flush'],
        ),
        parsers: list(
          map(
            {
              name: TEXT,
              format: { enum: ['regex', 'json'] },
              regex: TEXT,
              time_key: TEXT,
              time_format: TEXT,
              time_keep: SWITCH,
            },
            ['name', 'format'],
          ),
        ),
        multiline_parsers: list(
          map(
            {
              name: TEXT,
              type: { enum: ['regex', 'equal', 'endswith'] },
              match_string: TEXT,
              key_content: TEXT,
              key_pattern: TEXT,
              key_group: TEXT,
              parser: TEXT,
              flush_timeout: { type: 'integer' },
              rules: list(map({ state: TEXT, regex: RULE, next_state: TEXT }, ['state', 'regex'])),
            },
            ['name', 'type'],
          ),
        ),
        pipeline: map(
          { inputs: plugins(INPUTS), filters: plugins(FILTERS), outputs: plugins(OUTPUTS) },
          ['inputs', 'outputs'],
        ),
      },
      ['service', 'pipeline'],
    ),
    $schema: 'http://json-schema.org/draft-07/schema#',
  }
}

const TEXT = { type: 'string', minLength: 1 }
const SWITCH = { enum: ['on', 'off'] }
const PORT = { type: 'integer', minimum: 1, maximum: 65535 }
const SIZE = { type: 'string', pattern: '^[0-9]+[KMG]$' }
const RULE = { type: 'string', pattern: '^/.*/$' }
const STORAGE = { enum: ['filesystem', 'memory'] }
const COUNT = { type: 'integer', minimum: 1 }
const TLS = { tls: SWITCH, 'tls.verify': SWITCH, 'tls.ca_file': TEXT }
const RETRY = { retry_limit: { enum: ['no_limits'] }, 'storage.total_limit_size': SIZE }

const INPUTS: Readonly<Record<string, JsonObject>> = {
  tail: {
    alias: TEXT,
    tag: TEXT,
    path: TEXT,
    exclude_path: TEXT,
    parser: TEXT,
    'multiline.parser': TEXT,
    path_key: TEXT,
    db: TEXT,
    refresh_interval: COUNT,
    rotate_wait: COUNT,
    buffer_max_size: SIZE,
    skip_long_lines: SWITCH,
    'storage.type': STORAGE,
  },
  systemd: {
    alias: TEXT,
    tag: TEXT,
    path: TEXT,
    systemd_filter: TEXT,
    db: TEXT,
    read_from_tail: SWITCH,
    'storage.type': STORAGE,
  },
}

const FILTERS: Readonly<Record<string, JsonObject>> = {
  multiline: {
    match: TEXT,
    mode: { enum: ['parser', 'partial_message'] },
    'multiline.parser': TEXT,
    'multiline.key_content': TEXT,
    'emitter_storage.type': STORAGE,
  },
  parser: { match: TEXT, key_name: TEXT, parser: TEXT, reserve_data: SWITCH, preserve_key: SWITCH },
  kubernetes: {
    match: TEXT,
    kube_tag_prefix: TEXT,
    merge_log: SWITCH,
    labels: SWITCH,
    annotations: SWITCH,
    'k8s-logging.exclude': SWITCH,
    buffer_size: { enum: [0] },
  },
  record_modifier: { match: TEXT, record: list(TEXT), remove_key: list(TEXT) },
}

const STORE: JsonObject = {
  match: TEXT,
  host: TEXT,
  port: PORT,
  http_user: TEXT,
  http_passwd: TEXT,
  index: TEXT,
  write_operation: { enum: ['create', 'index'] },
  suppress_type_name: SWITCH,
  time_key: TEXT,
  time_key_nanos: SWITCH,
  replace_dots: SWITCH,
  compress: { enum: ['gzip'] },
  buffer_size: SIZE,
  trace_error: SWITCH,
  ...TLS,
  ...RETRY,
}

const OUTPUTS: Readonly<Record<string, JsonObject>> = {
  es: STORE,
  opensearch: STORE,
  kafka: {
    match: TEXT,
    brokers: TEXT,
    topics: TEXT,
    topic_key: TEXT,
    dynamic_topic: SWITCH,
    format: { enum: ['json'] },
    timestamp_key: TEXT,
    timestamp_format: { enum: ['iso8601', 'iso8601_ns'] },
    'rdkafka.request.required.acks': { enum: [-1, 0, 1] },
    'rdkafka.security.protocol': { enum: ['ssl', 'sasl_ssl', 'sasl_plaintext'] },
    'rdkafka.sasl.mechanism': { enum: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] },
    'rdkafka.sasl.username': TEXT,
    'rdkafka.sasl.password': TEXT,
    ...RETRY,
  },
  syslog: {
    match: TEXT,
    host: TEXT,
    port: PORT,
    mode: { enum: ['udp', 'tcp', 'tls'] },
    syslog_format: { enum: ['rfc5424'] },
    syslog_message_key: TEXT,
    syslog_hostname_key: TEXT,
    syslog_appname_preset: TEXT,
    ...TLS,
    ...RETRY,
  },
  http: {
    match: TEXT,
    host: TEXT,
    port: PORT,
    uri: { type: 'string', pattern: '^/' },
    format: { enum: ['json'] },
    json_date_key: TEXT,
    json_date_format: { enum: ['iso8601'] },
    compress: { enum: ['gzip'] },
    header: list(TEXT),
    ...TLS,
    ...RETRY,
  },
  forward: {
    match: TEXT,
    host: TEXT,
    port: PORT,
    shared_key: TEXT,
    self_hostname: TEXT,
    require_ack_response: SWITCH,
    ...TLS,
    ...RETRY,
  },
}

/** A list of plugins, each by its name with its own keys. */
function plugins(known: Readonly<Record<string, JsonObject>>): JsonObject {
  return list({
    oneOf: Object.entries(known).map(([name, keys]) =>
      map({ name: { const: name }, ...keys }, ['name']),
    ),
  })
}

function map(properties: Record<string, Json>, required: string[] = []): JsonObject {
  return { type: 'object', properties, required, additionalProperties: false }
}

function list(items: Json): JsonObject {
  return { type: 'array', items }
}
