import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A directory that is there while `body` runs. */
export async function inDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'k121-'))
  try {
    return await body(directory)
  } finally {
    await rm(directory, {recursive: true})
  }
}
