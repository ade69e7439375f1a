import { byInstallOrder, byUninstallOrder } from '../manifest/kind-order.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { isCustomKind } from './content.ts'
import { isWrite, type Change, type Plan } from './plan.ts'

/** Changes that may be made at the same time, and what to wait for once they are. */
export interface Wave {
  changes: Change[]
  /** What has to be established or ready before the next wave begins. */
  awaited: KubeObject[]
  /** What has to be gone before the next wave begins. */
  leaving: KubeObject[]
}

/**
 * Puts the writes of a plan into waves: namespaces, CRDs, and then stage by stage the kinds
 * in install order; at last what goes, in uninstall order and the last stage first.
 */
export function wavesOf({ changes, sequence }: Plan): Wave[] {
  const stageOf = ({ object }: Change): number => sequence?.stageOf.get(objectKey(object)) ?? 0
  const writes = changes.filter((change) => isWrite(change) && change.op !== 'delete')
  const removals = changes.filter(({ op }) => op === 'delete')
  // What is there already may still have to get ready before the next stage.
  const awaited = changes.filter(({ op, object }) => {
    return op !== 'delete' && op !== 'keep' && sequence?.awaited.has(objectKey(object)) === true
  })

  const waves: Wave[] = []
  for (const stage of stagesOf([...writes, ...awaited], stageOf)) {
    waves.push(...byRank(writes.filter((change) => stageOf(change) === stage)))
    const ready = awaited.filter((change) => stageOf(change) === stage).map(({ object }) => object)
    if (ready.length > 0) addAwaited(waves, ready)
  }
  for (const stage of stagesOf(removals, stageOf).toReversed()) {
    waves.push(...removalWaves(removals.filter((change) => stageOf(change) === stage)))
  }
  return withoutLastWait(waves)
}

/** Nothing waits for what goes last. */
function withoutLastWait(waves: readonly Wave[]): Wave[] {
  return waves.map((wave, at) => (at === waves.length - 1 ? { ...wave, leaving: [] } : wave))
}

function stagesOf(changes: readonly Change[], stageOf: (change: Change) => number): number[] {
  return [...new Set(changes.map(stageOf))].sort((left, right) => left - right)
}

function addAwaited(waves: Wave[], ready: KubeObject[]): void {
  const last = waves.at(-1)
  if (last === undefined) waves.push({ changes: [], awaited: ready, leaving: [] })
  else last.awaited = [...last.awaited, ...ready]
}

/** Objects of one kind make a wave; CRDs are awaited, so that their objects can follow. */
function byRank(changes: readonly Change[]): Wave[] {
  const sorted = changes.toSorted((left, right) => {
    return (
      precedence(left.object) - precedence(right.object) ||
      byInstallOrder(left.object.kind, right.object.kind)
    )
  })
  return groups(sorted).map((group) => ({
    changes: group,
    awaited: group.map(({ object }) => object).filter(isDefinition),
    leaving: [],
  }))
}

/** Custom resources go before all else, while what looks after them is still there. */
function removalWaves(changes: readonly Change[]): Wave[] {
  const sorted = changes.toSorted((left, right) =>
    byUninstallOrder(left.object.kind, right.object.kind),
  )
  const custom = sorted.filter(({ object }) => isCustomKind(object))
  const others = sorted.filter(({ object }) => !isCustomKind(object))
  const waves = groups(others).map((group) => ({ changes: group, awaited: [], leaving: [] }))
  if (custom.length === 0) return waves
  const leaving = custom.map(({ object }) => object)
  return [{ changes: custom, awaited: [], leaving }, ...waves]
}

function groups(sorted: readonly Change[]): Change[][] {
  const found: Change[][] = []
  for (const change of sorted) {
    const last = found.at(-1)
    if (last?.[0]?.object.kind === change.object.kind) last.push(change)
    else found.push([change])
  }
  return found
}

function precedence({ kind }: KubeObject): number {
  if (kind === 'Namespace') return 0
  return kind === 'CustomResourceDefinition' ? 1 : 2
}

function isDefinition({ kind }: KubeObject): boolean {
  return kind === 'CustomResourceDefinition'
}
