/** Who holds a lease, and what for; all of it is shown to whoever has to wait. */
export interface Holder {
  /** Unlike any other run's; identifies this holder. */
  token: string
  /** Tokens of the holders that were cut off before it and are not settled yet. */
  after: string[]
  /** Host name, for people. */
  host: string
  pid: number
  /** Tells apart hosts and containers whose process ids do not meet; empty when unknown. */
  machine: string
  /** RFC 3339. */
  since: string
  /** The verb and the release, for example `upgrade`. */
  verb: string
  /** What was asked for, so that the same command after a crash knows its own work. */
  request: string
  /** Stays the same when the same command takes up a run that was cut off. */
  run: string
}

/** A lease somebody holds, as seen at one moment. */
export interface SeenLease {
  /** Undefined when the lease cannot be read. */
  holder: Holder | undefined
  /** Changes with every heartbeat. */
  version: string
}

/**
 * The right to change one release, kept at the target.
 *
 * Names are `namespace/name`. Nobody compares clocks: a lease has expired when its
 * version has not changed for a time that the observer measures.
 */
export interface LeaseStore {
  /** Whether leases keep others out; not where this person may not use them. */
  isExclusive(): boolean
  read(name: string): Promise<SeenLease | undefined>
  /** @returns false when somebody else was first */
  create(name: string, holder: Holder): Promise<boolean>
  /** Sets aside the lease of a holder who is gone; false when it is no longer what was seen. */
  setAside(name: string, seen: SeenLease): Promise<boolean>
  /** Holder of the lease that was last set aside and whose work nobody has settled since. */
  leftBehind(name: string): Promise<Holder | undefined>
  /** Whether the holder is certainly gone, judged without waiting. */
  isGone(holder: Holder): Promise<boolean>
  isHeldBy(name: string, holder: Holder): Promise<boolean>
  /** Shows that the holder is alive; false when it has lost the lease. */
  heartbeat(name: string, holder: Holder, now: Date): Promise<boolean>
  /** Gives the lease back, and what was set aside before it. */
  release(name: string, holder: Holder): Promise<void>
}
