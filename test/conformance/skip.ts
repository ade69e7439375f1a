interface OtherWords {
  reason: string
  /** What we say in the place of Helm's message. */
  ours: string
}

/** Refusals that we word in another way than Helm, by `NAME: COMMAND`. */
export const OTHER_WORDS: Readonly<Record<string, OtherWords>> = {
  'refuse-flags: template': {
    reason: 'the message names the program, and the usage is a hint',
    ours: '"kubectl pkg template" requires at least 1 argument',
  },
  'refuse-schema-remote: template rel @/web': {
    reason: 'no file outside of the chart is ever looked for, so there is no answer of the disk',
    ours: [
      "values don't meet the specifications of the schema(s) in the following chart(s):",
      'web:',
      'failing loading "file:///other.json": schemas are never read from other files',
    ].join('\n'),
  },
}
