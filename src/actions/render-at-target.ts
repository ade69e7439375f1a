import { PkgError } from '../base/errors.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { GoMap, Value } from '../golang/value.ts'
import type { KubeObject } from '../manifest/object.ts'
import { valueFrom } from '../release/record-text.ts'
import { targetCapabilities, type Capabilities } from '../render/capabilities.ts'
import { lookupKey, lookupSnapshot, type Lookup, type LookupQuery } from '../render/lookup.ts'
import type { RenderInput } from './connections.ts'
import { renderRelease, type RenderedRelease } from './render.ts'

/** A chart whose lookups depend on lookups is rendered anew for each step of the chain. */
const MOST_ROUNDS = 10

/**
 * Renders a release whose templates may look at the objects of the target.
 *
 * Templates render without waiting. So what they look up is noted, fetched when they are
 * through, and they are rendered again, until they ask for nothing new.
 *
 * @throws PkgError all that `renderRelease` throws; TEMPLATE_FAILED when it never settles
 */
export async function renderAtTarget(
  cluster: Cluster,
  input: RenderInput,
  signal: AbortSignal,
): Promise<RenderedRelease> {
  if (input.isOffline === true) return renderRelease(input)
  const { onLookup = () => undefined } = input
  const capabilities = await capabilitiesOf(cluster, signal)
  return answeringLookups(cluster, signal, (lookup) =>
    renderRelease({
      ...input,
      ...(capabilities !== undefined && { capabilities }),
      lookup: (query) => {
        onLookup(query)
        return lookup(query)
      },
    }),
  )
}

/** What templates may know of a target; undefined when it knows no more than this program. */
export async function capabilitiesOf(
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Capabilities | undefined> {
  const known = await cluster.capabilities(signal)
  return known && targetCapabilities(known)
}

/**
 * Renders until nothing is looked up that has not been fetched.
 *
 * @throws PkgError what rendering throws; TEMPLATE_FAILED when it never settles
 */
export async function answeringLookups<T>(
  cluster: Cluster,
  signal: AbortSignal,
  render: (lookup: Lookup) => T,
): Promise<T> {
  const answers = new Map<string, GoMap>()
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { lookup, missing } = lookupSnapshot(answers)
    const outcome = attempt(() => render(lookup))
    const queries = missing()
    if (queries.length === 0) return outcome()
    await Promise.all(
      queries.map(async (query) => {
        answers.set(lookupKey(query), await fetchAnswer(cluster, query, signal))
      }),
    )
  }
  throw new PkgError('TEMPLATE_FAILED', `lookups did not settle in ${MOST_ROUNDS} renders`, {
    hint: 'A template looks up a name that changes with every render, for example a random one.',
  })
}

/** Runs a render whose failure counts only when nothing was missing. */
function attempt<T>(run: () => T): () => T {
  try {
    const result = run()
    return () => result
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/** Source: Helm 4.1.4 pkg/engine/lookup_func.go: what is not there is an empty map. */
async function fetchAnswer(
  cluster: Cluster,
  { apiVersion, kind, namespace, name }: LookupQuery,
  signal: AbortSignal,
): Promise<GoMap> {
  const scopeOf = await cluster.scopes([], signal)
  const isNamespaced = scopeOf(apiVersion, kind) === 'namespaced'
  const place = isNamespaced && namespace !== '' ? namespace : undefined
  if (name === '') {
    const objects = await cluster.list({ apiVersion, kind, namespace: place }, { signal })
    return new Map<string, Value>([
      ['apiVersion', apiVersion],
      ['items', objects.map(toValue)],
      ['kind', `${kind}List`],
    ])
  }
  if (isNamespaced && place === undefined) return new Map()
  const object = await cluster.get({ apiVersion, kind, namespace: place, name }, signal)
  return object === undefined ? new Map() : toValue(object)
}

/** Kubernetes' integers are int64 to templates, as they are in Helm. */
function toValue(object: KubeObject): GoMap {
  return valueFrom(object, 'integers') as GoMap
}
