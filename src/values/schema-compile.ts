import { quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import { METASCHEMA_URLS, type Draft } from './drafts.ts'
import { readPlainSchema, type PlainSchema } from './plain-schema.ts'
import {
  addSchema,
  loadDocument,
  lookUp,
  openDocument,
  resolveAcross,
  resolveIn,
  resourceAt,
  type Place,
  type SchemaDocument,
} from './schema-documents.ts'
import { describeSchemaFailure } from './schema-failure.ts'
import { isMap, parseSchemaJson, type SchemaMap, type SchemaValue } from './schema-json.ts'
import { addKeywords } from './schema-keywords.ts'
import type { SchemaNode } from './schema-node.ts'
import { locationOf, resolveReference } from './schema-uri.ts'
import type { MetaResources } from './schema-check.ts'
import { validateSchema } from './schema-validate.ts'

/** The URL under which Helm knows a chart's schema; messages name it. */
const SCHEMA_URL = 'file:///values.schema.json'

/**
 * Compiles a chart's values.schema.json, after checking it by its metaschema.
 *
 * @param plain the same schema, where it is known to be right
 * @throws GoError with the text of Helm's validator when it is no usable schema
 */
export function compileSchema(
  text: string,
  plain: PlainSchema | undefined = readPlainSchema(text),
): SchemaNode {
  const compiler = new SchemaCompiler(plain !== undefined)
  const document = compiler.open(SCHEMA_URL, parseSchemaJson(text))
  return compiler.compile({ document, pointer: '' })
}

/** Compiles schemas of any number of documents that refer to each other. */
class SchemaCompiler {
  private readonly documents = new Map<string, SchemaDocument>()
  private readonly nodes = new Map<string, SchemaNode>()
  private readonly queue: { node: SchemaNode; place: Place }[] = []
  private readonly isRight: boolean

  /** @param isRight whether the schemas need not be checked by their metaschemas */
  constructor(isRight: boolean) {
    this.isRight = isRight
  }

  open(url: string, root: SchemaValue): SchemaDocument {
    const document = openDocument(url, root)
    this.validate({ document, pointer: '' })
    this.documents.set(url, document)
    return document
  }

  /** Compiles the schema at a place and all that it refers to. */
  compile(place: Place): SchemaNode {
    const node = this.enqueue(place)
    // Filling one schema puts others at the end.
    for (const next of this.queue) this.fill(next.node, next.place)
    this.queue.length = 0
    return node
  }

  /** The schema at a place, which is filled in later. */
  enqueue(place: Place): SchemaNode {
    const location = locationOf(place.document.url, place.pointer)
    const known = this.nodes.get(location)
    if (known !== undefined) return known
    if (!place.document.seen.has(place.pointer)) {
      addSchema(place)
      this.validate(place)
    }
    const { draft } = resourceAt(place)
    const node = { location, draft } as SchemaNode
    node.resource = node
    this.nodes.set(location, node)
    this.queue.push({ node, place })
    return node
  }

  /** The schema that a reference means, as seen from a place. */
  refer(from: Place, reference: string): SchemaNode {
    const target = resolveReference(resourceAt(from).id, reference)
    const local = resolveIn(from.document, target)
    if (local !== undefined) return this.enqueue(local)
    const document = this.documents.get(target.url) ?? loadDocument(target.url)
    this.documents.set(target.url, document)
    return this.enqueue(resolveAcross(document, target.fragment))
  }

  private fill(node: SchemaNode, place: Place): void {
    const { document } = place
    const resource = resourceAt(place)
    node.resource = this.enqueue({ document, pointer: resource.pointer })
    if (node.draft >= 2020 && node.resource === node) {
      for (const name of resource.dynamicAnchors) {
        node.dynamicAnchors ??= new Map()
        const target = resource.anchors.get(name) ?? ''
        node.dynamicAnchors.set(name, this.enqueue({ document, pointer: target }))
      }
    }
    const schema = lookUp(place)
    if (typeof schema === 'boolean') node.always = schema
    else if (isMap(schema)) this.fillKeywords(node, place, schema)
  }

  private fillKeywords(node: SchemaNode, place: Place, schema: SchemaMap): void {
    if (schema.size === 0) node.always = true
    else addKeywords({ compiler: this, node, place, schema })
  }

  /** Checks a schema by the metaschema of its draft; the metaschemas themselves are right. */
  private validate(place: Place): void {
    const { document, pointer } = place
    if (this.isRight || /^https?:\/\/json-schema\.org\//.test(document.url)) return
    const { draft } = resourceAt(place)
    const meta = metaschemaOf(draft)
    const resources: MetaResources = {
      isMixed: document.resources.size > 1,
      metaschemaAt: (path) => {
        const resource = document.resources.get(path)
        return resource === undefined ? undefined : metaschemaOf(resource.draft)
      },
    }
    const failure = validateSchema(meta, lookUp(place), resources)
    if (failure === undefined) return
    const location = quote(locationOf(document.url, pointer))
    throw new GoError(
      `${location} is not valid against metaschema: ${describeSchemaFailure(failure)}`,
    )
  }
}

const METASCHEMAS = new Map<Draft, SchemaNode>()

/** Metaschemas never change, so each is compiled once a process. */
function metaschemaOf(draft: Draft): SchemaNode {
  const known = METASCHEMAS.get(draft)
  if (known !== undefined) return known
  const document = loadDocument(METASCHEMA_URLS[draft])
  const node = new SchemaCompiler(true).compile({ document, pointer: '' })
  METASCHEMAS.set(draft, node)
  return node
}
