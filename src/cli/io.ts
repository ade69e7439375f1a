import { fstatSync, readSync, statSync, writeSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import type { RenderOptions } from '../actions/connections.ts'
import { pieces } from '../golang/bytes.ts'
import { withoutHandlers } from './signals.ts'

type FileStore = NonNullable<RenderOptions['fileStore']>

/** What one run of the program reads from and writes to; tests hand in their own. */
export interface Io {
  /** Prints text, which may hold bytes that are no UTF-8, or bytes. */
  out(text: string | Uint8Array): void
  err(text: string): void
  /** All of standard input. */
  stdin(): Buffer
  env: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths are meant in; @throws Error where it is gone */
  readonly cwd: string
  /** Whether a person watches standard output. */
  isTerminal: boolean
  /** Whether a person watches standard error. */
  isErrTerminal: boolean
  /** Width of the terminal in characters. */
  columns: number
  /** Height of the terminal in lines. */
  rows: number
  /** Milliseconds since 1970. */
  now(): number
  /** Keeps what is read of charts; by default the person's cache folder does. */
  fileStore?: FileStore
}

const OUT = 1
const ERR = 2

/**
 * The process's own streams.
 *
 * They are written through file descriptors: making `process.stdout` loads Node's network
 * and terminal modules, which costs more than rendering a small chart.
 */
export function processIo(): Io {
  return {
    out: (text) => write(OUT, text),
    err: (text) => {
      try {
        write(ERR, text)
      } catch (error) {
        // Nobody is left to be told; what is being done goes on.
        if (!(error instanceof ClosedPipe)) throw error
      }
    },
    stdin: () => withoutHandlers(readAll),
    env: process.env,
    get cwd() {
      return process.cwd()
    },
    get isTerminal() {
      return mayBeTerminal(OUT) && process.stdout.isTTY
    },
    get isErrTerminal() {
      return mayBeTerminal(ERR) && process.stderr.isTTY
    },
    get rows() {
      return positive(process.env['LINES']) ?? (process.stderr.rows || 24)
    },
    get columns() {
      return positive(process.env['COLUMNS']) ?? (process.stdout.columns || 80)
    },
    now: Date.now,
  }
}

/** Undefined for what is no whole number above zero. */
function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : undefined
}

/** The path of a file that a person named; for an absolute one no folder need be there. */
export function pathOf(name: string, io: Pick<Io, 'cwd'>): string {
  return isAbsolute(name) ? name : resolve(io.cwd, name)
}

/** What node:os names `devNull`, without loading it. */
const NOTHING = process.platform === 'win32' ? '\\\\.\\nul' : '/dev/null'

/** That a file, a pipe or /dev/null is no terminal is known without making `process.stdout`. */
function mayBeTerminal(descriptor: number): boolean {
  const stats = fstatSync(descriptor)
  if (!stats.isCharacterDevice()) return false
  return stats.rdev !== statSync(NOTHING).rdev
}

/** Thrown when the reader of our output has gone, as with `| head`; the run ends in silence. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe'
}

function write(descriptor: number, text: string | Uint8Array): void {
  if (typeof text !== 'string') return writeBytes(descriptor, text)
  for (const piece of pieces(text)) writeBytes(descriptor, piece)
}

function writeBytes(descriptor: number, bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE' || code === 'EIO')
        throw new ClosedPipe('the reader of the output has gone')
      if (code !== 'EAGAIN') throw error
      pause()
    }
  }
}

function readAll(): Buffer {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536)
    try {
      const length = readSync(0, chunk)
      if (length === 0) return Buffer.concat(chunks)
      chunks.push(chunk.subarray(0, length))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return Buffer.concat(chunks)
      if (code !== 'EAGAIN') throw error
      pause()
    }
  }
}

/** Sleeps for a moment when a pipe that does not block is full or empty. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}
