import { compilePattern } from './schema-patterns.ts'
import type { Place } from './schema-documents.ts'
import { formatOf } from './schema-formats.ts'
import { isList, isMap, isNumber, type SchemaMap, type SchemaValue } from './schema-json.ts'
import type { Bound, NumberBound, SchemaNode } from './schema-node.ts'
import { decimalOf, isWhole } from './schema-number.ts'
import { pointerTo, splitReference } from './schema-uri.ts'

/** Gives the schemas that keywords lead to. */
export interface SchemaSource {
  /** The schema at a place. */
  enqueue(place: Place): SchemaNode
  /** The schema that a reference means, as seen from a place. */
  refer(from: Place, reference: string): SchemaNode
}

/** A schema that is being compiled. */
export interface Draftwork {
  readonly compiler: SchemaSource
  readonly node: SchemaNode
  readonly place: Place
  readonly schema: SchemaMap
}

/**
 * Reads the keywords of a schema into its node. A keyword whose value is of the wrong type
 * has no effect: the metaschema has spoken before.
 *
 * @throws GoError for a reference that leads nowhere and a pattern that is none
 */
export function addKeywords(work: Draftwork): void {
  const { node, schema } = work
  const ref = referenceOf(work, '$ref')
  if (ref !== undefined) node.ref = ref
  // Before 2019, all that stands beside `$ref` is ignored.
  if (ref !== undefined && node.draft < 2019) return
  const families = new Set<Family>()
  for (const keyword of schema.keys()) {
    const family = FAMILIES.get(keyword)
    if (family !== undefined) families.add(family)
  }
  // In this order, which decides which of several mistakes is told.
  if (families.has('reference')) addReferences(work)
  if (families.has('general')) addGeneral(work)
  if (families.has('format')) addFormat(work)
  if (families.has('number')) addNumberKeywords(node, schema)
  if (families.has('text')) addTextKeywords(node, schema)
  if (families.has('array')) addArrayKeywords(work)
  if (families.has('object')) addObjectKeywords(work)
  if (families.has('condition')) addConditions(work)
}

type Family = (typeof KEYWORDS)[number][0]

/** Keywords that are read together: most schemas have those of two families or three. */
const KEYWORDS = [
  ['reference', ['$recursiveRef', '$recursiveAnchor', '$dynamicRef', '$dynamicAnchor']],
  ['general', ['type', 'const', 'enum']],
  ['format', ['format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
  ['text', ['minLength', 'maxLength', 'pattern']],
  ['array', ['minItems', 'maxItems', 'uniqueItems', 'items', 'prefixItems', 'additionalItems']],
  ['array', ['contains', 'minContains', 'maxContains', 'unevaluatedItems']],
  ['object', ['minProperties', 'maxProperties', 'required', 'properties', 'patternProperties']],
  ['object', ['additionalProperties', 'propertyNames', 'unevaluatedProperties']],
  ['object', ['dependencies', 'dependentSchemas', 'dependentRequired']],
  ['condition', ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']],
] as const

const FAMILIES: ReadonlyMap<string, Family> = new Map(
  KEYWORDS.flatMap(([family, keywords]) => keywords.map((keyword) => [keyword, family] as const)),
)

function addReferences(work: Draftwork): void {
  const { node, schema } = work
  if (node.draft < 2019) return
  const recursive = referenceOf(work, '$recursiveRef')
  if (recursive !== undefined) node.recursiveRef = recursive
  if (schema.get('$recursiveAnchor') === true) node.recursiveAnchor = true
  if (node.draft < 2020) return
  const dynamic = schema.get('$dynamicRef')
  const target = referenceOf(work, '$dynamicRef')
  if (target !== undefined && typeof dynamic === 'string') {
    const { fragment } = splitReference(dynamic)
    node.dynamicRef = { target, anchor: fragment.startsWith('/') ? '' : fragment }
  }
  const anchor = schema.get('$dynamicAnchor')
  if (typeof anchor === 'string') node.dynamicAnchor = anchor
}

const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object']

function addGeneral({ node, schema }: Draftwork): void {
  const type = schema.get('type')
  if (type !== undefined) {
    const wanted = isList(type) ? type : [type]
    const types = TYPES.filter((name) => wanted.includes(name))
    if (types.length > 0) node.types = types
  }
  const value = schema.get('const')
  if (value !== undefined && node.draft >= 6) node.const = { value }
  const values = schema.get('enum')
  if (isList(values)) node.enum = values
}

/** Formats are checked up to draft 7; later drafts take them for a note. Metaschemas check. */
function addFormat({ node, schema }: Draftwork): void {
  const name = schema.get('format')
  if (typeof name !== 'string') return
  const isMeta = node.location.startsWith('https://json-schema.org/')
  const format = node.draft < 2019 || isMeta ? formatOf(name) : undefined
  if (format !== undefined) node.format = format
}

function addNumberKeywords(node: SchemaNode, schema: SchemaMap): void {
  const bounds: NumberBound[] = []
  for (const name of ['minimum', 'maximum'] as const) {
    const exclusive = name === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum'
    const limit = schema.get(name)
    const other = schema.get(exclusive)
    if (limit !== undefined && isNumber(limit)) {
      // Draft 4 says with a boolean that the limit itself is out.
      bounds.push({ keyword: other === true ? exclusive : name, limit: decimalOf(limit) })
    }
    if (other !== undefined && isNumber(other)) {
      bounds.push({ keyword: exclusive, limit: decimalOf(other) })
    }
  }
  const factor = schema.get('multipleOf')
  if (factor !== undefined && isNumber(factor)) {
    bounds.push({ keyword: 'multipleOf', limit: decimalOf(factor) })
  }
  const order = NUMBER_ORDER
  bounds.sort((a, b) => order.indexOf(a.keyword) - order.indexOf(b.keyword))
  if (bounds.length > 0) node.numberBounds = bounds
}

const NUMBER_ORDER = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']

function addTextKeywords(node: SchemaNode, schema: SchemaMap): void {
  const bounds = countBounds(schema, ['minLength', 'maxLength'])
  if (bounds !== undefined) node.lengthBounds = bounds
  const pattern = schema.get('pattern')
  if (typeof pattern === 'string') {
    node.pattern = compilePattern(pattern, `${node.location}/pattern`)
  }
}

function addArrayKeywords(work: Draftwork): void {
  const { node, schema } = work
  const bounds = countBounds(schema, ['minItems', 'maxItems'])
  if (bounds !== undefined) node.itemBounds = bounds
  if (schema.get('uniqueItems') === true) node.uniqueItems = true
  const first = listOf(work, node.draft < 2020 ? 'items' : 'prefixItems')
  if (first !== undefined) node.firstItems = first
  const isOlderList = node.draft < 2020 && first !== undefined
  if (isOlderList && schema.get('additionalItems') === false) node.otherItems = false
  else if (isOlderList) assign(node, 'otherItems', schemaOf(work, 'additionalItems'))
  else assign(node, 'otherItems', schemaOf(work, 'items'))
  if (node.draft < 6) return
  assign(node, 'contains', schemaOf(work, 'contains'))
  if (node.draft < 2019) return
  if (node.contains !== undefined) {
    assign(node, 'minContains', countOf(schema.get('minContains')))
    assign(node, 'maxContains', countOf(schema.get('maxContains')))
  }
  assign(node, 'unevaluatedItems', schemaOf(work, 'unevaluatedItems'))
}

function addObjectKeywords(work: Draftwork): void {
  const { node, schema } = work
  const bounds = countBounds(schema, ['minProperties', 'maxProperties'])
  if (bounds !== undefined) node.propertyBounds = bounds
  const required = schema.get('required')
  if (isList(required)) node.required = textsOf(required)
  assign(node, 'properties', mapOf(work, 'properties'))
  const patterns = mapOf(work, 'patternProperties')
  if (patterns !== undefined) {
    const location = `${node.location}/patternProperties`
    node.patternProperties = [...patterns].map(([source, schema]) => ({
      pattern: compilePattern(source, location),
      schema,
    }))
  }
  const additional = schema.get('additionalProperties')
  if (typeof additional === 'boolean') node.additionalProperties = additional
  else assign(node, 'additionalProperties', schemaOf(work, 'additionalProperties'))
  addDependencies(work)
}

function addDependencies(work: Draftwork): void {
  const { node, schema } = work
  const dependencies = schema.get('dependencies')
  if (isMap(dependencies)) {
    node.dependencies = new Map(
      [...dependencies].map(([name, value]) => [
        name,
        isList(value) ? textsOf(value) : inside(work, 'dependencies', name),
      ]),
    )
  }
  if (node.draft >= 6) assign(node, 'propertyNames', schemaOf(work, 'propertyNames'))
  if (node.draft < 2019) return
  assign(node, 'dependentSchemas', mapOf(work, 'dependentSchemas'))
  const required = schema.get('dependentRequired')
  if (isMap(required)) {
    node.dependentRequired = new Map(
      [...required].map(([name, value]) => [name, isList(value) ? textsOf(value) : []]),
    )
  }
  assign(node, 'unevaluatedProperties', schemaOf(work, 'unevaluatedProperties'))
}

function addConditions(work: Draftwork): void {
  const { node } = work
  assign(node, 'allOf', listOf(work, 'allOf'))
  assign(node, 'anyOf', listOf(work, 'anyOf'))
  assign(node, 'oneOf', listOf(work, 'oneOf'))
  assign(node, 'not', schemaOf(work, 'not'))
  if (node.draft < 7) return
  assign(node, 'if', schemaOf(work, 'if'))
  if (node.if === undefined) return
  assign(node, 'then', schemaOf(work, 'then'))
  assign(node, 'else', schemaOf(work, 'else'))
}

function assign<K extends keyof SchemaNode>(
  node: SchemaNode,
  key: K,
  value: SchemaNode[K] | undefined,
): void {
  if (value !== undefined) node[key] = value
}

function referenceOf({ compiler, place, schema }: Draftwork, keyword: string) {
  const reference = schema.get(keyword)
  return typeof reference === 'string' ? compiler.refer(place, reference) : undefined
}

/** The schema below a keyword, or below a step in it. */
function inside({ compiler, place }: Draftwork, ...steps: string[]): SchemaNode {
  const { document, pointer } = place
  return compiler.enqueue({ document, pointer: pointerTo(pointer, ...steps) })
}

function schemaOf(work: Draftwork, keyword: string): SchemaNode | undefined {
  return work.schema.has(keyword) ? inside(work, keyword) : undefined
}

function listOf(work: Draftwork, keyword: string): SchemaNode[] | undefined {
  const list = work.schema.get(keyword)
  return isList(list) ? list.map((_, at) => inside(work, keyword, String(at))) : undefined
}

function mapOf(work: Draftwork, keyword: string): Map<string, SchemaNode> | undefined {
  const map = work.schema.get(keyword)
  if (!isMap(map)) return undefined
  return new Map([...map.keys()].map((name) => [name, inside(work, keyword, name)]))
}

function countBounds(schema: SchemaMap, keywords: string[]): Bound<number>[] | undefined {
  const bounds = keywords.flatMap((keyword) => {
    const limit = countOf(schema.get(keyword))
    return limit === undefined ? [] : [{ keyword, limit }]
  })
  return bounds.length > 0 ? bounds : undefined
}

function countOf(value: SchemaValue | undefined): number | undefined {
  if (value === undefined || !isNumber(value)) return undefined
  const decimal = decimalOf(value)
  if (!isWhole(decimal)) return undefined
  return Number(decimal.digits) * 10 ** decimal.exponent
}

function textsOf(list: readonly SchemaValue[]): string[] {
  return list.filter((item) => typeof item === 'string')
}
