import type { PipeNode } from './nodes.ts'
import { PipelineParser } from './pipeline-parser.ts'
import type { Source } from './source.ts'
import { TokenReader } from './token-reader.ts'

/** Where a pipeline stands in a set's files. */
export interface PipePlace {
  /** Which of the files it is. */
  file: number
  at: number
  isShared: boolean
}

interface FileReader {
  tokens: TokenReader
  pipelines: PipelineParser
}

/** More than a file is long. */
const MAX_LENGTH = 2 ** 30

/**
 * Reads pipelines of files that were read as a whole in an earlier run and had no fault. One that
 * several statements share is read once.
 */
export class PipelineReader {
  private readonly sources: readonly Source[]
  private readonly isFunction: (name: string) => boolean
  private readonly files: (FileReader | undefined)[] = []
  private readonly known = new Map<number, PipeNode>()

  constructor(sources: readonly Source[], isFunction: (name: string) => boolean) {
    this.sources = sources
    this.isFunction = isFunction
  }

  read({ file, at, isShared }: PipePlace, context: string): PipeNode {
    const key = file * MAX_LENGTH + at
    const known = this.known.get(key)
    if (known !== undefined) return known
    const { tokens, pipelines } = (this.files[file] ??= this.open(file))
    tokens.cutFrom(at)
    pipelines.variables.length = 1
    pipelines.begin()
    const pipe = pipelines.pipeline(context, 'right delimiter')
    pipe.isShared = isShared
    this.known.set(key, pipe)
    return pipe
  }

  private open(file: number): FileReader {
    const source = this.sources[file]
    if (source === undefined) throw new Error(`there is no file ${file}`)
    const tokens = new TokenReader(source, this.isFunction)
    const pipelines = new PipelineParser(tokens, this.isFunction, { areVariablesKnown: true })
    return { tokens, pipelines }
  }
}
