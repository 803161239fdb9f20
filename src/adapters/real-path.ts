import {realpathSync} from 'node:fs'

/** Behind every symlink, as the kernel tells it; null where the path leads nowhere or the way there may not be searched. */
export function realPathOf(path: string): string | null {
  try {
    return realpathSync.native(path)
  } catch {
    return null
  }
}
