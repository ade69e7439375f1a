import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Reads whole files; `check` is told a file's size before a large one is read. */
export type FileReader = (path: string, check: (size: number) => void) => Uint8Array

const SLAB_BYTES = 256 * 1024

/**
 * Opens a reader for the many small files of a folder. Files share slabs of memory, which
 * costs the garbage collector far less than one buffer each, and a file that fits into the
 * rest of a slab needs no call for its size.
 *
 * The reader throws the errors of node:fs, and what `check` throws.
 */
export function openFileReader(): FileReader {
  let slab = Buffer.allocUnsafeSlow(0)
  let used = 0
  return (path, check) => {
    // A sliver of a slab would mean to read most files twice.
    if (slab.length - used < SLAB_BYTES / 8) {
      slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
      used = 0
    }
    const file = openSync(path, 'r')
    try {
      const room = slab.length - used
      const size = readSync(file, slab, used, room, 0)
      if (size === room) return readLarge(file, check)
      check(size)
      const data = slab.subarray(used, used + size)
      used += size
      return data
    } finally {
      closeSync(file)
    }
  }
}

/** Cuts off a byte order mark, as Helm does for every file. */
export function withoutMark(data: Uint8Array): Uint8Array {
  const hasMark = data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf
  return hasMark ? data.subarray(3) : data
}

function readLarge(file: number, check: (size: number) => void): Uint8Array {
  const { size } = fstatSync(file)
  check(size)
  const data = Buffer.allocUnsafeSlow(size)
  let length = 0
  while (length < size) {
    const count = readSync(file, data, length, size - length, length)
    if (count === 0) break
    length += count
  }
  return data.subarray(0, length)
}
