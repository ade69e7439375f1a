import { isJsonObject, parseJson } from '../base/json.ts'
import { apiError } from './api-errors.ts'
import type { AccessReview } from './cluster.ts'
import type { Api } from './list-objects.ts'
import { groupOf } from './object-path.ts'

const API_VERSION = 'authorization.k8s.io/v1'
const KIND = 'SelfSubjectAccessReview'

/** Asks the API server whether the person may do something. */
export async function accessOf(
  { transport, discovery }: Api,
  review: AccessReview,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { apiVersion, kind, namespace, verb, subresource, name } = review
  const isAny = kind === '*'
  const resource = isAny ? '*' : await resourceOf({ discovery }, review, signal)
  const answer = await transport.request({
    method: 'POST',
    path: `/apis/${API_VERSION}/selfsubjectaccessreviews`,
    body: {
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: {},
      spec: {
        resourceAttributes: {
          group: isAny ? '*' : groupOf(apiVersion),
          version: isAny ? '*' : (apiVersion.split('/').at(-1) ?? ''),
          resource,
          verb,
          ...(namespace === undefined ? {} : { namespace }),
          ...(subresource === undefined ? {} : { subresource }),
          ...(name === undefined ? {} : { name }),
        },
      },
    },
    // A question changes nothing.
    isRepeatable: true,
    signal,
  })
  if (answer.status >= 300) throw apiError(answer, { verb: 'ask for', label: 'rights' })
  const value = parseJson(answer.body)
  const status = isJsonObject(value) ? value['status'] : undefined
  return isJsonObject(status) && status['allowed'] === true
}

/** The name by which rules know what is asked about: `deployments`, `pods/log`. */
export async function resourceName(
  api: Pick<Api, 'discovery'>,
  review: AccessReview,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { subresource } = review
  const resource = await resourceOf(api, review, signal)
  return subresource === undefined ? resource : `${resource}/${subresource}`
}

async function resourceOf(
  { discovery }: Pick<Api, 'discovery'>,
  { apiVersion, kind, resource }: AccessReview,
  signal: AbortSignal | undefined,
): Promise<string> {
  const served = await discovery.find(apiVersion, kind, signal)
  return served?.name ?? resource ?? usualPlural(kind)
}

/**
 * The resource of a kind that the cluster does not know yet, as most are named.
 *
 * Source: Kubernetes apimachinery 0.35 pkg/api/meta, UnsafeGuessKindToResource.
 */
export function usualPlural(kind: string): string {
  const name = kind.toLowerCase()
  if (name.endsWith('s')) return `${name}es`
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`
}
