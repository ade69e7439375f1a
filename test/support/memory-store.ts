import type { FileStore } from '../../src/base/kept-file.ts'

/** Keeps files in memory, whatever their size, and counts. */
export class MemoryStore implements FileStore {
  readonly least = 0
  readonly files = new Map<string, Uint8Array>()
  found = 0
  written = 0

  read(name: string): Uint8Array | undefined {
    const file = this.files.get(name)
    if (file !== undefined) this.found++
    return file
  }

  write(name: string, content: readonly Uint8Array[]): void {
    this.written++
    this.files.set(name, Buffer.concat(content))
  }
}
