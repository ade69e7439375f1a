import { rawFile, isNative, type Chart } from '../chart/chart.ts'
import { splitYamlDocuments } from '../encoding/yaml-decode.ts'
import { composeYaml } from '../encoding/yaml-compose.ts'
import type { YamlNode } from '../encoding/yaml-node.ts'
import { keyText } from '../encoding/yaml-keys.ts'
import { resolvePlain, type YamlScalar } from '../encoding/yaml-resolve.ts'
import { spanIn } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import { sprintf } from '../golang/format.ts'
import type { Findings } from './finding.ts'

/**
 * Tells of what Helm lets pass without a word: keys that stand twice, and texts of values.yaml
 * that YAML 1.1 or a float64 turns into something else.
 *
 * A native chart reads YAML 1.2 with integers, so only its loading has something to tell.
 */
export function lintHygiene(chart: Chart, findings: Findings): void {
  for (const { file, line, message } of chart.warnings) {
    const span = line === undefined ? { file } : { file, line }
    const text = line === undefined ? message : `line ${line}: ${message}`
    findings.check({ severity: 'warning', path: file, span }, text)
  }
  const values = rawFile(chart, FILE)
  if (values === undefined || isNative(chart)) return
  const text = fromBytes(values.data)
  for (const { line, column, message } of surprisesIn(text)) {
    const span = spanIn({ name: FILE, text }, line, column)
    findings.check({ severity: 'warning', path: FILE, span }, `line ${line}: ${message}`)
  }
}

const FILE = 'values.yaml'

interface Surprise {
  line: number
  column: number
  message: string
}

function surprisesIn(text: string): Surprise[] {
  const found: Surprise[] = []
  let line = 0
  for (const document of splitYamlDocuments(text)) {
    const root = composeYaml(document, { dialect: 'helm', line })
    if (root !== undefined) visit(root, found)
    // The line that ends a document is in none.
    line += document.split('\n').length
  }
  return found
}

/** Walks the nodes in the order of the text; nesting is kept on a stack of its own. */
function visit(root: YamlNode, found: Surprise[]): void {
  const rest: { node: YamlNode; isKey: boolean }[] = [{ node: root, isKey: false }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { node, isKey } = next
    const children = node.children.map((child, at) => {
      return { node: child, isKey: node.kind === 'mapping' && at % 2 === 0 }
    })
    rest.push(...children.toReversed())
    const isPlainScalar = node.kind === 'scalar' && node.isPlain && node.tag === ''
    const message = isPlainScalar ? surprise(node.value, isKey) : undefined
    if (message === undefined) continue
    found.push({ line: node.start.line + 1, column: node.start.column + 1, message })
  }
}

function surprise(text: string, isKey: boolean): string | undefined {
  const typed = resolvePlain(text, 'helm')
  if (isKey) return keySurprise(text, typed)
  if (typeof typed === 'boolean') {
    if (/^(?:true|false)$/i.test(text)) return undefined
    return `"${text}" is read as ${typed}; write ${typed}, or quote it for the text`
  }
  if (typeof typed === 'bigint') return integerSurprise(text, typed)
  return typeof typed === 'number' ? floatSurprise(text, typed) : undefined
}

function keySurprise(text: string, typed: YamlScalar): string | undefined {
  if (typeof typed === 'string') return undefined
  const key = keyText(typed)
  if (key === text || key === undefined) return undefined
  return `key "${text}" is read as "${key}"; quote it to keep it`
}

function integerSurprise(text: string, integer: bigint): string | undefined {
  if (!/^[-+]?(?:0|[1-9]\d*)$/.test(text)) {
    return `"${text}" is read as ${integer}; quote it for the text`
  }
  const number = Number(integer)
  if (BigInt(number) !== integer) {
    return `${text} loses digits: it is read as ${BigInt(number)}; quote it to keep them`
  }
  const printed = sprintf('%v', number)
  if (!printed.includes('e')) return undefined
  return `templates print ${text} as ${printed}; quote it, or print it with "int64"`
}

function floatSurprise(text: string, number: number): string | undefined {
  const [digits = ''] = text.replace(/^[-+]/, '').split(/e/i)
  if (!/^\d*\.?\d*$/.test(digits)) return undefined
  if (digits.replace('.', '').replace(/^0+/, '').length > 17) {
    return `${text} loses digits: it is read as ${sprintf('%v', number)}; quote it to keep them`
  }
  if (!/\.\d*0$/.test(digits) || /^\d*\.0$/.test(digits)) return undefined
  return `${text} is read as ${sprintf('%v', number)}; quote it if it is a version`
}
