/** A place in a text; line and column count from 1, columns in UTF-16 units. */
export interface Position {
  line: number
  column: number
}

export interface YamlErrorOptions {
  /** What went wrong, without the place. */
  problem: string
  position: Position
  file?: string | undefined
}

/**
 * A text that is not YAML as Helm reads it.
 *
 * The message is goyaml's own, whose line may differ from the true one by one; `line` and
 * `column` are true and count from 1.
 */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  readonly problem: string
  readonly line: number
  readonly column: number
  readonly file: string | undefined

  constructor(message: string, options: YamlErrorOptions) {
    super(message)
    this.problem = options.problem
    this.line = options.position.line
    this.column = options.position.column
    this.file = options.file
  }

  /** The same error with the path of the file it was found in. */
  inFile(file: string): YamlError {
    const { problem, line, column } = this
    return new YamlError(this.message, { problem, position: { line, column }, file })
  }

  /** The text that Unmarshal of `sigs.k8s.io/yaml` reports, which Helm shows. */
  get unmarshalMessage(): string {
    if (this.message.startsWith('error ')) return this.message
    return `error converting YAML to JSON: ${this.message}`
  }
}
