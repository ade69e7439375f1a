interface OtherWords {
  reason: string
  /** What our message begins with. */
  ours: string
}

/** Refusals that we word in another way than Helm, by `NAME: COMMAND`. */
export const OTHER_WORDS: Readonly<Record<string, OtherWords>> = {
  'engine-include-recursion: template rel @/web': {
    reason: 'of a trace of a thousand equal steps, 100 kB in one line, both ends are kept',
    ours: 'template: web/templates/x.yaml:1:6: executing "web/templates/x.yaml" at <include "loop" .>: error calling include: template: web/templates/_h.tpl:1:23: executing "loop" at <include "loop" .>: error calling include: ',
  },
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
