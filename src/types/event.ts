/* Generated from schemas/event.schema.json; change the schema and run "npm run types". */

/**
 * One line of what `--events jsonl` prints on standard error while a run is under way.
 */
export type ProgressEvent =
  | WaitEvent
  | ObjectEvent
  | HookPhaseEvent
  | HeartbeatEvent
  | FailureEvent
  | WaitedEvent
  | LogEvent
  | NoticeEvent

/**
 * A wait begins.
 */
export interface WaitEvent {
  type: 'wait'
  /**
   * RFC 3339.
   */
  time: string
  purpose: 'ready' | 'hook' | 'deletion'
  objects: ObjectName[]
  timeoutSeconds: number
}
export interface ObjectName {
  apiVersion: string
  kind: string
  /**
   * Missing for kinds without one.
   */
  namespace?: string
  name: string
}
/**
 * An object that is waited for has another state, or says something else of it.
 */
export interface ObjectEvent {
  type: 'object'
  /**
   * RFC 3339.
   */
  time: string
  object: ObjectName
  state: 'ready' | 'progressing' | 'failed'
  /**
   * Why; of a failure its cause.
   */
  text: string
  /**
   * Pods of the newest revision that are not ready.
   */
  pods: PodState[]
}
export interface PodState {
  name: string
  /**
   * What it does: `Pending, app waiting: ErrImagePull`.
   */
  text: string
}
/**
 * A hook begins or has ended.
 */
export interface HookPhaseEvent {
  type: 'hook'
  /**
   * RFC 3339.
   */
  time: string
  /**
   * For example `pre-upgrade`.
   */
  event: string
  object: ObjectName
  phase: 'Running' | 'Succeeded' | 'Failed' | 'Skipped'
}
/**
 * Nothing has changed for a while; the wait goes on.
 */
export interface HeartbeatEvent {
  type: 'heartbeat'
  /**
   * RFC 3339.
   */
  time: string
  waitedSeconds: number
  /**
   * Objects that are not ready.
   */
  open: number
  total: number
}
/**
 * All that is known of an object that failed, or was not ready in time.
 */
export interface FailureEvent {
  type: 'failure'
  /**
   * RFC 3339.
   */
  time: string
  object: ObjectName
  /**
   * One line.
   */
  cause: string
  /**
   * False when only the time was up.
   */
  isCertain: boolean
  pods: PodState[]
  conditions: string[]
  /**
   * The last warning events, oldest first.
   */
  warnings: string[]
  logs: ContainerLog[]
}
export interface ContainerLog {
  pod: string
  container: string
  /**
   * Of the run before this one.
   */
  previous: boolean
  lines: string[]
}
/**
 * A wait has ended.
 */
export interface WaitedEvent {
  type: 'waited'
  /**
   * RFC 3339.
   */
  time: string
  outcome: 'ready' | 'failed' | 'timed-out' | 'interrupted'
  waitedSeconds: number
}
/**
 * What a hook has written, where its log policy asks for it.
 */
export interface LogEvent {
  type: 'log'
  /**
   * RFC 3339.
   */
  time: string
  /**
   * Of the hook.
   */
  event: string
  pod: string
  container: string
  text: string
}
/**
 * What a person should know but that stops nothing.
 */
export interface NoticeEvent {
  type: 'notice'
  /**
   * RFC 3339.
   */
  time: string
  text: string
}
