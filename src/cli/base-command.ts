import { Command } from '@oclif/core/command'
import type { Interfaces } from '@oclif/core'
import { diskHint } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { hideUserinfo } from '../base/shown-address.ts'
import { encodeJson } from '../encoding/json.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import { GoError, type GoMap } from '../golang/value.ts'
import { viewError } from '../output/error-view.ts'
import { term } from '../output/term.ts'
import { encodeDocument, type DocumentFormat } from '../output/document.ts'
import { globalFlags } from './flags.ts'
import { ClosedPipe, processIo, type Io } from './io.ts'
import {
  labelOf,
  parseBool,
  parseWords,
  rejected,
  type FlagDefinition,
  type FlagDefinitions,
  type ParsedWords,
} from './parse-flags.ts'

type Flags = Interfaces.OutputFlags<Interfaces.FlagInput>
type Args = Interfaces.OutputArgs<Interfaces.ArgInput>

/** A configuration that also says which streams the run has; oclif's own has none. */
export type RunConfig = Command['config'] & { io?: Io }

/**
 * The end of a run with an exit code, in the shape of oclif's own error, which would load most of
 * oclif for it.
 */
class Ended extends Error {
  readonly oclif: { exit: number }
  readonly skipOclifErrorHandling = true

  constructor(exit: number) {
    super(`exit ${exit}`)
    this.oclif = { exit }
  }
}

/** What all commands share: flags, streams, results and errors. */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags

  /** Where this run reads and writes. */
  protected readonly io: Io
  /** Flags on the command line, without those of the environment. */
  protected given: ParsedWords['given'] = new Map()

  constructor(argv: string[], config: RunConfig) {
    super(argv, config)
    this.io = config.io ?? processIo()
  }

  /** Runs the command without oclif's loading of plugins and manifests. */
  static start(
    this: new (argv: string[], config: RunConfig) => BaseCommand,
    argv: string[],
    config: RunConfig,
  ): Promise<unknown> {
    return new this(argv, config)._run()
  }

  /** oclif looks for deprecations here by way of its help, which costs start-up. */
  protected override async init(): Promise<void> {}

  protected override async parse<F extends Flags, B extends Flags, A extends Args>(
    options?: Interfaces.Input<F, B, A>,
    argv = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const { flags, baseFlags, args, strict } = options ?? {}
    const definitions = { ...baseFlags, ...flags } as unknown as FlagDefinitions
    const words = parseWords(argv, definitions)
    this.given = words.given
    const values = await this.readFlags(words, definitions)
    const parsed = {
      flags: values,
      args: this.readArgs(words.positionals, args ?? {}, strict !== false),
      argv: words.positionals,
      raw: [],
      metadata: { flags: {} },
      nonExistentFlags: [],
    }
    this.parsed = true
    return parsed as unknown as Interfaces.ParserOutput<F, B, A>
  }

  /** Prints a result: as a document with `-o json` or `-o yaml`, else as the view says. */
  protected print<T>(
    format: DocumentFormat | 'table' | undefined,
    data: T,
    view: (data: T) => string,
  ) {
    const text = format === 'json' || format === 'yaml' ? encodeDocument(format, data) : view(data)
    if (text !== '') this.io.out(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Prints values with Go's number and key rules; as a table they are YAML under a headline. */
  protected printValues(
    format: DocumentFormat | 'table',
    values: GoMap | null,
    headline: string,
  ): void {
    if (format === 'json') return this.io.out(`${encodeJson(values)}\n`)
    this.io.out(format === 'yaml' ? encodeYaml(values) : `${headline}\n${encodeYaml(values)}`)
  }

  /** Whether text is coloured: as asked, else on a terminal unless NO_COLOR is set. */
  protected isColored(color: string): boolean {
    if (color !== 'auto') return color === 'always'
    return !this.io.env['NO_COLOR'] && this.io.isTerminal
  }

  /** Prints text of a chart as it stands; what a terminal would obey is spelled out on one. */
  protected printRaw(text: string): void {
    this.io.out(this.io.isTerminal ? term(text) : text)
  }

  /** Tells a person something on standard error; never part of the result. */
  protected note(text: string): void {
    this.io.err(`${term(hideUserinfo(text))}\n`)
  }

  /** Tells what is odd in a chart's files but stops nothing. */
  protected noteWarnings({
    warnings,
  }: {
    warnings: readonly { file: string; line?: number; message: string }[]
  }): void {
    for (const { file, line, message } of warnings) {
      this.note(
        `warning: ${[file, line].filter((part) => part !== undefined).join(':')}: ${message}`,
      )
    }
  }

  override exit(code = 0): never {
    throw new Ended(code)
  }

  protected override async catch(error: Error): Promise<void> {
    if (error instanceof ClosedPipe) return this.exit(0)
    const failure = error instanceof PkgError ? error : ofSystem(error)
    if (failure === undefined) throw error
    this.io.err(viewError(this.withHint(failure), { json: this.wantsJson() }))
    return this.exit(failure.exit)
  }

  /** A wrong command line without better advice points to the command's help. */
  private withHint(error: PkgError): PkgError {
    if (error.code !== 'USAGE' || error.hint !== undefined) return error
    const hint = `Run "${this.commandLine()} --help" to see the arguments and flags.`
    return new PkgError('USAGE', error.message, { details: error.details, hint })
  }

  /** The command as people type it: `kubectl pkg get values`. */
  protected commandLine(): string {
    return `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`
  }

  private wantsJson(): boolean {
    return /(^|\s)(?:(?:-o|--output)[= ]?json|--events[= ]jsonl)(\s|$)/.test(this.argv.join(' '))
  }

  private async readFlags(words: ParsedWords, definitions: FlagDefinitions) {
    const values: Record<string, unknown> = {}
    for (const [name, flag] of Object.entries(definitions)) {
      const inherited = flag.env === undefined ? undefined : this.io.env[flag.env]
      const given = words.given.get(name) ?? (inherited ? [inherited] : undefined)
      const value =
        given === undefined ? await defaultOf(flag) : await this.readFlag(name, flag, given)
      if (value !== undefined) values[name] = value
    }
    return values
  }

  private async readFlag(name: string, flag: FlagDefinition, given: string[]): Promise<unknown> {
    const values: unknown[] = []
    for (const text of given) values.push(await this.readValue(name, flag, text))
    return flag.multiple === true ? values : values.at(-1)
  }

  private async readValue(name: string, flag: FlagDefinition, text: string): Promise<unknown> {
    const reject = (reason: string) => rejected(text, labelOf(name, flag), reason)
    if (flag.type === 'boolean') {
      const value = parseBool(text)
      if (value === undefined) throw reject(`strconv.ParseBool: parsing "${text}": invalid syntax`)
      return value
    }
    if (flag.options !== undefined && !flag.options.includes(text)) {
      throw reject(`must be one of ${flag.options.join(', ')}`)
    }
    if (typeof flag.parse !== 'function') return text
    try {
      return await flag.parse(text, this, flag)
    } catch (error) {
      if (isRefusal(error)) throw reject(error.message)
      throw error
    }
  }

  private readArgs(words: string[], definitions: Interfaces.ArgInput, strict: boolean) {
    const names = Object.keys(definitions)
    const usage = `${this.commandLine()} ${names.map((name) => labelOfArg(name, definitions)).join(' ')} [flags]`
    const required = names.filter((name) => definitions[name]?.required === true)
    if (words.length < required.length) {
      throw new PkgError(
        'USAGE',
        `"${this.commandLine()}" requires at least ${counted(required.length)}`,
        {
          hint: `Usage: ${usage}`,
        },
      )
    }
    if (strict && words.length > names.length) {
      const extra = words.slice(names.length).join(', ')
      throw new PkgError(
        'USAGE',
        `expected at most ${countedInWords(names.length)}, unexpected arguments: ${extra}`,
        {
          hint: `Usage: ${usage}`,
        },
      )
    }
    return Object.fromEntries(names.map((name, at) => [name, words[at]]))
  }
}

const READING = new Set(['open', 'read', 'scandir', 'stat', 'lstat', 'readlink', 'realpath'])

/** A refusal of the file system that nobody foresaw; undefined for anything else. */
function ofSystem(error: Error): PkgError | undefined {
  const { syscall, code } = error as NodeJS.ErrnoException
  if (syscall === undefined || code === undefined) return undefined
  if (syscall === 'uv_cwd') return withoutFolder(error)
  return new PkgError(READING.has(syscall) ? 'FILE_UNREADABLE' : 'FILE_UNWRITABLE', error.message, {
    hint: diskHint(error) ?? 'Check the path and its permissions.',
    cause: error,
  })
}

function withoutFolder(cause: Error): PkgError {
  return new PkgError('FILE_UNREADABLE', 'the folder that this runs in is gone', {
    hint: 'Change to one that is there; "cd ." is enough where it was made anew.',
    cause,
  })
}

/** Whether a flag's parser refused its text, as opposed to failing. */
function isRefusal(error: unknown): error is Error {
  return error instanceof RangeError || error instanceof GoError
}

async function defaultOf(flag: FlagDefinition): Promise<unknown> {
  return typeof flag.default === 'function' ? await flag.default() : flag.default
}

function labelOfArg(name: string, definitions: Interfaces.ArgInput): string {
  const label = name.toUpperCase()
  return definitions[name]?.required === true ? label : `[${label}]`
}

function countedInWords(count: number): string {
  return counted(count).replace(
    /^\d/,
    (digit) => ['no', 'one', 'two', 'three'][Number(digit)] ?? digit,
  )
}

function counted(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`
}
