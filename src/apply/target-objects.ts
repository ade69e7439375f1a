import { PkgError } from '../base/errors.ts'
import type { ScopeOf } from '../cluster/cluster.ts'
import { decodeObjects, decodeSourced, type SourcedObject } from '../manifest/decode-objects.ts'
import type { KubeObject } from '../manifest/object.ts'
import { withOwner } from '../manifest/ownership.ts'
import { currentRevision, unsettledRevisions } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import type { ReleaseName } from '../storage/storage.ts'
import { asServed } from './served-versions.ts'
import type { View } from './site.ts'

/** Which objects of a release belong at the target. */
export interface ObjectChoice {
  /** Hooks too, for tools that run Helm's hooks from manifests. */
  withHooks: boolean
}

/** Reads the objects of a release's manifest, in its order; nobody may change them. */
export type ReadManifest = (release: Release) => readonly SourcedObject[]

/** Opens what reads each manifest once: revisions of a release often have the same. */
export function openManifests(): ReadManifest {
  const known = new Map<string, readonly SourcedObject[]>()
  return (release) => {
    const objects = known.get(release.manifest) ?? readManifest(release)
    known.set(release.manifest, objects)
    return objects
  }
}

function readManifest({ name, revision, manifest }: Release): SourcedObject[] {
  return decodeSourced(manifest, `release ${name}, revision ${revision}`)
}

/** Objects of a release as its manifest has them, in its order. */
export function objectsOf(
  release: Release,
  { withHooks }: ObjectChoice,
  read: ReadManifest = readManifest,
): KubeObject[] {
  const objects = read(release).map(({ object }) => object)
  if (!withHooks) return objects
  return [...objects, ...release.hooks.flatMap((hook) => decodeObjects(hook.manifest, hook.path))]
}

/** Gives every object the namespace it ends up in, or takes it from kinds that have none. */
export function placeObjects(
  objects: readonly KubeObject[],
  scopeOf: ScopeOf,
  namespace: string,
): KubeObject[] {
  return objects.map((object) => {
    const { namespace: own, ...metadata } = object.metadata
    if (scopeOf(object.apiVersion, object.kind) === 'cluster') {
      return { ...object, metadata: { ...metadata, name: object.metadata.name } }
    }
    const place = typeof own === 'string' && own !== '' ? own : namespace
    return { ...object, metadata: { ...object.metadata, namespace: place } }
  })
}

/** Objects that a release wants at the target: placed, and marked as its own. */
export async function desiredObjects(
  { cluster, signal }: View,
  release: Release,
  choice: ObjectChoice,
  read?: ReadManifest,
): Promise<KubeObject[]> {
  const objects = objectsOf(release, choice, read)
  const scopeOf = await cluster.scopes([...objects, ...crdsOf(release)], signal)
  const placed = placeObjects(objects, scopeOf, release.namespace)
  return placed.map((object) => withOwner(object, release))
}

/** What earlier revisions have written, or may have. */
export interface Written {
  /** Objects of the revision that was deployed last. */
  previous: KubeObject[]
  /** Objects of attempts since then, hooks that are no more than files, and what the journal knows. */
  attempted: KubeObject[]
}

/** Collects what the revisions of a release may have left at the target. */
export async function writtenObjects(
  view: View,
  release: ReleaseName,
  { history, abandoned }: { history: readonly Release[]; abandoned?: Release | undefined },
  read = openManifests(),
): Promise<Written> {
  const { cluster, storage, signal } = view
  const current = currentRevision(history)
  const unsettled = unsettledRevisions(history)
  const attempts = abandoned === undefined ? unsettled : [...unsettled, abandoned]
  const journal = await storage.readJournal(release)
  const previous = current === undefined ? [] : objectsOf(current, { withHooks: false }, read)
  // Where hooks are run, what they leave belongs to no release.
  const withHooks = !cluster.runsHooks
  const attempted = [
    ...attempts.flatMap((attempt) => objectsOf(attempt, { withHooks }, read)),
    ...(journal?.manifests ?? []).flatMap((text) => decodeObjects(text, 'journal')),
  ]
  const served = {
    previous: await asServed(view, previous),
    attempted: await asServed(view, attempted),
  }
  const scopeOf = await cluster.scopes([...served.previous, ...served.attempted], signal)
  return {
    previous: placeObjects(served.previous, scopeOf, release.namespace),
    attempted: placeObjects(served.attempted, scopeOf, release.namespace),
  }
}

/** Objects of the chart's crds/ folders, which no release owns. */
export function crdsOf(release: Release): KubeObject[] {
  return chartsOf(release.chart).flatMap((chart) =>
    chart.files
      .filter(({ name }) => name.startsWith('crds/') && /\.(ya?ml|json)$/i.test(name))
      .flatMap(({ name, data }) => decodeObjects(Buffer.from(data).toString('utf8'), name)),
  )
}

function chartsOf(chart: Release['chart']): Release['chart'][] {
  return [chart, ...chart.subcharts.flatMap(chartsOf)]
}

/** The namespace as an object, as `--create-namespace` makes it. */
export function namespaceObject(name: string): KubeObject {
  if (name === '') throw new PkgError('USAGE', 'the namespace has no name')
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { labels: { name }, name } }
}
