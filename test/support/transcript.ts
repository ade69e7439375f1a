import {
  cpSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { runLine } from './run-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

/*
 * A transcript is a readable test of the command line: files, then what a person types and
 * what is printed.
 *
 *     == file web/values.yaml
 *     replicas: 1
 *     == run
 *     $ kubectl pkg template web ./web
 *     …standard output as it stands
 *     2| …a line of standard error
 *     => exit 1
 *
 * Besides `kubectl pkg` a line may be `cat FILE…`, `ls FOLDER` (every file below it), `cp FROM TO`,
 * `chmod MODE FILE` and `export NAME=VALUE`; `< FILE` and `NAME=VALUE` before a command work
 * as in a shell. A minute passes with every command.
 */

export interface Transcript {
  /** Everything before the first command, as it stands. */
  head: string
  files: { path: string; text: string }[]
  /** What is typed, each with the comment lines above it. */
  commands: { typed: string; comment: string }[]
}

/** What a command printed and its exit status. */
export interface Run {
  code: number
  stdout: string
  stderr: string
}

/** A command of a transcript and what it gave. */
export interface Step {
  argv: string[]
  run: Run
}

const START = Date.UTC(2026, 0, 2, 3, 4, 5)
const MINUTE = 60_000
const RUN = '== run\n'

/** Reads a transcript; what its commands printed is left out. */
export function parseTranscript(text: string): Transcript {
  const at = text.indexOf(RUN)
  const head = text.slice(0, at + RUN.length)
  const files = head
    .split(/^== /m)
    .filter((part) => part.startsWith('file '))
    .map((part) => {
      const end = part.indexOf('\n')
      return { path: part.slice('file '.length, end), text: part.slice(end + 1) }
    })
  const lines = text.slice(head.length).split('\n')
  const commands = lines.flatMap((line, index) => {
    if (!line.startsWith('$ ')) return []
    const before = lines[index - 1] ?? ''
    return [{ typed: line.slice(2), comment: before.startsWith('#: ') ? `${before}\n` : '' }]
  })
  return { head, files, commands }
}

/** An empty one: what whoever runs the tests has configured must not show. */
const HOME = temporaryFolder()

/**
 * Runs a transcript in the working folder, which is empty before.
 *
 * @returns the transcript as it should be written, and each step
 */
export async function runTranscript(
  transcript: Transcript,
): Promise<{ text: string; steps: Step[] }> {
  for (const { path, text } of transcript.files) writeFile(path, text)
  const env: Record<string, string> = { HOME }
  const steps: Step[] = []
  let text = transcript.head
  for (const { typed, comment } of transcript.commands) {
    const line = readLine(typed)
    const run = await runTyped(line, { env, now: START + MINUTE * steps.length })
    steps.push({ argv: line.words, run })
    text += `${comment}$ ${typed}\n${printed(run)}`
  }
  return { text, steps }
}

interface Line {
  words: string[]
  env: Record<string, string>
  stdin: string | undefined
}

function readLine(typed: string): Line {
  const words = [...typed.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"/g,
      (_, single?: string, double?: string) =>
        single ?? (double ?? '').replaceAll('\\n', '\n').replaceAll('\\e', '\u001b'),
    ),
  )
  const env: Record<string, string> = {}
  while (/^[A-Z_]+=/.test(words[0] ?? '')) {
    const [name = '', ...value] = (words.shift() ?? '').split('=')
    env[name] = value.join('=')
  }
  const at = words.indexOf('<')
  const stdin = at < 0 ? undefined : words.splice(at, 2)[1]
  return { words, env, stdin }
}

async function runTyped(
  { words, env, stdin }: Line,
  shell: { env: Record<string, string>; now: number },
): Promise<Run> {
  const [program, ...rest] = words
  if (program === 'kubectl') {
    const run = await runLine(rest.slice(1), {
      env: { ...shell.env, ...env },
      now: shell.now,
      ...(stdin !== undefined && { stdin: readFileSync(stdin) }),
    })
    return { ...run, stdout: run.stdout.toString() }
  }
  const small = SMALL[program ?? '']
  if (small === undefined) throw new Error(`a transcript cannot run ${program}`)
  return { code: 0, stdout: small(rest, shell.env), stderr: '' }
}

const SMALL: Record<string, (words: string[], env: Record<string, string>) => string> = {
  cat: (files) => files.map((file) => readFileSync(file, 'utf8')).join(''),
  ls: ([folder = '.']) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .sort()
      .map((name) => `${name}\n`)
      .join(''),
  cp: ([from = '', to = '']) => {
    cpSync(from, to, { recursive: true })
    return ''
  },
  chmod: ([mode = '', file = '']) => {
    chmodSync(file, Number.parseInt(mode, 8))
    return ''
  },
  export: ([assignment = ''], env) => {
    const [name = '', ...value] = assignment.split('=')
    env[name] = value.join('=')
    return ''
  },
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text.replaceAll('\\e', '\u001b'))
}

/** What a run printed, with the marks of this run and this machine made equal. */
function printed({ code, stdout, stderr }: Run): string {
  const out =
    stdout === '' || stdout.endsWith('\n') ? stdout : `${stdout}\n\\ no newline at the end\n`
  const err = stderr
    .split('\n')
    .slice(0, -1)
    .map((line) => `2| ${line}\n`)
    .join('')
  return `${out}${err}${code === 0 ? '' : `=> exit ${code}\n`}`
    .replaceAll('\u001b', '\\e')
    .replaceAll(/ bytes, #[0-9a-f]{4}>/g, ' bytes, #mask>')
    .replaceAll(process.version, 'v20.0.0')
    .replaceAll(process.cwd(), '/here')
    .replaceAll(HOME, '/home/me')
}
