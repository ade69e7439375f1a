import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from './object.ts'

/** The release that an object belongs to. */
export interface Owner {
  name: string
  namespace: string
}

/** Marks every object of a release, as Helm does; a selector for all of them. */
export const MANAGED_BY = { label: 'app.kubernetes.io/managed-by', value: 'Helm' } as const
export const RELEASE_NAME = 'meta.helm.sh/release-name'
export const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace'
const RESOURCE_POLICY = 'helm.sh/resource-policy'

/**
 * Gives a copy of the object that carries its owner in label and annotations.
 *
 * Source: Helm 4.1.4 pkg/action/validate.go, setMetadataVisitor.
 */
export function withOwner<T extends KubeObject>(object: T, owner: Owner): T {
  const { metadata } = object
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...entriesOf(metadata['labels']), [MANAGED_BY.label]: MANAGED_BY.value },
      annotations: {
        ...entriesOf(metadata['annotations']),
        [RELEASE_NAME]: owner.name,
        [RELEASE_NAMESPACE]: owner.namespace,
      },
    },
  }
}

/** The release that the object's annotations name; undefined when it names none. */
export function ownerOf(object: KubeObject): Owner | undefined {
  const annotations = stringsOf(object.metadata['annotations'])
  if (stringsOf(object.metadata['labels'])[MANAGED_BY.label] !== MANAGED_BY.value) return undefined
  const name = annotations[RELEASE_NAME]
  const namespace = annotations[RELEASE_NAMESPACE]
  return name === undefined || namespace === undefined ? undefined : { name, namespace }
}

/** Whether the object stays when its release wants it no more, by `helm.sh/resource-policy: keep`. */
export function isKept(object: KubeObject): boolean {
  return policyOf(object)?.trim().toLowerCase() === 'keep'
}

/**
 * Whether the object stays when its release goes. As with Helm any policy will do: a chart that
 * misspelt `keep` may hold somebody's data.
 *
 * Source: Helm 4.1.4 pkg/action/resource_policy.go, filterManifestsToKeep.
 */
export function staysBehind(object: KubeObject): boolean {
  return policyOf(object) !== undefined
}

function policyOf({ metadata }: KubeObject): string | undefined {
  return stringsOf(metadata['annotations'])[RESOURCE_POLICY]
}

/** With an empty text for null, as Helm has it; what is no text is the target's to refuse. */
function entriesOf(value: Json | undefined): JsonObject {
  if (!isJsonObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, text ?? '']))
}

function stringsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(texts)
}
