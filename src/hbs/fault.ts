import type { ErrorCode } from '../base/errors.ts'

/** A place in a Handlebars file; lines count from 1, columns from 0, as its parser has them. */
export interface Place {
  line: number
  column: number
}

/** A failure in a Handlebars template, before it is turned into what people read. */
export class HandlebarsFault extends Error {
  override readonly name = 'HandlebarsFault'
  readonly code: ErrorCode
  readonly file: string
  readonly place: Place | undefined
  /** Where the partials were called in which it happened, the innermost first. */
  readonly callers: { file: string; place: Place }[] = []
  /** What the person can do about it. */
  readonly hint: string | undefined

  constructor(
    message: string,
    where: {
      code?: ErrorCode
      file: string
      place?: Place | undefined
      hint?: string | undefined
    },
  ) {
    super(message)
    this.code = where.code ?? 'TEMPLATE_FAILED'
    this.file = where.file
    this.place = where.place
    this.hint = where.hint
  }
}
