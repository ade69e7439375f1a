// Records the fields of Kubernetes' own kinds, as the API server of a control plane publishes them:
//
//   kubectl get --raw /openapi/v2 | node schemas/record-kubernetes-fields.mjs 1.35
//
// Source: the OpenAPI document of kube-apiserver. What is written is a table of names and types:
// a line a kind ("kind GROUP/VERSION KIND TYPE"), then a line a type with its fields. Behind the
// "=" stands the type: s text, i integer, n number, b boolean, q quantity, p integer or text, y base64,
// * anything, [T] a list, {T} a map; "!" marks fields that must be there.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const version = process.argv[2] ?? ''
const { definitions } = JSON.parse(readFileSync(0, 'utf8'))

/** The API server fills these in, although its document says that they must be there. */
const DEFAULTED = new Set(['rbac.v1.RoleRef apiGroup'])

const shortNames = new Map(Object.keys(definitions).map((name) => [name, shortName(name)]))
const kinds = []
const wanted = new Set()

for (const [name, definition] of Object.entries(definitions)) {
  const isObject = definition.properties?.metadata?.$ref?.endsWith('.ObjectMeta') === true
  const ids = definition['x-kubernetes-group-version-kind'] ?? []
  if (!isObject || !name.startsWith('io.k8s.')) continue
  for (const { group, version: apiVersion, kind } of ids) {
    kinds.push(
      `kind ${group === '' ? '' : `${group}/`}${apiVersion} ${kind} ${shortNames.get(name)}`,
    )
    collect(name)
  }
}

const types = [...wanted].toSorted(byText).map(typeLine)
const text = [...kinds.toSorted(byText), ...types].join('\n')
writeFileSync(join(import.meta.dirname, `kubernetes-${version}-fields.txt`), `${text}\n`)

function byText(left, right) {
  return left < right ? -1 : Number(left > right)
}

function shortName(name) {
  return name
    .replace('io.k8s.api.', '')
    .replace(/^io\.k8s\.(?:apimachinery\.pkg\.apis|apiextensions-apiserver\.pkg\.apis)\./, '')
    .replace(/^io\.k8s\.kube-aggregator\.pkg\.apis\./, '')
}

function collect(name) {
  const { properties } = definitions[name]
  if (wanted.has(name) || properties === undefined) return
  wanted.add(name)
  for (const property of Object.values(properties)) visit(property)
}

function visit({ $ref, items, additionalProperties }) {
  if ($ref !== undefined) collect($ref.replace('#/definitions/', ''))
  if (items !== undefined) visit(items)
  if (additionalProperties !== undefined) visit(additionalProperties)
}

function typeLine(name) {
  const { properties, required = [] } = definitions[name]
  const type = shortNames.get(name)
  const fields = Object.keys(properties)
    .sort()
    .map((field) => {
      // What the server writes itself is nothing to be checked.
      if (field === 'status') return 'status=*'
      const must = required.includes(field) && !DEFAULTED.has(`${type} ${field}`)
      return `${field}${must ? '!' : ''}=${typeOf(properties[field])}`
    })
  return `${type} ${fields.join(' ')}`
}

function typeOf({ $ref, type, format, items, additionalProperties }) {
  if ($ref !== undefined) return typeOfReference($ref.replace('#/definitions/', ''))
  if (type === 'array') return `[${typeOf(items)}]`
  if (type === 'object') return additionalProperties ? `{${typeOf(additionalProperties)}}` : '*'
  if (type === 'string') {
    if (format === 'byte') return 'y'
    return format === 'int-or-string' ? 'p' : 's'
  }
  return { integer: 'i', number: 'n', boolean: 'b' }[type] ?? '*'
}

function typeOfReference(name) {
  if (name.endsWith('.resource.Quantity')) return 'q'
  const definition = definitions[name]
  return definition.properties === undefined ? typeOf(definition) : shortNames.get(name)
}
