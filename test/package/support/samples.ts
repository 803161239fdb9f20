import {accessSync, constants, readFileSync} from 'node:fs'

/** A kubeconfig whose credential plugin writes a file. */
export const CLASSIC_SAMPLE = readFileSync('samples/kubeconfigs/1-classic.yaml', 'utf8')

export function hasProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
