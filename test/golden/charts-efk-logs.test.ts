import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { everywhere, rubyPattern } from '../support/fluentd-check.ts'
import { parseFluentd, type FluentdElement } from '../support/fluentd-parser.ts'
import { at, listAt, textOf } from '../support/gates.ts'
import { renderOnce } from '../support/render-add-on.ts'

/** What the collector is configured with; nothing else is made that takes time. */
async function configOf(set: string): Promise<string> {
  const base = 'store.kind=none,sinks.forward.enabled=true,sinks.forward.host=f'
  const { objects } = await renderOnce('efk', { set: [base, set] })
  const map = objects.find(({ kind }) => kind === 'ConfigMap') ?? null
  return textOf(at(map, 'data', 'fluent.conf') ?? at(map, 'data', 'fluent-bit.yaml'))
}

const TIME = '2026-11-21T16:00:00.123456789Z'
const docker = (log: string, stream = 'stdout'): string =>
  JSON.stringify({ log, stream, time: TIME })

/** What containers print, as each runtime writes it down. */
const LINES = [
  { name: 'a line', cri: `${TIME} stdout F hello`, docker: docker('hello\n') },
  { name: 'an error', cri: `${TIME} stderr F no: such`, docker: docker('no: such\n', 'stderr') },
  { name: 'nothing', cri: `${TIME} stdout F `, docker: docker('\n') },
  { name: 'blanks', cri: `${TIME} stdout F   a  b `, docker: docker('  a  b \n') },
  { name: 'JSON', cri: `${TIME} stdout F {"a":"b\\n"}`, docker: docker('{"a":"b\\n"}\n') },
  { name: 'quotes', cri: `${TIME} stdout F "a" 'b' \\`, docker: docker(`"a" 'b' \\\n`) },
  { name: 'other scripts', cri: `${TIME} stdout F žluťoučký 🐎`, docker: docker('žluťoučký 🐎\n') },
] as const

describe.each(['fluent-bit', 'fluentd'])('%s makes the same record of', (collector) => {
  test.each(LINES)('$name, whichever runtime wrote it', async (lines) => {
    const records = await Promise.all(
      (['cri', 'docker'] as const).flatMap((runtime) =>
        [runtime, 'auto'].map(async (parser) => {
          const text = await configOf(`collector.kind=${collector},collector.parser=${parser}`)
          return collector === 'fluentd'
            ? fluentdRecord(parseFluentd(text), lines[runtime])
            : fluentBitRecord(parse(text) as JsonObject, [lines[runtime]])
        }),
      ),
    )
    const { log = '', stream } = JSON.parse(lines.docker) as { log?: string; stream: string }
    const wanted = { time: TIME, stream, log: log.replace(/\n$/, '') }
    expect(records).toEqual([wanted, wanted, wanted, wanted])
  })
})

test('Fluent Bit joins what a runtime cut into parts', async () => {
  const parts = {
    cri: [`${TIME} stdout P one, `, `${TIME} stdout P two, `, `${TIME} stdout F three`],
    docker: ['one, ', 'two, ', 'three\n'].map((log) => docker(log)),
  }
  for (const runtime of ['cri', 'docker'] as const) {
    const text = await configOf(`collector.parser=${runtime}`)
    expect(fluentBitRecord(parse(text) as JsonObject, parts[runtime])).toEqual({
      time: TIME,
      stream: 'stdout',
      log: 'one, two, three',
    })
  }
})

test('Fluentd joins what CRI cut into parts, by the tag of the line', async () => {
  const root = parseFluentd(await configOf('collector.kind=fluentd'))
  const [line] = fluentdParsed(root, `${TIME} stdout P one`)
  const join = elementOf(root, 'filter', 'concat').parameters
  expect(line?.[join.get('partial_cri_logtag_key') ?? '']).toBe('P')
  expect(line?.[join.get('partial_cri_stream_key') ?? '']).toBe('stdout')
  expect(line?.[join.get('key') ?? '']).toBe('one')
})

test.each(['fluent-bit', 'fluentd'])('%s begins a record where multiline.start says', async (kind) => {
  const text = await configOf(`collector.kind=${kind},multiline.start=^[0-9]{4}-`)
  const pattern =
    kind === 'fluentd'
      ? everywhere(parseFluentd(text)).flatMap(
          ({ parameters }) => parameters.get('multiline_start_regexp') ?? [],
        )[0]
      : listAt(parse(text) as JsonObject, 'multiline_parsers').flatMap((each) =>
          listAt(each, 'rules').map(({ regex }) => textOf(regex)),
        )[0]
  const start = rubyPattern(pattern ?? '')
  expect([start.test('2026-11-21 one'), start.test('  at two')]).toEqual([true, false])
})

describe('the topic of Kafka is the namespace', () => {
  const kafka = 'sinks.kafka.enabled=true,sinks.kafka.brokers={a:9092},fluentd.image.repository=x'
  const samples = ['shop', 'kube-system', 'team-a', 'a', 'x-9'].map((namespace, index) => ({
    namespace,
    file: `/var/log/containers/web-${index}.pod-1_${namespace}_main-app-${'0123456789abcdef'.repeat(4)}.log`,
  }))

  test.each(samples)('$namespace, by Fluent Bit', async ({ namespace, file }) => {
    const config = parse(await configOf(kafka)) as JsonObject
    const filters = listAt(config, 'pipeline', 'filters')
    const taken = filters.filter(({ name, key_name: key }) => name === 'parser' && key === 'file')
    const found = taken.map(({ parser }) => parsedBy(config, textOf(parser), file))
    const sink = listAt(config, 'pipeline', 'outputs').find(({ name }) => name === 'kafka') ?? {}
    expect(sink).toMatchObject({ dynamic_topic: 'on', topics: 'logs' })
    expect(found.map((record) => record?.[textOf(sink['topic_key'])])).toEqual([namespace])
  })

  test.each(samples)('$namespace, by Fluentd', async ({ namespace }) => {
    const root = parseFluentd(await configOf(`${kafka},collector.kind=fluentd`))
    expect(topicOf(root, { kubernetes: { namespace_name: namespace } })).toBe(namespace)
  })

  test('what has none goes to the topic of the values', async () => {
    const root = parseFluentd(await configOf(`${kafka},collector.kind=fluentd`))
    expect(topicOf(root, { log: 'audit' })).toBe('logs')
    const config = parse(await configOf(kafka)) as JsonObject
    expect(parsedBy(config, 'namespace', '/var/log/kubernetes/audit/audit.log')).toBeUndefined()
  })
})

/** As it was written for td-agent when Kubernetes ran Docker and Kafka was found by ZooKeeper. */
const TD_AGENT = `<source>
  type tail
  path /var/log/containers/*.log
  pos_file /var/log/pos/containers.pos
  time_format %Y-%m-%dT%H:%M:%S.%NZ
  tag kubernetes.*
  format json
  read_from_head true
</source>
<filter kubernetes.**>
  type kubernetes_metadata
</filter>
<filter **>
  @type record_transformer
  enable_ruby
  <record>
    topic \${kubernetes["namespace_name"]}
  </record>
</filter>
<match **>
  @type kafka
  zookeeper ZOO_1:2181,ZOO_2:2181 # brokers are found here
  default_topic default
  output_data_type json
  required_acks 0
</match>
`

test('a pipeline of td-agent is one of the chart', async () => {
  const text = await configOf(
    'sinks.forward.enabled=false,collector.kind=fluentd,collector.parser=docker,sources.controlPlane=false,sinks.kafka.enabled=true,sinks.kafka.brokers={kafka:9092},sinks.kafka.topic=default,sinks.kafka.requiredAcks=0',
  )
  expect(pipelineOf(parseFluentd(text))).toEqual(pipelineOf(parseFluentd(TD_AGENT)))
})

/** What a pipeline does, in words that old and new configurations share. */
function pipelineOf(root: FluentdElement): object {
  const tail = elementOf(root, 'source', 'tail')
  const lines = tail.elements.find(({ name }) => name === 'parse') ?? tail
  const kafka =
    everywhere(root).find((each) => typeOf(each).startsWith('kafka')) ?? elementOf(root, 'match', '')
  const format = kafka.elements.find(({ name }) => name === 'format')
  const record = everywhere(root).find((each) => each.parameters.has('topic'))
  return {
    path: tail.parameters.get('path'),
    tag: tail.parameters.get('tag'),
    head: tail.parameters.get('read_from_head'),
    lines: lines === tail ? tail.parameters.get('format') : typeOf(lines),
    // Both read "Z"; `%z` reads other zones too.
    time: lines.parameters.get('time_format')?.replace(/(?:Z|%z)$/, 'zone'),
    metadata: typeOf(elementOf(root, 'filter', 'kubernetes_metadata')),
    topic: /namespace_name/.exec(record?.parameters.get('topic') ?? '')?.[0],
    default: kafka.parameters.get('default_topic'),
    format: format === undefined ? kafka.parameters.get('output_data_type') : typeOf(format),
    acks: kafka.parameters.get('required_acks'),
  }
}

function typeOf({ parameters }: FluentdElement): string {
  return parameters.get('@type') ?? parameters.get('type') ?? ''
}

function elementOf(root: FluentdElement, name: string, type: string): FluentdElement {
  const found = everywhere(root).find((each) => each.name === name && typeOf(each) === type)
  if (found === undefined) throw new Error(`there is no <${name}> of ${type}`)
  return found
}

type LogRecord = JsonObject

/** Runs a line through the parser of the containers' source and the filters that change records. */
function fluentdRecord(root: FluentdElement, line: string): LogRecord {
  const [parsed] = fluentdParsed(root, line)
  return everywhere(root)
    .filter((each) => typeOf(each) === 'record_transformer')
    .reduce((record, filter) => transformed(filter, record), parsed ?? {})
}

function fluentdParsed(root: FluentdElement, line: string): LogRecord[] {
  const parser = elementOf(root, 'source', 'tail').elements.find(({ name }) => name === 'parse')
  const patterns = parser?.elements.filter(({ name }) => name === 'pattern') ?? []
  const tried = patterns.length > 0 ? patterns : [parser].filter((each) => each !== undefined)
  return tried.flatMap((each) => {
    const type = each.parameters.get('format') ?? typeOf(each)
    const found = parsed(type, each.parameters.get('expression') ?? '', line)
    return found === undefined ? [] : [found]
  })
}

/** The environment's variables are left out: they are not of the record. */
function transformed(filter: FluentdElement, record: LogRecord): LogRecord {
  const removed = filter.parameters.get('remove_keys')?.split(',') ?? []
  const added = filter.elements
    .flatMap(({ parameters }) => [...parameters])
    .filter(([, value]) => !value.includes('ENV['))
    .map(([name, value]): [string, Json] => [name, rubyValue(value, record)])
  const all = Object.entries({ ...record, ...Object.fromEntries(added) })
  return Object.fromEntries(all.filter(([name]) => !removed.includes(name)))
}

/** The few expressions of Ruby that the chart writes. */
function rubyValue(value: string, record: LogRecord): string {
  const code = /^\$\{(.*)\}$/.exec(value)?.[1]
  const chomped = /^record\["(\w+)"\]\.to_s\.chomp$/.exec(code ?? '')?.[1]
  if (chomped !== undefined) return textOf(record[chomped] ?? '').replace(/\r?\n$/, '')
  const dug = /^record\.dig\("(\w+)", "(\w+)"\) \|\| "([^"]*)"$/.exec(code ?? '')
  if (dug === null) throw new Error(`no test knows ${value}`)
  const [, outer = '', inner = '', otherwise = ''] = dug
  return textOf(at(record[outer] ?? null, inner) ?? otherwise)
}

function topicOf(root: FluentdElement, record: LogRecord): Json | undefined {
  const kafka = elementOf(root, 'store', 'kafka2')
  const key = kafka.parameters.get('topic_key') ?? ''
  expect(kafka.elements.find(({ name }) => name === 'buffer')?.argument).toBe(key)
  const filter = everywhere(root).find((each) => each.elements.some((one) => one.parameters.has(key)))
  return filter === undefined ? undefined : transformed(filter, record)[key]
}

/** Runs the lines of one record through the parsers and filters of the containers' input. */
function fluentBitRecord(config: JsonObject, lines: readonly string[]): LogRecord {
  const [input = {}] = listAt(config, 'pipeline', 'inputs')
  const names = textOf(input['multiline.parser']).split(',')
  const whole = names
    .map((name) => joined(config, name, lines))
    .find((record) => record !== undefined)
  return listAt(config, 'pipeline', 'filters').reduce<LogRecord>((record, filter) => {
    const { name, key_name: key = '', parser = '', remove_key: removed = [] } = filter
    if (name === 'parser')
      return { ...record, ...parsedBy(config, textOf(parser), textOf(record[textOf(key)])) }
    if (!Array.isArray(removed)) return record
    return Object.fromEntries(Object.entries(record).filter(([each]) => !removed.includes(each)))
  }, whole ?? {})
}

function joined(
  config: JsonObject,
  name: string,
  lines: readonly string[],
): LogRecord | undefined {
  const mode = listAt(config, 'multiline_parsers').find((each) => each['name'] === name)
  const records = lines.map((line) => parsedBy(config, textOf(mode?.['parser']), line))
  if (records.includes(undefined)) return undefined
  const content = textOf(mode?.['key_content'])
  const ends = records.map((record) => {
    const text = textOf(record?.[textOf(mode?.['key_pattern'] ?? content)])
    const end = textOf(mode?.['match_string'])
    return mode?.['type'] === 'equal' ? text === end : text.endsWith(end)
  })
  expect(ends).toEqual(lines.map((_, index) => index === lines.length - 1))
  const log = records.map((record) => textOf(record?.[content])).join('')
  return { ...records[0], [content]: log }
}

function parsedBy(config: JsonObject, name: string, text: string): LogRecord | undefined {
  const parser = listAt(config, 'parsers').find((each) => each['name'] === name)
  if (parser === undefined) throw new Error(`there is no parser ${name}`)
  return parsed(textOf(parser['format']), textOf(parser['regex']), text)
}

function parsed(format: string, pattern: string, text: string): LogRecord | undefined {
  if (format !== 'json') return rubyPattern(pattern).exec(text)?.groups
  if (!text.startsWith('{')) return undefined
  const value = JSON.parse(text) as Json
  return isJsonObject(value) ? value : undefined
}
