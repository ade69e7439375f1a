/** What can be seen of an object that will not become ready, or not soon. */
export interface Sign {
  name: SignName
  /** One line for people: what is wrong, with names. */
  cause: string
  /** Whom it is about: `Pod/web-1`. */
  about: string
  /** The container whose log may say more. */
  container?: string | undefined
  /** Overrides how long this sign must last, in milliseconds. */
  grace?: number
}

const SECOND = 1000
const NEVER = Infinity

/**
 * How long a sign must last until it counts as a certain failure, in milliseconds: 0 is
 * certain at once; one that lasts for ever only explains why a wait timed out.
 *
 * Failures that something else may mend get time: another object that is still to come, old
 * pods that still hold a quota, a node that is still being added.
 */
export const GRACE = {
  ImageNotFound: 0,
  ImageNameInvalid: 0,
  ImageNeverPulled: 0,
  ImageDenied: 10 * SECOND,
  ImagePull: 30 * SECOND,
  CrashLoop: 0,
  OutOfMemory: 0,
  PodFailed: 0,
  CannotStart: 10 * SECOND,
  ConfigMissing: 20 * SECOND,
  AdmissionRefused: 5 * SECOND,
  QuotaExceeded: 15 * SECOND,
  PodsNotCreated: 30 * SECOND,
  ClaimUnbound: 30 * SECOND,
  StorageClassMissing: 10 * SECOND,
  Unschedulable: 45 * SECOND,
  MountFailed: 60 * SECOND,
  SandboxFailed: 60 * SECOND,
  Deleted: 10 * SECOND,
  ContainerEnded: NEVER,
  Crashed: NEVER,
  ProbeFails: NEVER,
  Warned: NEVER,
} as const satisfies Record<string, number>

export type SignName = keyof typeof GRACE

/** How long the sign must last until it is certain, in milliseconds. */
export function graceOf({ name, grace }: Sign): number {
  return grace ?? GRACE[name]
}
