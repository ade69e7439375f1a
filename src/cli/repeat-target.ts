/** Values of the flags that a person gave, by the flags' names. */
export type GivenFlags = ReadonlyMap<string, readonly string[]>

/**
 * Adds to each command of this program that a text advises the flags by which a person chose the
 * target and the namespace: without them it would act on another.
 *
 * @param given what stands on the command line; what comes of the environment holds for the next
 *   command as well
 */
export function repeatTarget(text: string, given: GivenFlags): string {
  return text.replaceAll(COMMAND, (command, verb: string, words: string) => {
    if (!AT_TARGET.has(verb)) return command
    const names = HAS_NAMESPACE.test(words) ? CHOOSING_TARGET : ['namespace', ...CHOOSING_TARGET]
    const flags = names.flatMap((name) => {
      const value = given.get(name)?.at(-1)
      return value === undefined ? [] : [` --${name} ${shellWord(value)}`]
    })
    return `"kubectl pkg ${verb}${words}${flags.join('')}"`
  })
}

const COMMAND = /"kubectl pkg ([a-z]+)([^"]*)"/g

/** Commands that look at a target or change it. */
const AT_TARGET: ReadonlySet<string> = new Set(
  'abort apply diff drift get graph history images install list migrate outdated plan rbac repair resume rollback status test uninstall upgrade'.split(
    ' ',
  ),
)

const HAS_NAMESPACE = / (?:-A|-n|--namespace)(?: |$)/

/** Flags that say where releases are; as whom they are asked for is left to the person. */
const CHOOSING_TARGET = ['target', 'kubeconfig', 'context', 'cluster', 'server', 'storage']

function shellWord(value: string): string {
  return /^[\w@%+=:,./~-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`
}
