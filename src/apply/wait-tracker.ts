import type { WatchEvent } from '../cluster/cluster.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { FAILURES_ALLOWED, FAILURES_ANNOTATION } from './diagnose-containers.ts'
import { GRACE, graceOf, type Sign } from './diagnose-signs.ts'
import { signsOf, waitsForConsumer, type Scene } from './diagnose.ts'
import { annotationOf, numberAt, objectsAt, textAt } from './readiness-fields.ts'
import { failed, progressing, ready, type Readiness } from './readiness-verdict.ts'
import { readinessOf, type ReadinessRules } from './readiness.ts'
import { familyOf, newStage, sceneOf, stageKey, type Family, type Role } from './wait-scene.ts'

/** How one object stands while it is waited for. */
export interface Standing {
  /** As it was applied. */
  wanted: KubeObject
  readiness: Readiness
  /** Undefined until the target has told of it, and when it is gone. */
  scene: Scene | undefined
  /** What is wrong, the most telling first. */
  signs: readonly Sign[]
  /** The sign that made it certain that it fails, when a sign did. */
  proof?: Sign | undefined
}

export interface TrackedWait {
  objects: readonly KubeObject[]
  rules: ReadinessRules
  /** When the wait began, in milliseconds since 1970: pods much older than that are no news. */
  began: number
}

/** A pod this much older than the wait was there before, in milliseconds; clocks may differ. */
const OLDER = 60_000

/**
 * Keeps what watches tell and says how each object stands.
 *
 * Signs of failure, and states that settle, count once they have lasted: the tracker notes
 * when it first saw each, and forgets those that are over.
 */
export class Tracker {
  readonly #wait: TrackedWait
  readonly #stage = newStage()
  readonly #gone = new Map<string, KubeObject>()
  /** Restarts that were there before the wait, by pod's uid and container. */
  readonly #restarts = new Map<string, number>()
  readonly #excused = new Set<string>()
  #since = new Map<string, number>()
  #lasting = new Map<string, number>()
  #isComplete = false
  #deadline = Infinity

  constructor(wait: TrackedWait) {
    this.#wait = wait
  }

  /** Takes in what a watch told; `synced` of `objects` says that none is left to be told of. */
  observe(role: Role, event: WatchEvent): void {
    if (event.type === 'synced') {
      if (role === 'objects') this.#isComplete = true
      return
    }
    const { object } = event
    const key = stageKey(role, object)
    if (event.type === 'deleted') {
      this.#stage[role].delete(key)
      if (role === 'objects') this.#gone.set(key, object)
      return
    }
    if (role === 'pods' && !this.#stage.pods.has(key)) this.#noteRestarts(object)
    this.#stage[role].set(key, object)
  }

  /** Every object as it stands now, in the order it was given. @param now in milliseconds */
  standings(now: number): Standing[] {
    this.#deadline = Infinity
    this.#lasting = new Map()
    const family = familyOf(this.#stage)
    const standings = this.#wait.objects.map((wanted) => this.#standingOf(wanted, family, now))
    this.#since = this.#lasting
    return standings
  }

  /** Takes a sign for no proof any more, because help is on its way. */
  excuse({ name, about }: Sign): void {
    this.#excused.add(`${name} ${about}`)
  }

  /** In how many milliseconds something is decided by time alone, as of the last standings. */
  get nextDeadline(): number {
    return this.#deadline
  }

  #standingOf(wanted: KubeObject, family: Family, now: number): Standing {
    const key = objectKey(wanted)
    const live = this.#stage.objects.get(key)
    if (live === undefined) return this.#missing(wanted, key, now)
    const scene = sceneOf(live, family)
    const found = this.#settled(readinessOf(live, this.#wait.rules), key, now)
    if (found.state === 'ready') return { wanted, readiness: found, scene, signs: [] }
    if (waitsForConsumer(scene)) {
      return { wanted, readiness: ready('waits for its first consumer'), scene, signs: [] }
    }
    const signs = signsOf(scene, {
      restartsBefore: (pod, name) => this.#restarts.get(containerKey(pod, name)) ?? 0,
      failuresAllowed: failuresAllowedBy(live),
    })
    if (found.state === 'failed') return { wanted, readiness: found, scene, signs }
    const proof = this.#proofAmong(signs, key, now)
    if (proof === undefined) return { wanted, readiness: found, scene, signs }
    return { wanted, readiness: failed(proof.cause), scene, signs, proof }
  }

  /** Every sign is asked, so that each keeps its time. */
  #proofAmong(signs: readonly Sign[], key: string, now: number): Sign | undefined {
    let proof: Sign | undefined
    for (const sign of signs) {
      if (this.#excused.has(`${sign.name} ${sign.about}`)) continue
      const sameSign = `${key} ${sign.name} ${sign.container ?? ''}`
      if (this.#hasLasted(sameSign, graceOf(sign), now)) proof ??= sign
    }
    return proof
  }

  #settled(found: Readiness, key: string, now: number): Readiness {
    const { settles, text } = found
    if (settles === undefined) return found
    if (!this.#hasLasted(`${key} ${text}`, settles.after, now)) return found
    return settles.into === 'ready' ? ready(text) : failed(text)
  }

  /** A Job may be gone because it was to be removed once it had ended. */
  #missing(wanted: KubeObject, key: string, now: number): Standing {
    const last = this.#gone.get(key)
    const standing = { wanted, scene: undefined, signs: [] }
    const ended = last === undefined ? undefined : readinessOf(last, this.#wait.rules)
    if (ended !== undefined && ended.state !== 'progressing') {
      return { ...standing, readiness: ended }
    }
    if (!this.#isComplete) return { ...standing, readiness: progressing('is not seen yet') }
    if (
      wanted.kind === 'Job' &&
      numberAt(wanted, 'spec', 'ttlSecondsAfterFinished') !== undefined
    ) {
      return { ...standing, readiness: ready('has ended and was removed') }
    }
    const isOver = this.#hasLasted(`${key} gone`, GRACE.Deleted, now)
    const text = 'was deleted while it was waited for'
    return { ...standing, readiness: isOver ? failed(text) : progressing(text) }
  }

  /** Whether it has been so for long enough; if not, when that will be decided is kept. */
  #hasLasted(what: string, after: number, now: number): boolean {
    if (after === Infinity) return false
    const begin = this.#since.get(what) ?? now
    this.#lasting.set(what, begin)
    if (now - begin >= after) return true
    this.#deadline = Math.min(this.#deadline, begin + after - now)
    return false
  }

  #noteRestarts(pod: KubeObject): void {
    const created = Date.parse(textAt(pod, 'metadata', 'creationTimestamp'))
    if (Number.isNaN(created) || created > this.#wait.began - OLDER) return
    for (const list of ['initContainerStatuses', 'containerStatuses']) {
      for (const status of objectsAt(pod, 'status', list)) {
        const restarts = numberAt(status, 'restartCount') ?? 0
        this.#restarts.set(containerKey(pod, textAt(status, 'name')), restarts)
      }
    }
  }
}

function containerKey(pod: KubeObject, container: string): string {
  return `${textAt(pod, 'metadata', 'uid')}/${container}`
}

function failuresAllowedBy(object: KubeObject): number {
  const text = annotationOf(object, FAILURES_ANNOTATION)
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : FAILURES_ALLOWED
}
