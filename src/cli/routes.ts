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
  '--color',
  '--kubeconfig',
  '--context',
  '--kube-context',
  '--cluster',
  '--user',
  '--server',
  '--kube-apiserver',
  '--token',
  '--kube-token',
  '--as',
  '--as-group',
  '--as-uid',
  '--kube-as-user',
  '--kube-as-group',
  '--request-timeout',
  '--certificate-authority',
  '--kube-ca-file',
  '--client-certificate',
  '--client-key',
  '--tls-server-name',
  '--kube-tls-server-name',
  '--storage',
])

const HELP: ReadonlySet<string> = new Set(['--help', '--help=true', '-h'])

/**
 * Finds the command that the words name. Words that ask for help, or that stop short of a
 * command, lead to `help`.
 *
 * @returns undefined for commands that are not ours
 */
export function routeOf(argv: readonly string[], routes: Routes): Route | undefined {
  const leading = takeLeading(argv)
  const words = argv.slice(leading.length)
  const [first = '', second = ''] = words
  if (first === '--version') return { id: 'version', argv: leading }
  const topic = routes[`${first} ${second}`]
  const id = topic ?? routes[first]
  if (id === undefined) return leadsToHelp(words, routes) ? help(words, leading) : undefined
  if (id === 'help' && !isOurs(words.slice(1), routes)) return undefined
  const taken = topic === undefined ? 1 : 2
  const rest = [...leading, ...words.slice(taken)]
  return asksForHelp(rest) ? help(words.slice(0, taken)) : { id, argv: rest }
}

/** Whether there is nothing but a topic, or a word of ours with a flag that asks for help. */
function leadsToHelp(words: readonly string[], routes: Routes): boolean {
  const isShort = words.length <= 1 || asksForHelp(words)
  return isShort && isOurs(words, routes)
}

/** Whether the words, if there are any, begin with one that a command or a topic of ours has. */
function isOurs(words: readonly string[], routes: Routes): boolean {
  const first = words.find((word) => !HELP.has(word))
  if (first === undefined || first.startsWith('-') || PAGES.has(first)) return true
  return Object.keys(routes).some((name) => name === first || name.startsWith(`${first} `))
}

/** What `help` knows beside commands. */
const PAGES: ReadonlySet<string> = new Set(['errors'])

function help(words: readonly string[], flags: readonly string[] = []): Route {
  const named = words.filter((word) => !HELP.has(word))
  return { id: 'help', argv: named.length > 0 ? [...flags, '--', ...named] : [...flags] }
}

/** Global flags that stand before the command. */
function takeLeading(argv: readonly string[]): string[] {
  const taken: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (!word.startsWith('-') || word === '--version' || HELP.has(word)) break
    taken.push(word)
    if (LEADING.has(word)) taken.push(argv[++at] ?? '')
  }
  return taken
}

function asksForHelp(words: readonly string[]): boolean {
  for (const word of words) {
    if (word === '--') return false
    if (HELP.has(word)) return true
  }
  return false
}
