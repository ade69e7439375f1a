import { isJsonObject, type Json } from '../base/json.ts'
import type { FieldPath } from '../migrate/field-path.ts'
import type { Rule } from './rule.ts'

/** Fields whose texts other programs read, which know `${NAME}` themselves. */
const OTHERS = new Set(['args', 'command', 'data', 'stringData', 'annotations'])

/** Looks for fields that are nothing but `${NAME}`, which Kubernetes does not fill in. */
export const checkPlaceholders: Rule = ({ object, report }) => {
  const visit = (value: Json, path: FieldPath): void => {
    if (typeof value === 'string' && /^\$\{\w+\}$/.test(value)) {
      report('placeholder', path, `"${value}" is to be filled in`)
    } else if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) visit(item, [...path, at])
    } else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (!OTHERS.has(key)) visit(item, [...path, key])
      }
    }
  }
  visit(object, [])
}
