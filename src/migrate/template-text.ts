import type { Node } from 'yaml'
import { requirePackage } from '../base/lazy.ts'

/** Fields that no template text can be in, whatever the object is. */
const PLAIN_FIELDS = new Set(['apiVersion', 'kind', 'name', 'namespace', 'image'])

/**
 * Finds text of Go's templates that YAML happens to read: `{{ .Values.port }}` as a mapping, or
 * as a part of a name. Texts for other programs, such as rules of Prometheus, may hold it.
 *
 * @returns where it begins, counted from 0 in the file's text
 */
export function findTemplateText(root: Node, text: string): number | undefined {
  const { visit, isScalar } = requirePackage('yaml') as typeof import('yaml')
  let found: number | undefined
  const note = (node: Node): symbol => {
    found = node.range?.[0]
    return visit.BREAK
  }
  visit(root, {
    Map: (_key, node) => {
      const start = node.range?.[0] ?? 0
      return node.flow === true && text.startsWith('{{', start) ? note(node) : undefined
    },
    Pair: (_key, { key, value }) => {
      const isPlain = isScalar(key) && PLAIN_FIELDS.has(String(key.value))
      if (!isPlain || !isScalar(value) || typeof value.value !== 'string') return undefined
      return value.value.includes('{{') ? note(value) : undefined
    },
  })
  return found
}
