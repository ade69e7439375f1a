/** What rendering a chart gives, before anything is applied. */
export interface Manifest {
  /** Every ordinary object, in install order, as one YAML text with `# Source:` lines. */
  text: string
  hooks: Hook[]
  /** NOTES.txt of the chart, rendered. */
  notes: string
}

/** Helm's hook events, as they are stored in a release. */
export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'test'

export type HookDeletePolicy = 'hook-succeeded' | 'hook-failed' | 'before-hook-creation'

/** One object that runs at an event instead of belonging to the release. */
export interface Hook {
  name: string
  kind: string
  /** Template it came from, as in its `# Source:` line. */
  path: string
  manifest: string
  events: HookEvent[]
  weight: number
  deletePolicies: HookDeletePolicy[]
  outputLogPolicies: string[]
  /** How it ran last; undefined when it never did. */
  lastRun?: HookRun | undefined
}

/** How a hook ran, as Helm records it. */
export interface HookRun {
  phase: HookPhase
  /** RFC 3339. */
  startedAt: string
  /** RFC 3339; empty while it runs. */
  completedAt: string
  /** The one of its events that it ran for; not recorded by Helm. */
  event?: HookEvent | undefined
  /** The run of this program that it ran in, so that a repeated one does not run it again. */
  run?: string | undefined
}

export type HookPhase = 'Unknown' | 'Running' | 'Succeeded' | 'Failed'
