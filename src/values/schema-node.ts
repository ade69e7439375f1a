import type { Draft } from './drafts.ts'
import type { SchemaValue } from './schema-json.ts'
import type { Decimal } from './schema-number.ts'

/** A regular expression of a schema. */
export interface Pattern {
  readonly source: string
  matches(text: string): boolean
}

/** A format's name, and what it says of a text: undefined when the text has that format. */
export interface Format {
  readonly name: string
  check(text: string): string | undefined
}

/** What a number or a length is compared with, and the keyword that says so. */
export interface Bound<T> {
  readonly keyword: string
  readonly limit: T
}

/** A schema, compiled. Keywords that it does not have are undefined. */
export interface SchemaNode {
  /** `file:///values.schema.json#/properties/x`. */
  readonly location: string
  readonly draft: Draft
  /** The schema whose resource this one belongs to. */
  resource: SchemaNode
  /** True or false for a schema that accepts everything, or nothing. */
  always?: boolean
  types?: readonly string[]
  const?: { value: SchemaValue }
  enum?: readonly SchemaValue[]
  format?: Format
  ref?: SchemaNode
  recursiveRef?: SchemaNode
  recursiveAnchor?: boolean
  dynamicRef?: { target: SchemaNode; anchor: string }
  dynamicAnchor?: string
  /** Dynamic anchors of the resource that begins here. */
  dynamicAnchors?: Map<string, SchemaNode>

  numberBounds?: readonly NumberBound[]
  lengthBounds?: readonly Bound<number>[]
  pattern?: Pattern

  itemBounds?: readonly Bound<number>[]
  uniqueItems?: boolean
  /** Schemas of the first items. */
  firstItems?: readonly SchemaNode[]
  /** Schema of the items after those; `false` of the older drafts refuses them in one line. */
  otherItems?: SchemaNode | false
  contains?: SchemaNode
  minContains?: number
  maxContains?: number
  unevaluatedItems?: SchemaNode

  propertyBounds?: readonly Bound<number>[]
  required?: readonly string[]
  properties?: ReadonlyMap<string, SchemaNode>
  patternProperties?: readonly { pattern: Pattern; schema: SchemaNode }[]
  additionalProperties?: SchemaNode | boolean
  propertyNames?: SchemaNode
  dependencies?: ReadonlyMap<string, SchemaNode | readonly string[]>
  dependentSchemas?: ReadonlyMap<string, SchemaNode>
  dependentRequired?: ReadonlyMap<string, readonly string[]>
  unevaluatedProperties?: SchemaNode

  allOf?: readonly SchemaNode[]
  anyOf?: readonly SchemaNode[]
  oneOf?: readonly SchemaNode[]
  not?: SchemaNode
  if?: SchemaNode
  then?: SchemaNode
  else?: SchemaNode
}

export interface NumberBound {
  readonly keyword: 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum' | 'multipleOf'
  readonly limit: Decimal
}
