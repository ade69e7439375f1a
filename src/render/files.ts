import type { ChartFile } from '../chart/chart.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import { fromBytes } from '../golang/bytes.ts'
import { method } from '../golang/function.ts'
import { compareText } from '../golang/order.ts'
import {
  BYTES,
  GoError,
  GoNil,
  strings,
  withType,
  type GoMap,
  type GoType,
  type Value,
} from '../golang/value.ts'
import { compileGlob } from './glob.ts'

/** Builds the `.Files` of a chart: a map of path to bytes with methods to read them. */
export function buildFiles(files: readonly ChartFile[]): GoMap {
  return withType(new Map<string, Value>(files.map(({ name, data }) => [name, data])), FILES)
}

/**
 * Go's `engine.files`, whose methods templates call.
 *
 * Source: Helm 4.1.4 pkg/engine/files.go.
 */
const FILES: GoType = {
  name: 'engine.files',
  zero: new GoNil('slice', BYTES),
  methods: {
    Get: method(['string'], (self, path: string) => fromBytes(bytesOf(self, path))),
    GetBytes: method(['string'], (self, path: string) => bytesOf(self, path)),
    Glob: method(['string'], (self, pattern: string) => glob(asMap(self), pattern)),
    AsConfig: method([], (self) => asYaml(self, fromBytes)),
    AsSecrets: method([], (self) => asYaml(self, toBase64)),
    Lines: method(['string'], (self, path: string) => lines(asMap(self), path)),
  },
}

function bytesOf(self: Value, path: string): Uint8Array {
  const data = asMap(self).get(path)
  return data instanceof Uint8Array ? data : new Uint8Array()
}

function glob(files: GoMap, pattern: string): GoMap {
  const matches = compileGlob(pattern)
  return withType(new Map([...files].filter(([path]) => matches(path))), FILES)
}

/** One YAML map from base names to contents; of equal base names the last path wins. */
function asYaml(self: Value, text: (data: Uint8Array) => string): string {
  const contents: GoMap = new Map()
  for (const [path, data] of [...asMap(self)].sort(([a], [b]) => compareText(a, b))) {
    if (data instanceof Uint8Array) contents.set(baseName(path), text(data))
  }
  return encodeYaml(contents).replace(/\n$/, '')
}

function lines(files: GoMap, path: string): Value {
  const data = files.get(path)
  if (!(data instanceof Uint8Array)) return strings([])
  if (data.length === 0) throw new GoError('runtime error: index out of range [-1]')
  return strings(fromBytes(data).replace(/\n$/, '').split('\n'))
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function toBase64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64')
}

function asMap(value: Value): GoMap {
  return value instanceof Map ? value : new Map()
}
