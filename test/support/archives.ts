import {gunzipSync, inflateRawSync} from 'node:zlib'

export interface ArchivedFile {
  name: string
  /** '0' is a file, '1' and '2' are links, '5' is a directory. */
  type: string
  mode: number
  uid: number
  gid: number
  mtime: number
  bytes: Buffer
}

/** Every entry of a gzipped tar, in its order; names of up to 100 bytes and their ustar prefix. */
export function tarEntries(packed: Buffer): ArchivedFile[] {
  const tar = gunzipSync(packed)
  const entries: ArchivedFile[] = []
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const number = (offset: number, length: number): number => Number.parseInt(text(tar, at + offset, length), 8)
    const [prefix, size] = [text(tar, at + 345, 155), number(124, 12)]
    entries.push({
      name: `${prefix === '' ? '' : `${prefix}/`}${text(tar, at, 100)}`,
      type: text(tar, at + 156, 1), mode: number(100, 8), uid: number(108, 8), gid: number(116, 8), mtime: number(136, 12),
      bytes: tar.subarray(at + 512, at + 512 + size),
    })
    at += 512 + Math.ceil(size / 512) * 512
  }
  return entries
}

/** The first entry of a gzipped tar whose name matches; enough of the format for what `npm pack` writes. */
export function fromTarball(bytes: Buffer, wanted: RegExp): Buffer | undefined {
  const tar = gunzipSync(bytes)
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = text(tar, at, 100)
    if (name === '') return undefined
    const size = Number.parseInt(text(tar, at + 124, 12), 8)
    if (wanted.test(name)) return tar.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
  }
  return undefined
}

function text(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length).toString('latin1')
  return field.split('\0', 1)[0] ?? ''
}

const END = Buffer.from('PK\x05\x06', 'latin1')
const ENTRY = 0x02014b50

/** One file of a zip, found through the central directory (local headers may lack the sizes). */
export function fromZip(zip: Buffer, wanted: string): Buffer | undefined {
  const end = zip.lastIndexOf(END)
  if (end < 0) throw new Error('not a zip archive')
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0 && zip.readUInt32LE(at) === ENTRY; left--) {
    const [nameLength, extra, comment] = [28, 30, 32].map(offset => zip.readUInt16LE(at + offset)) as [number, number, number]
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === wanted) return unpack(zip, at)
    at += 46 + nameLength + extra + comment
  }
  return undefined
}

function unpack(zip: Buffer, entry: number): Buffer {
  const [method, size, local] = [zip.readUInt16LE(entry + 10), zip.readUInt32LE(entry + 20), zip.readUInt32LE(entry + 42)]
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  const packed = zip.subarray(start, start + size)
  if (method === 0) return packed
  if (method === 8) return inflateRawSync(packed)
  throw new Error(`compression method ${method} is not supported`)
}
