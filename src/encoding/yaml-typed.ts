import { fromBytes } from '../golang/bytes.ts'
import type { YamlNode } from './yaml-node.ts'
import { yamlError } from './yaml-cursor.ts'
import type { YamlDialect, YamlScalar } from './yaml-resolve.ts'
import { isTimestamp, resolvePlain, tagOfScalar } from './yaml-resolve.ts'

/** The scalar with the type that its tag, or without one its text, gives it. */
export function typedScalar(node: YamlNode, dialect: YamlDialect): YamlScalar {
  const { tag, value } = node
  if (tag === '') return node.isPlain ? resolvePlain(value, dialect) : value
  if (!tag.startsWith(TAGS)) return value
  const type = tag.slice(TAGS.length)
  if (type === 'binary') return decodeBinary(node)
  if (!RESOLVED_TAGS.has(type)) return value
  if (type === 'timestamp' && isTimestamp(value)) return value
  const typed = resolvePlain(value, dialect)
  const found = tagOfScalar(typed)
  if (found === `!!${type}`) return typed
  if (type === 'float' && typeof typed === 'bigint' && BigInt.asIntN(64, typed) === typed) {
    return Number(typed)
  }
  return refuseNode(`cannot decode ${found} \`${value}\` as a !!${type}`, node)
}

/** Refuses a node in goyaml's words, which then name no line. */
export function refuseNode(problem: string, node: YamlNode): never {
  throw yamlError(problem, { goLine: 0, mark: node.start })
}

function decodeBinary(node: YamlNode): string {
  const text = node.value.replaceAll(/[\r\n]/g, '')
  if (!BASE64.test(text)) refuseNode('!!binary value contains invalid base64 data', node)
  return fromBytes(Buffer.from(text, 'base64')).replaceAll(LONE_BYTES, '\uFFFD')
}

const TAGS = 'tag:yaml.org,2002:'
const RESOLVED_TAGS: ReadonlySet<string> = new Set(['bool', 'int', 'float', 'null', 'timestamp'])
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const LONE_BYTES = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/g
