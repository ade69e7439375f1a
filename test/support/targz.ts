import { gzipSync } from 'node:zlib'

/** One raw entry of a tar archive; every field may be as wrong as a test wants. */
export interface RawEntry {
  name: string | Buffer
  data?: string | Uint8Array
  /** Type flag; `0` for a file. */
  type?: string
  target?: string
  mode?: string
  /** The size that the header claims, as octal text or raw bytes; the data's by default. */
  size?: string | Buffer
  checksum?: string
  /** Records of a pax header that goes before the entry. */
  pax?: Record<string, string>
}

/** Writes raw tar blocks, with the mark at the end unless `mark` is false. */
export function tar(entries: readonly RawEntry[], { mark = true } = {}): Buffer {
  const blocks = entries.flatMap((entry) => entryBlocks(entry))
  return Buffer.concat(mark ? [...blocks, Buffer.alloc(1024)] : blocks)
}

/** Writes raw tar blocks and compresses them. */
export function targz(entries: readonly RawEntry[], options = {}): Buffer {
  return gzipSync(tar(entries, options))
}

function entryBlocks(entry: RawEntry): Buffer[] {
  const before = entry.pax === undefined ? [] : entryBlocks(paxEntry(entry.pax))
  const data = Buffer.from(entry.data ?? '')
  const padding = Buffer.alloc((512 - (data.length % 512)) % 512)
  return [...before, header(entry, data.length), data, padding]
}

function paxEntry(records: Record<string, string>): RawEntry {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.from(` ${key}=${value}\n`)
    let length = rest.length
    while (length !== rest.length + String(length).length) {
      length = rest.length + String(length).length
    }
    return Buffer.concat([Buffer.from(String(length)), rest])
  })
  return { name: 'PaxHeaders/x', type: 'x', data: Buffer.concat(lines) }
}

function header(entry: RawEntry, length: number): Buffer {
  const block = Buffer.alloc(512)
  block.set(Buffer.from(entry.name).subarray(0, 100), 0)
  block.write(`${entry.mode ?? '0000644'}\0` + '0000000\0'.repeat(2), 100, 'latin1')
  block.set(Buffer.from(entry.size ?? `${length.toString(8).padStart(11, '0')}\0`), 124)
  block.write('00000000000\0        ', 136, 'latin1')
  block.write(entry.type ?? '0', 156, 'latin1')
  block.write(entry.target ?? '', 157, 100)
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(entry.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
