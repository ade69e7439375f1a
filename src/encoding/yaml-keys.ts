import { compareText } from '../golang/order.ts'
import { formatFloat, quote } from '../golang/strconv.ts'
import type { YamlNode } from './yaml-node.ts'
import type { YamlScalar } from './yaml-resolve.ts'
import { typedScalar } from './yaml-typed.ts'

/**
 * The text that a key of any scalar type becomes; undefined where Helm refuses the key.
 *
 * A float is printed as Go prints a float32 with `%g`, which loses digits.
 *
 * Source: convertToJSONableObject of sigs.k8s.io/yaml.
 */
export function keyText(key: YamlScalar): string | undefined {
  switch (typeof key) {
    case 'string':
      return key
    case 'boolean':
      return key ? 'true' : 'false'
    case 'bigint':
      return key > 0x7fffffffffffffffn ? undefined : String(key)
    case 'number':
      return float32Text(key)
    default:
      return undefined
  }
}

function float32Text(value: number): string {
  const text = formatFloat(Math.fround(value), 'g', -1, 32)
  return NOT_FINITE[text] ?? text
}

const NOT_FINITE: Readonly<Record<string, string>> = {
  '+Inf': '.inf',
  '-Inf': '-.inf',
  NaN: '.nan',
}

const NIL = 'interface {}(nil)'

/**
 * The node as Go prints its value with `%#v`.
 *
 * @param nil how a nil is printed, which differs between the top and inside
 */
export function goSyntaxOf(node: YamlNode, nil = NIL): string {
  if (node.kind === 'scalar') return goScalarSyntax(typedScalar(node, 'helm'), nil)
  if (node.target !== undefined) return goSyntaxOf(node.target, nil)
  if (node.kind === 'sequence') {
    return `[]interface {}{${node.children.map((child) => goSyntaxOf(child)).join(', ')}}`
  }
  const pairs = new Map<string, string>()
  for (let index = 0; index < node.children.length; index += 2) {
    const [key, value] = node.children.slice(index, index + 2)
    if (key !== undefined && value !== undefined) pairs.set(goSyntaxOf(key), goSyntaxOf(value))
  }
  const sorted = [...pairs].sort(([a], [b]) => byGoKey(a, b))
  return `map[interface {}]interface {}{${sorted.map((pair) => pair.join(':')).join(', ')}}`
}

/** Go's fmt sorts a nil key before all others. */
function byGoKey(a: string, b: string): number {
  return Number(b === NIL) - Number(a === NIL) || compareText(a, b)
}

function goScalarSyntax(value: YamlScalar, nil: string): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      return formatFloat(value)
    case 'bigint':
      return value > 0x7fffffffffffffffn ? `0x${value.toString(16)}` : String(value)
    case 'boolean':
      return String(value)
    default:
      return nil
  }
}
