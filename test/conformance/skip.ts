interface OtherWords {
  reason: string
  /** What we say in the place of Helm's message. */
  ours: string
}

/** Refusals that we word in another way than Helm, by `NAME: COMMAND`. */
export const OTHER_WORDS: Readonly<Record<string, OtherWords>> = {}
