/*
 * Most of what a large chart executes it executes a few times, and V8 would spend up to a third of
 * all processor time on optimizing it. It waits 22 times as long as usual before it does, by which
 * argo-cd takes a sixth less than by six times as long. It marks what lives at once, not beside the
 * program, which takes more of both processors and need not answer anyone meanwhile. To young objects it
 * soon gives four times the room, by which vault-helm takes 2 to 5 % less; of a very large chart most of them
 * live to the end, and the room, which would be a sixth of all memory, stays as it is.
 */

/** A flag of V8, as it is usually and for a long run. */
interface LateFlag {
  usual: string
  late: string
}

let flags: readonly LateFlag[] = []
let setFlag: (flag: string) => void = () => undefined
let keepsRoom = false
const loaded = new Map<string, unknown>()

/** Tells V8 that much will run a few times only; false where its flags are not known. */
export function setLateFlags(): boolean {
  flags = flagsOf(Number.parseInt(process.versions.v8, 10))
  if (flags.length === 0) return false
  setFlag = flagSetter()
  for (const { late } of flags) setFlag(late)
  return true
}

/** Gives young objects no more room from now on; what depends on flags is done as if it had not. */
export function keepRoom(): void {
  if (flags.length === 0) return
  keepsRoom = true
  setFlag(SAME_ROOM)
}

/**
 * Loads a module of Node, or a package. Node keeps the code of its own modules, which is of no use
 * under other flags than it was made with; under those a module takes a third of the time.
 */
export function requireUnderUsualFlags(name: string): unknown {
  if (flags.length === 0) return require(name)
  if (!loaded.has(name)) {
    const module: unknown = underUsualFlags(() => require(name))
    loaded.set(name, module)
  }
  return loaded.get(name)
}

/** Does something that depends on V8's flags as if they had not been set. */
export function underUsualFlags<T>(act: () => T): T {
  for (const { usual } of flags) setFlag(usual)
  try {
    return act()
  } finally {
    for (const { late } of flags) setFlag(late)
    if (keepsRoom) setFlag(SAME_ROOM)
  }
}

/** Does something that depends on V8's flags under those that every long run has. */
export function underLateFlags<T>(act: () => T): T {
  if (!keepsRoom) return act()
  setFlag(ROOM.late)
  try {
    return act()
  } finally {
    setFlag(SAME_ROOM)
  }
}

/** Flags differ from one V8 to the next, which complains to the person of any it does not know. */
function flagsOf(major: number): readonly LateFlag[] {
  if (major > NEWEST_KNOWN_V8) return []
  const collector = [ROOM, { usual: '--incremental-marking', late: '--no-incremental-marking' }]
  // The bytes of code that run before it optimizes; later the runs, for each of two compilers.
  return major < 12
    ? [flag('interrupt-budget', { usual: 67_584, late: 1_500_000 }), ...collector]
    : [
        flag('invocation-count-for-turbofan', { usual: 3000, late: 66_000 }),
        flag('invocation-count-for-maglev', { usual: 400, late: 8800 }),
        ...collector,
      ]
}

/** How many times its room the collector gives young objects where many of them live on. */
const ROOM = flag('semi-space-growth-factor', { usual: 2, late: 4 })
const SAME_ROOM = '--semi-space-growth-factor=1'

function flag(name: string, { usual, late }: { usual: number; late: number }): LateFlag {
  return { usual: `--${name}=${usual}`, late: `--${name}=${late}` }
}

/** Of Node 26. */
const NEWEST_KNOWN_V8 = 14

/**
 * What sets a flag of V8. `node:v8` brings all streams of Node along, which takes 2 ms and 1.6 MiB;
 * older releases of Node give its inner part alone, and warn of that unless they are told not to.
 */
function flagSetter(): (flag: string) => void {
  const node: NodeWithBindings = process
  const isOld = Number.parseInt(process.versions.node, 10) <= LAST_NODE_WITH_BINDING
  if (!isOld || node.binding === undefined || node.permission !== undefined) {
    return (require('node:v8') as typeof import('node:v8')).setFlagsFromString
  }
  const { noDeprecation = false } = process
  process.noDeprecation = true
  const { setFlagsFromString } = node.binding('v8')
  process.noDeprecation = noDeprecation
  return setFlagsFromString
}

/** Node 24 has no such binding. */
const LAST_NODE_WITH_BINDING = 22

interface NodeWithBindings {
  binding?: (name: 'v8') => Pick<typeof import('node:v8'), 'setFlagsFromString'>
  /** Where Node was told what a program may do; it may not have bindings then. */
  permission?: unknown
}
