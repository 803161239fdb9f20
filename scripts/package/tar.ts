/** One file of an archive. Directories follow from the names; links there are none. */
export interface TarEntry {
  name: string
  bytes: Buffer
  isProgram: boolean
}

const BLOCK = 512

/**
 * A POSIX ustar archive whose bytes follow from the entries alone: sorted,
 * owned by 0, all of one age. Written here because it is this short, and a
 * library would bring the links and the owners that we have to keep out: krew
 * unpacks files and directories and stops at anything else.
 *
 * @param mtime seconds since 1970
 */
export function tar(entries: readonly TarEntry[], mtime: number): Buffer {
  const sorted = entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  return Buffer.concat([...sorted.flatMap(entry => [header(entry, mtime), entry.bytes, Buffer.alloc(-entry.bytes.length & (BLOCK - 1))]), Buffer.alloc(2 * BLOCK)])
}

function header({name, bytes, isProgram}: TarEntry, mtime: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  const [prefix, base] = splitName(name)
  const fields: Array<[text: string, at: number]> = [
    [base, 0], [isProgram ? '0000755' : '0000644', 100], [octal(0, 8), 108], [octal(0, 8), 116],
    // The checksum counts itself as spaces.
    [octal(bytes.length, 12), 124], [octal(mtime, 12), 136], [' '.repeat(8), 148], ['0', 156],
    ['ustar', 257], ['00', 263], ['root', 265], ['root', 297], [octal(0, 8), 329], [octal(0, 8), 337], [prefix, 345],
  ]
  for (const [text, at] of fields) block.write(text, at)
  block.write(`${octal(block.reduce((sum, byte) => sum + byte, 0), 7)}\0 `, 148)
  return block
}

/** Digits that leave room for the NUL behind them. */
function octal(value: number, width: number): string {
  return value.toString(8).padStart(width - 1, '0')
}

/** ustar has 100 bytes for a name, and 155 for the directories before it. */
function splitName(name: string): [prefix: string, base: string] {
  // krew refuses ".." anywhere in a name, and a name that starts at the root.
  if (name.includes('..') || name.startsWith('/')) throw new Error(`${name} cannot stand in an archive for krew`)
  const length = Buffer.byteLength(name)
  if (length <= 100) return ['', name]
  const slash = name.indexOf('/', length - 101)
  if (length !== name.length || slash < 1 || slash > 155) throw new Error(`${name} is too long a name, or not ASCII`)
  return [name.slice(0, slash), name.slice(slash + 1)]
}
