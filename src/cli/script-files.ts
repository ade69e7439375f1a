import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/*
 * Reads scripts of the bundle and what is kept of their code. All are read into one room, one after
 * the other, as the system takes its time for every page of another.
 */

/** A script of the bundle is a module of CommonJS, and run as this function. */
const HEAD = Buffer.from('(function (exports, require, module, __filename, __dirname) {')
const TAIL = Buffer.from('\n})')
const SPACE = 0x20
/** In bytes; V8 does not copy what takes so much when it looks for what is still used. */
const LARGE = 131_073
/** What is smaller is sooner copied than made so large. */
const MUCH = 65_536

let room = Buffer.allocUnsafeSlow(655_360)

/** The source of a script, which is ASCII, as a function, with spaces behind it where they save time. */
export function readSource(file: string): string {
  const length = read(file, constants.O_RDONLY, HEAD.length)
  const end = HEAD.length + length + TAIL.length
  HEAD.copy(room)
  TAIL.copy(room, HEAD.length + length)
  if (length < MUCH || end >= LARGE) return room.toString('latin1', 0, end)
  return room.fill(SPACE, end, LARGE).toString('latin1', 0, LARGE)
}

/** Every script begins with a name made of its content; see the build. */
export function contentName(source: string): string {
  return source.slice(HEAD.length + 2, HEAD.length + 18)
}

/**
 * V8's code cache of a script; it is overwritten by whatever is read next. A pipe in the place of
 * the file has nothing to read; Windows has neither such files nor the flag.
 */
export function readCode(file: string): Buffer {
  const length = read(file, constants.O_RDONLY | constants.O_NONBLOCK, 0)
  return room.subarray(0, length)
}

/**
 * Reads a file into the room, with as much left around it as a source needs.
 *
 * @returns how many bytes
 */
function read(file: string, flags: number, start: number): number {
  const descriptor = openSync(file, flags)
  try {
    const { size } = fstatSync(descriptor)
    if (start + size + LARGE > room.length) room = Buffer.allocUnsafeSlow(start + size + LARGE)
    let length = 0
    let count = 1
    while (length < size && count > 0) {
      count = readSync(descriptor, room, start + length, size - length, null)
      length += count
    }
    return length
  } finally {
    closeSync(descriptor)
  }
}
