/*
 * A keybox file is a row of blobs, each with its length (4 bytes, big-endian), its type (1 byte)
 * and a version (1 byte) in front. A blob of type 2 is an OpenPGP key: two bytes of flags, then
 * the offset within the blob and the length of the key as it would stand in an old keyring.
 *
 * Source: GnuPG 2.2 kbx/keybox-blob.c.
 */

const MAGIC_OFFSET = 8
const MAGIC = 'KBXf'
const OPENPGP = 2
const HEADER = 16

/** Whether the bytes are a keybox, the file of public keys of GnuPG 2.1 and later. */
export function isKeybox(bytes: Buffer): boolean {
  return bytes.toString('latin1', MAGIC_OFFSET, MAGIC_OFFSET + MAGIC.length) === MAGIC
}

/**
 * The OpenPGP keys of a keybox, one behind the other, which is what the old format is.
 *
 * @throws RangeError when lengths do not fit the file
 */
export function keysOfKeybox(bytes: Buffer): Buffer {
  const keys: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + HEADER > bytes.length) throw new RangeError('the keybox ends within a blob')
    const length = bytes.readUInt32BE(at)
    if (length < HEADER || at + length > bytes.length) {
      throw new RangeError('a blob of the keybox is longer than the file')
    }
    if (bytes[at + 4] === OPENPGP) keys.push(keyOf(bytes.subarray(at, at + length)))
    at += length
  }
  return Buffer.concat(keys)
}

function keyOf(blob: Buffer): Buffer {
  const start = blob.readUInt32BE(8)
  const length = blob.readUInt32BE(12)
  if (start + length > blob.length)
    throw new RangeError('a key of the keybox is longer than its blob')
  return blob.subarray(start, start + length)
}
