import type { JsonObject } from '../../src/base/json.ts'
import { encodeJson } from '../../src/encoding/json.ts'
import { decodeYamlMap } from '../../src/encoding/yaml-decode.ts'
import { encodeYaml } from '../../src/encoding/yaml-encode.ts'
import { sprintAll } from '../../src/golang/format.ts'
import { fn, type FunctionTable } from '../../src/golang/function.ts'
import { int, type GoInt, type GoMap, type Value } from '../../src/golang/value.ts'
import { TemplateSet } from '../../src/gotmpl/template-set.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { sprigFunctions } from '../../src/sprig/index.ts'
import { at } from './gates.ts'

/** A pod that comes to istiod, as far as a template for injection looks at it. */
export interface IncomingPod {
  name: string
  labels: Record<string, string>
  annotations: Record<string, string>
  containers: { name: string; ports: number[] }[]
}

/**
 * Runs the injection template of a render as istiod does, by its own functions.
 *
 * Source: istio.io/istio pkg/kube/inject, SidecarTemplateData and the table of functions.
 */
export function injectedInto(objects: readonly KubeObject[], pod: IncomingPod): GoMap {
  const injector = configMap(objects, 'istio-sidecar-injector')
  const config = decodeYamlMap(textOf(injector, 'config'), { dialect: 'core' })
  const values = decodeYamlMap(textOf(injector, 'values'), { dialect: 'core' })
  const mesh = decodeYamlMap(textOf(configMap(objects, 'istio'), 'mesh'), { dialect: 'core' })
  const templates = config.get('templates') as GoMap
  const set = new TemplateSet(new Map([...sprigFunctions(), ...FUNCTIONS]))
  const text = set.execute(
    set.parse('sidecar', templates.get('sidecar') as string),
    dataOf(pod, values, mesh),
  )
  return decodeYamlMap(text, { dialect: 'core' })
}

function configMap(objects: readonly KubeObject[], name: string): JsonObject {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)
  return found ?? {}
}

function textOf(object: JsonObject, key: string): string {
  return at(object, 'data', key) as string
}

function dataOf(pod: IncomingPod, values: GoMap, mesh: GoMap): GoMap {
  const proxy = mesh.get('defaultConfig') as GoMap
  return map({
    ObjectMeta: map({ Labels: map(pod.labels), Annotations: map(pod.annotations) }),
    Spec: map({
      Containers: pod.containers.map(({ name, ports }) =>
        map({
          Name: name,
          Ports: ports.map((port) => map({ Name: '', ContainerPort: int(port), Protocol: 'TCP' })),
        }),
      ),
    }),
    DeploymentMeta: map({ Name: pod.name, Namespace: 'shop' }),
    TypeMeta: map({ APIVersion: 'apps/v1', Kind: 'Deployment' }),
    ProxyConfig: map({
      InterceptionMode: 'REDIRECT',
      HoldApplicationUntilProxyStarts: map({
        Value: proxy.get('holdApplicationUntilProxyStarts') ?? false,
      }),
      ProxyMetadata: map({}),
      whole: proxy,
    }),
    MeshConfig: map({ TrustDomain: mesh.get('trustDomain') ?? '', ProxyListenPort: int(15001) }),
    Values: values,
    Revision: values.get('revision') ?? '',
    NativeSidecars: false,
    ProxyImage: 'registry.example.com/proxyv2:1',
  })
}

function map(entries: Record<string, Value>): GoMap {
  return new Map(Object.entries(entries))
}

/** What istiod adds to Sprig's functions, or puts in their place, as far as it is used. */
const FUNCTIONS: FunctionTable = new Map([
  [
    'annotation',
    fn(['any', 'string', 'any'], (meta: GoMap, name: string, fallback: Value) => {
      const annotations = meta.get('Annotations') as GoMap
      return annotations.get(name) ?? sprintAll([fallback])
    }),
  ],
  [
    'excludeInboundPort',
    fn(['any', 'string'], (port: Value, excluded: string) => {
      const ports = excluded.split(',').filter(Boolean)
      const wanted = sprintAll([port])
      return ports.includes(wanted) ? excluded : [...ports, wanted].join(',')
    }),
  ],
  [
    'indent',
    fn(['int', 'string'], (blanks: GoInt, text: string) =>
      text.split('\n').join(`\n${' '.repeat(Number(blanks.value))}`),
    ),
  ],
  ['protoToJSON', fn(['any'], (config: GoMap) => encodeJson(config.get('whole') ?? null))],
  ['toLower', fn(['string'], (text: string) => text.toLowerCase())],
  ['toYaml', fn(['any'], (value: Value) => encodeYaml(value))],
])
