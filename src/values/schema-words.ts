import { nearest } from '../base/nearest.ts'

/** The keyword of JSON Schema that a word is nearly; undefined for a keyword, and for others. */
export function meantKeyword(word: string): string | undefined {
  if (KEYWORDS.includes(word) || word.length < SHORT) return undefined
  return nearest(word, KEYWORDS)
}

/** Those of all drafts. */
const KEYWORDS: readonly string[] =
  '$schema $id $ref $defs $anchor $comment $vocabulary $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor id definitions title description default examples deprecated readOnly writeOnly type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format contentEncoding contentMediaType contentSchema items prefixItems additionalItems unevaluatedItems contains minContains maxContains minItems maxItems uniqueItems properties patternProperties additionalProperties unevaluatedProperties propertyNames minProperties maxProperties required dependencies dependentRequired dependentSchemas allOf anyOf oneOf not if then else'.split(
    ' ',
  )

/** Letters below which words are alike by chance. */
const SHORT = 4
