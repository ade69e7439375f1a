/** A chart, and what is run on it. */
export interface ChartCase {
  commands: string[]
  files: Map<string, Buffer>
}

export interface RecordedRun {
  command: string
  code: number
  stdout: string
  stderr: string
}

/** Reads the text of a case. */
export function parseCase(text: string): ChartCase

/** The words of a command; words with blanks stand in quotes of either kind. */
export function wordsOf(command: string): string[]

/** Writes the files of a case into a fresh folder, and gives it to `work`. */
export function withFolder<T>(
  files: ReadonlyMap<string, Uint8Array>,
  work: (folder: string) => T | Promise<T>,
): Promise<T>

/** The arguments of a command, with the real folder in the place of `@/`. */
export function argumentsIn(folder: string, command: string): string[]

/** What a command printed, with `@/` for the folder. */
export function withoutFolder(folder: string, text: string): string

/** Writes what was recorded of a case's commands. */
export function formatRuns(runs: readonly RecordedRun[]): string

/** Reads what was recorded. */
export function parseRuns(text: string): RecordedRun[]
