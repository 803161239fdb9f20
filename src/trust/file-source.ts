/** What a path is, seen through symlinks. Gathered by an adapter; judging stays pure. */
export interface FileFact {
  path: string
  /** Behind every symlink; null where the path leads nowhere or may not be read. */
  real: string | null
  kind: 'file' | 'other' | 'missing' | 'unreadable'
}

/** The port through which the judge asks about files that a kubeconfig names. */
export interface FileSource {
  look(path: string): FileFact
  /** The directory behind every symlink, or the path itself where that cannot be told. */
  realDirectory(path: string): string
  /** Everybody may put files there (/tmp), or it belongs to no disk (/dev, /proc). */
  isShared(directory: string): boolean
  /** Content up to `cap` bytes; null where it cannot be read or is larger. */
  read(path: string, cap: number): Uint8Array | null
  /** SHA-256 in lower-case hex; null where it cannot be read. */
  digest(path: string): string | null
}
