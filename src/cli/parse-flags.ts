import { PkgError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { quote } from '../golang/strconv.ts'
import { csvFields } from './csv-fields.ts'

/** What a flag's definition says that parsing needs; oclif's definitions fit it. */
export interface FlagDefinition {
  type: 'boolean' | 'option'
  char?: string | undefined
  aliases?: string[] | undefined
  multiple?: boolean | undefined
  options?: readonly string[] | undefined
  env?: string | undefined
  default?: unknown
  parse?: unknown
  /** What a flag means that stands without `=value`; its value is then never the next word. */
  bare?: string | undefined
  /** The value is a comma-separated list, each part one value. */
  commas?: boolean | undefined
}

export type FlagDefinitions = Readonly<Record<string, FlagDefinition>>

export interface ParsedWords {
  /** Values of each flag that was given, in order, by the flag's name. */
  given: Map<string, string[]>
  positionals: string[]
}

/**
 * Takes the command line apart as pflag does for kubectl and Helm.
 *
 * oclif's own parser differs where scripts written for Helm would notice: `--flag=false`,
 * values that look like flags, `--wait` with an optional value, standard input in the
 * place of a missing argument.
 *
 * @throws PkgError USAGE with Helm's wording
 */
export function parseWords(words: readonly string[], flags: FlagDefinitions): ParsedWords {
  const names = indexNames(flags)
  const given = new Map<string, string[]>()
  const positionals: string[] = []
  const rest = [...words]

  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      positionals.push(...rest)
      break
    }
    if (word.startsWith('--')) takeLong(word, rest)
    else if (word.startsWith('-') && word !== '-') takeShort(word, rest)
    else positionals.push(word)
  }
  return { given, positionals }

  function takeLong(word: string, rest: string[]): void {
    const [, label = '', assigned] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? []
    if (label === '') throw usage(`bad flag syntax: ${word}`)
    const name = names.get(`--${label}`)
    if (name === undefined) throw unknownFlag(label, names)
    add(name, assigned ?? valueOf(name, `--${label}`, rest))
  }

  function takeShort(word: string, rest: string[]): void {
    for (let letters = word.slice(1); letters !== '';) {
      const letter = letters[0] ?? ''
      const name = names.get(`-${letter}`)
      if (name === undefined) throw usage(`unknown shorthand flag: '${letter}' in ${word}`)
      const tail = letters.slice(1)
      const takesNoWord = flags[name]?.type === 'boolean' || flags[name]?.bare !== undefined
      if (tail.startsWith('=')) return add(name, tail.slice(1))
      if (!takesNoWord && tail !== '') return add(name, tail)
      add(name, valueOf(name, `'${letter}' in ${word}`, rest))
      letters = tail
    }
  }

  function valueOf(name: string, label: string, rest: string[]): string {
    const flag = flags[name]
    if (flag?.type === 'boolean') return 'true'
    if (flag?.bare !== undefined) return flag.bare
    const value = rest.shift()
    if (value === undefined) throw usage(`flag needs an argument: ${label}`)
    return value
  }

  function add(name: string, value: string): void {
    const values = given.get(name) ?? []
    values.push(...(flags[name]?.commas === true ? fieldsOf(name, value) : [value]))
    given.set(name, values)
  }

  function fieldsOf(name: string, value: string): string[] {
    try {
      return csvFields(value)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw rejected(value, labelOf(name, flags[name]), error.message)
    }
  }
}

/** The error for a flag whose value cannot be used. */
export function rejected(value: string, label: string, reason: string): PkgError {
  return usage(`invalid argument ${quote(value)} for "${label}" flag: ${reason}`)
}

/** How Helm names a flag in a message: `-o, --output`. */
export function labelOf(name: string, flag: FlagDefinition | undefined): string {
  return flag?.char === undefined ? `--${name}` : `-${flag.char}, --${name}`
}

/** Reads a boolean as Go's strconv.ParseBool; undefined when it is none. */
export function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  return undefined
}

function indexNames(flags: FlagDefinitions): Map<string, string> {
  const names = new Map<string, string>()
  for (const [name, flag] of Object.entries(flags)) {
    names.set(`--${name}`, name)
    for (const alias of flag.aliases ?? []) names.set(`--${alias}`, name)
    if (flag.char !== undefined) names.set(`-${flag.char}`, name)
  }
  return names
}

function unknownFlag(label: string, names: Map<string, string>): PkgError {
  // Every command takes --help, which leads elsewhere before its flags are read.
  const known = ['--help', ...[...names.keys()].filter((name) => name.startsWith('--'))]
  const near = nearest(`--${label}`, known)
  return usage(`unknown flag: --${label}`, near && `Did you mean ${near}?`)
}

function usage(message: string, hint?: string): PkgError {
  return new PkgError('USAGE', message, { hint })
}
