import {dirname, resolve} from 'node:path'

/** One file that kubectl would open. */
export interface KubeconfigPath {
  /** Absolute, but otherwise as written: the kernel resolves `link/..`, so we must not. */
  file: string
  /** What relative paths in it are resolved against: `filepath.Abs(filepath.Dir(file))`, lexically. */
  dir: string
}

export interface FileList {
  paths: readonly KubeconfigPath[]
  /** `--kubeconfig`: the file has to exist. */
  isExplicit: boolean
}

export interface FileListInput {
  /** `--kubeconfig`; undefined or '' falls back to the environment. */
  flag?: string | undefined
  /** $KUBECONFIG */
  variable?: string | undefined
  home?: string | undefined
  cwd: string
}

/**
 * The files that kubectl loads, in order (client-go loader.go): the flag names
 * exactly one path; a non-empty KUBECONFIG never falls back to the home file,
 * even if it loads nothing.
 *
 * @returns null without any of them: kubectl would then take `./.kube/config` of the working directory
 */
export function kubeconfigList({flag, variable, home, cwd}: FileListInput): FileList | null {
  const at = (path: string): KubeconfigPath => kubeconfigPath(path, cwd)
  if (flag) return {paths: [at(flag)], isExplicit: true}
  if (variable) return {paths: [...new Set(variable.split(':').filter(entry => entry !== ''))].map(at), isExplicit: false}
  return home ? {paths: [at(`${home}/.kube/config`)], isExplicit: false} : null
}

/**
 * One name for one file: `./x`, `x` and `a//x` are the same to the kernel, so
 * they are the same to a decision. `..` stays: behind a link it leads elsewhere.
 */
export function kubeconfigPath(path: string, cwd: string): KubeconfigPath {
  const file = (path.startsWith('/') ? path : `${cwd}/${path}`).replace(/\/(?:\.?\/)+/g, '/')
  return {file, dir: resolve(cwd, dirname(path))}
}
