/** Command words to command files, made by the build from `src/commands` and the plugins. */
export type Routes = Readonly<Record<string, string>>

export interface Route {
  /** oclif's id of the command: `get:values`. */
  id: string
  /** What follows the command's words. */
  argv: string[]
}

/** Global flags with a value: people may write them before the command, as with Helm. */
const LEADING = new Set([
  '-n',
  '--namespace',
  '--target',
  '--kube-context',
  '--kubeconfig',
  '--color',
])

/**
 * Finds the command that the words name.
 *
 * @returns undefined for help, unknown commands and anything else that oclif answers
 */
export function routeOf(argv: readonly string[], routes: Routes): Route | undefined {
  const leading = takeLeading(argv)
  const words = argv.slice(leading.length)
  const [first = '', second = ''] = words
  const topic = routes[`${first} ${second}`]
  const id = topic ?? routes[first]
  if (id === undefined) return undefined
  const rest = [...leading, ...words.slice(topic === undefined ? 1 : 2)]
  return asksForHelp(rest) ? undefined : { id, argv: rest }
}

/** Global flags that stand before the command. */
function takeLeading(argv: readonly string[]): string[] {
  const taken: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (!word.startsWith('-') || word === '--help' || word === '-h') break
    taken.push(word)
    if (LEADING.has(word)) taken.push(argv[++at] ?? '')
  }
  return taken
}

function asksForHelp(words: readonly string[]): boolean {
  for (const word of words) {
    if (word === '--') return false
    if (word === '--help' || word === '-h') return true
  }
  return false
}
